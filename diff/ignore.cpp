#include "diff/ignore.h"

#include "stacks/load.h"

#include <algorithm>
#include <charconv>

namespace reconciled {
namespace {

bool matches_object(const IgnoreRule& rule, const ObjectId& id) {
  const bool any_group = rule.group == "*" || (rule.group.empty() && rule.kind == "*");
  return (any_group || rule.group == id.group) && matches_pattern(rule.kind, id.kind) &&
         matches_pattern(rule.namespace_, id.namespace_) && matches_pattern(rule.name, id.name);
}

// Takes the next token off a JSON pointer.
std::string_view next_token(std::string_view& pointer) {
  if (!pointer.empty()) pointer.remove_prefix(1);
  const std::size_t end = std::min(pointer.find('/'), pointer.size());
  const std::string_view token = pointer.substr(0, end);
  pointer.remove_prefix(end);
  return token;
}

// Whether a pattern leads to the pointer or to something above it.
bool covers(std::string_view pattern, std::string_view pointer) {
  while (!pattern.empty()) {
    if (pointer.empty()) return false;
    const std::string_view wanted = next_token(pattern);
    const std::string_view token = next_token(pointer);
    if (wanted != "*" && wanted != token) return false;
  }
  return true;
}

bool owned_by(const Difference& difference, const std::string& pattern) {
  return std::any_of(difference.others.begin(), difference.others.end(),
                     [&](const Manager& manager) { return matches_pattern(pattern, manager.name); });
}

std::string hiding_rule(const IgnoreRule& rule, const Difference& difference) {
  std::string text;
  if (!rule.pointers.empty()) {
    const auto found = std::find_if(rule.pointers.begin(), rule.pointers.end(), [&](const std::string& pointer) {
      return covers(pointer, difference.change.pointer);
    });
    if (found == rule.pointers.end()) return {};
    text = "rule " + *found;
  }
  if (!rule.managers.empty()) {
    const auto found = std::find_if(rule.managers.begin(), rule.managers.end(),
                                    [&](const std::string& manager) { return owned_by(difference, manager); });
    if (found == rule.managers.end()) return {};
    text += (text.empty() ? "rule manager " : ", manager ") + *found;
  }
  return text.empty() ? "rule for the whole object" : text;
}

std::string builtin_rule(const Difference& difference, Autoscaled autoscaled) {
  const FieldChange& change = difference.change;
  if (autoscaled == Autoscaled::yes && change.pointer == "/spec/replicas") return "a HorizontalPodAutoscaler scales it";
  const bool injected = change.pointer.ends_with("/caBundle") && !difference.others.empty();
  const std::string_view wanted = change.desired.as_string();
  if (injected && (wanted.empty() || wanted == "Cg==")) return "somebody injects the CA bundle";
  return {};
}

Value* step_into(Value& value, const std::string& token) {
  if (value.is_map()) return value.find(token) == nullptr ? nullptr : &value.edit(token);
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (error != std::errc() || end != token.data() + token.size() || index >= value.size()) return nullptr;
  return &value.edit_item(index);
}

void leave_one(Value& body, const Difference& difference) {
  Value* at = &body;
  for (std::size_t i = 0; i + 1 < difference.at.size(); ++i) {
    if (at->is_null()) return;
    at = step_into(*at, difference.at[i]);
    if (at == nullptr) return;
  }
  const std::string& last = difference.at.back();
  const bool absent = difference.change.op == FieldChange::Op::add;
  const bool leave_out = absent || (!difference.others.empty() && !difference.atomic);
  if (at->is_map()) {
    if (leave_out) {
      at->erase(last);
    } else {
      at->set(last, difference.change.live);
    }
    return;
  }
  std::size_t index = 0;
  std::from_chars(last.data(), last.data() + last.size(), index);
  if (index < at->size()) {
    if (leave_out) {
      at->erase_item(index);
    } else {
      at->edit_item(index) = difference.change.live;
    }
  } else if (!leave_out) {
    at->append(difference.change.live);
  }
}

}  // namespace

std::uint32_t mark_ignored(std::vector<Difference>& differences, const ObjectId& id,
                           const std::vector<IgnoreRule>& rules, Autoscaled autoscaled) {
  std::uint32_t hidden = 0;
  for (Difference& difference : differences) {
    std::string rule = builtin_rule(difference, autoscaled);
    for (auto at = rules.begin(); rule.empty() && at != rules.end(); ++at) {
      if (matches_object(*at, id)) rule = hiding_rule(*at, difference);
    }
    if (rule.empty()) continue;
    difference.change.ignored_by = std::move(rule);
    ++hidden;
  }
  return hidden;
}

Value leave_to_owners(Value body, const std::vector<Difference>& differences) {
  // From the last to the first, so that an item that leaves a list moves nothing that is still to be found.
  for (auto at = differences.rbegin(); at != differences.rend(); ++at) {
    if (!at->change.ignored_by.empty() && !at->at.empty()) leave_one(body, *at);
  }
  return body;
}

}  // namespace reconciled
