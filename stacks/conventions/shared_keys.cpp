#include "stacks/conventions/shared_keys.h"

#include "base/kind_name.h"
#include "base/suggest.h"
#include "stacks/conventions/helm_block.h"
#include "stacks/conventions/names.h"
#include "stacks/conventions/variables.h"

#include <algorithm>

namespace reconciled {
namespace {

constexpr std::array<std::string_view, 3> k_sync_keys{"automated", "prune", "selfHeal"};
constexpr std::array<std::string_view, 6> k_ignore_keys{"group", "kind", "namespace", "name", "pointers", "managers"};
constexpr std::array<std::string_view, 4> k_placeholders{"stack", "layer", "env", "team"};

/// The placeholders of a pattern; calls `fill(name)` for each and answers the text, or the fault.
template <class Fill>
Result<std::string> fill_placeholders(std::string_view pattern, const Where& where, const Fill& fill) {
  std::string text;
  while (!pattern.empty()) {
    const auto open = pattern.find_first_of("{}");
    text += pattern.substr(0, open);
    if (open == std::string_view::npos) return text;
    const auto close = pattern.find('}', open);
    if (pattern[open] == '}' || close == std::string_view::npos) {
      return fail(ErrorKind::render, "a brace of the pattern has no partner", where,
                  "placeholders are {stack}, {layer}, {env} and {team}");
    }
    const auto name = pattern.substr(open + 1, close - open - 1);
    if (std::ranges::find(k_placeholders, name) == k_placeholders.end()) {
      const std::vector<std::string> words(k_placeholders.begin(), k_placeholders.end());
      return fail(ErrorKind::render, "unknown placeholder \"{" + std::string(name) + "}\"" + did_you_mean(name, words),
                  where, "placeholders are {stack}, {layer}, {env} and {team}");
    }
    TRY_ASSIGN(const std::string filled, fill(name));
    text += filled;
    pattern.remove_prefix(close + 1);
  }
  return text;
}

Status check_namespace(const Node& node) {
  TRY_ASSIGN(const std::string pattern, node.text());
  const auto sample = fill_placeholders(pattern, node.where(),
                                        [](std::string_view) -> Result<std::string> { return std::string("x"); });
  if (!sample) return fail(sample.error());
  if (!is_dns_label(*sample)) {
    return fail(node.error('"' + pattern + "\" cannot become a namespace",
                           "a namespace has lower-case letters, digits and \"-\", at most 63"));
  }
  return {};
}

/// A block of a renderer: a map without credentials. What it says is checked by the renderer that reads it.
Status check_block(const Node& node) {
  if (!node.value().is_map()) {
    return fail(node.error("this is " + std::string(kind_name(node.value())) + ", not a map",
                           "write a map or leave the key out"));
  }
  TRY_ASSIGN(const auto all, node.entries());
  for (const auto& [key, inner] : all) {
    const auto at = std::ranges::find(credential_keys(), key, &RefusedKey::key);
    if (at != credential_keys().end()) {
      return fail(inner.error('"' + key + "\" may not be set here: " + std::string(at->why), std::string(at->hint),
                              ErrorKind::policy));
    }
    const auto text = inner.value().as_string();
    if (text.find("://") == std::string_view::npos) continue;
    if (const auto fault = fault_of_url(text); fault.credentials) {
      return fail(inner.error(std::string(fault.why), std::string(fault.hint), ErrorKind::policy));
    }
  }
  return {};
}

Status check_sync(const Node& node) {
  TRY(node.check_keys(k_sync_keys));
  TRY_ASSIGN(const auto all, node.entries());
  for (const auto& [key, inner] : all) TRY(inner.flag());
  return {};
}

Status check_pointer(const Node& node) {
  TRY_ASSIGN(const std::string pointer, node.text());
  if (pointer[0] != '/' || pointer == "/") {
    return fail(node.error('"' + pointer + "\" is no JSON pointer",
                           "write it as /spec/replicas; \"*\" stands for any key or index"));
  }
  for (const std::string_view identity :
       {"/apiVersion", "/kind", "/metadata", "/metadata/name", "/metadata/namespace"}) {
    if (pointer == identity)
      return fail(node.error('"' + pointer + "\" is part of what names an object and cannot be ignored"));
  }
  return {};
}

Status check_ignore(const Node& node) {
  TRY_ASSIGN(const auto rules, node.items());
  for (const auto& rule : rules) {
    TRY(rule.check_keys(k_ignore_keys));
    for (const std::string_view key : {"kind", "namespace", "name"}) {
      if (const auto inner = rule.find(key)) TRY(inner->text());
    }
    if (const auto group = rule.find("group"); group && !group->value().is_string())
      TRY(group->text());  // "" is the core group
    const auto pointers = rule.find("pointers");
    const auto managers = rule.find("managers");
    if (!pointers && !managers) {
      return fail(rule.error("the rule ignores nothing", "give it pointers (fields) or managers (owners of fields)"));
    }
    if (pointers) {
      TRY(pointers->texts());
      TRY_ASSIGN(const auto each, pointers->items());
      for (const auto& pointer : each) TRY(check_pointer(pointer));
    }
    if (managers) TRY(managers->texts());
  }
  return {};
}

/// Maps by key, everything else replaced; null removes.
Value merge_deep(const Value& base, const Value& over) {
  if (!base.is_map() || !over.is_map()) return over;
  Value merged = base;
  for (const auto& entry : over.entries()) {
    const auto key = entry.key.as_string();
    if (entry.value.is_null()) {
      merged.erase(key);
    } else if (const Value* below = base.find(key)) {
      merged.set(key, merge_deep(*below, entry.value));
    } else {
      merged.set(key, entry.value);
    }
  }
  return merged;
}

Enabled enabled(const Value& map, std::string_view key) {
  return map[key].as_bool(true) ? Enabled::yes : Enabled::no;
}

std::vector<std::string> texts_of(const Value& list) {
  std::vector<std::string> result;
  for (const auto& item : list.items()) result.emplace_back(item.as_string());
  return result;
}

}  // namespace

Result<Value> read_shared_keys(const Node& map) {
  Value shared = Value::map();
  for (const auto key : k_shared_keys) {
    const auto node = map.find(key);
    if (!node) continue;
    if (key == "namespace") TRY(check_namespace(*node));
    if (key == "helm") TRY(check_helm_block(*node));
    if (key == "kustomize") TRY(check_block(*node));
    if (key == "variables") TRY(check_variables(*node));
    if (key == "substitution") TRY(check_substitution(*node));
    if (key == "sync") TRY(check_sync(*node));
    if (key == "ignore") TRY(check_ignore(*node));
    shared.set(key, node->value());
  }
  return shared;
}

Value merge_shared_keys(const Value& base, const Value& over) {
  Value merged = base.is_map() ? base : Value::map();
  for (const auto& entry : over.entries()) {
    const auto key = entry.key.as_string();
    const Value* below = merged.find(key);
    if (below == nullptr) {
      merged.set(key, entry.value);
    } else if (key == "ignore") {
      Value rules = *below;
      for (const auto& rule : entry.value.items()) rules.append(rule);
      merged.set(key, std::move(rules));
    } else if (key == "helm") {
      merged.set(key, merge_helm_blocks(*below, entry.value));
    } else if (key == "variables") {
      merged.set(key, merge_variables(*below, entry.value));
    } else {
      merged.set(key, merge_deep(*below, entry.value));
    }
  }
  return merged;
}

SyncPolicy read_sync_policy(const Value& shared) {
  const Value& sync = shared["sync"];
  return {enabled(sync, "automated"), enabled(sync, "prune"), enabled(sync, "selfHeal")};
}

std::vector<IgnoreRule> read_ignore_rules(const Value& shared) {
  std::vector<IgnoreRule> rules;
  for (const auto& item : shared["ignore"].items()) {
    rules.push_back({.group = std::string(item["group"].as_string("*")),
                     .kind = std::string(item["kind"].as_string("*")),
                     .namespace_ = std::string(item["namespace"].as_string("*")),
                     .name = std::string(item["name"].as_string("*")),
                     .pointers = texts_of(item["pointers"]),
                     .managers = texts_of(item["managers"])});
  }
  return rules;
}

Result<std::string> expand_pattern(std::string_view pattern, const StackId& stack, std::string_view team,
                                   const Where& where) {
  const auto fill = [&](std::string_view name) -> Result<std::string> {
    if (name == "stack") return stack.name;
    if (name == "layer") return stack.layer;
    if (name == "env") return stack.environment;
    if (team.empty()) {
      return fail(ErrorKind::render,
                  "the pattern \"" + std::string(pattern) + "\" needs a team, and " + stack.path() + " has none", where,
                  "set it in its stack.yaml, or let a team of reconcile.yaml own it");
    }
    return std::string(team);
  };
  return fill_placeholders(pattern, where, fill);
}

Result<std::string> expand_namespace(std::string_view pattern, const StackId& stack, std::string_view team,
                                     const Where& where) {
  TRY_ASSIGN(std::string text, expand_pattern(pattern, stack, team, where));
  if (!is_dns_label(text)) {
    return fail(ErrorKind::render,
                "the namespace pattern \"" + std::string(pattern) + "\" gives \"" + text + "\", which is no namespace",
                where, "a namespace has lower-case letters, digits and \"-\", at most 63; set namespace in stack.yaml");
  }
  return text;
}

}  // namespace reconciled
