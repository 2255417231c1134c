// The unified diff of one action: live and wanted object, both cut down to what we send and what changes.
#include "diff/line_diff.h"
#include "diff/redact.h"
#include "diff/report.h"
#include "diff/yaml_text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace reconciled {
namespace {

std::string unescape(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] == '~' && i + 1 < token.size()) {
      out += token[++i] == '1' ? '/' : '~';
    } else {
      out += token[i];
    }
  }
  return out;
}

std::vector<std::string> split_pointer(std::string_view pointer) {
  std::vector<std::string> out;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    out.push_back(unescape(pointer.substr(0, end)));
    pointer.remove_prefix(end);
  }
  return out;
}

std::size_t index_of(const std::string& token, std::size_t fallback) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  return error == std::errc() && end == token.data() + token.size() ? index : fallback;
}

void apply_change(Value& object, const FieldChange& change) {
  const std::vector<std::string> tokens = split_pointer(change.pointer);
  if (tokens.empty()) return;
  Value* at = &object;
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (at->is_list()) {
      const std::size_t index = index_of(tokens[i], at->size());
      if (index >= at->size()) return;
      at = &at->edit_item(index);
    } else {
      at = &at->edit(tokens[i]);
    }
  }
  const std::string& last = tokens.back();
  const bool gone = change.op == FieldChange::Op::remove;
  if (!at->is_list()) {
    if (gone) {
      at->erase(last);
    } else {
      at->set(last, change.desired);
    }
    return;
  }
  const std::size_t index = index_of(last, at->size());
  if (index >= at->size()) {
    if (!gone) at->append(change.desired);
  } else if (gone) {
    at->edit_item(index) = Value();  // kept as a hole, so that later pointers still hold
  } else {
    at->edit_item(index) = change.desired;
  }
}

// Cuts an object down. Pointers are those of the live object.
class Projection {
 public:
  explicit Projection(const std::vector<FieldChange>& changes) {
    for (const FieldChange& change : changes) {
      if (change.ignored_by.empty()) m_changed.push_back(change.pointer);
    }
  }

  Value cut(const Value& value, const Value* wanted, const std::string& pointer) const {
    if (value.is_map()) return cut_map(value, wanted, pointer);
    if (value.is_list()) return cut_list(value, wanted, pointer);
    return value;
  }

 private:
  [[nodiscard]] bool on_the_way(const std::string& pointer) const {
    return std::any_of(m_changed.begin(), m_changed.end(), [&](const std::string& changed) {
      return changed.starts_with(pointer) && (changed.size() == pointer.size() || changed[pointer.size()] == '/');
    });
  }
  [[nodiscard]] bool changed(const std::string& pointer) const {
    return std::find(m_changed.begin(), m_changed.end(), pointer) != m_changed.end();
  }

  Value cut_map(const Value& value, const Value* wanted, const std::string& pointer) const {
    Value out = Value::map();
    for (const Value::Entry& entry : value.entries()) {
      const std::string_view key = entry.key.as_string();
      std::string below = pointer + "/";
      for (const char c : key) below += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
      const Value* inner = wanted == nullptr ? nullptr : wanted->find(key);
      if (changed(below)) {
        out.set(key, entry.value);
      } else if (inner != nullptr || on_the_way(below)) {
        out.set(key, cut(entry.value, inner, below));
      }
    }
    return out;
  }

  Value cut_list(const Value& value, const Value* wanted, const std::string& pointer) const {
    Value out = Value::list();
    for (std::size_t i = 0; i < value.size(); ++i) {
      const std::string below = pointer + "/" + std::to_string(i);
      const Value& item = value.items()[i];
      if (item.is_null()) continue;
      const Value* inner = wanted == nullptr ? nullptr : partner(item, *wanted, i, value.size());
      out.append(changed(below) || inner == nullptr ? item : cut(item, inner, below));
    }
    return out;
  }

  static const Value* partner(const Value& item, const Value& wanted, std::size_t index, std::size_t size) {
    constexpr std::array<std::string_view, 7> k_keys{"name", "containerPort", "port", "mountPath", "devicePath",
                                                     "ip",   "type"};
    for (const std::string_view key : k_keys) {
      const Value* have = item.find(key);
      if (have == nullptr) continue;
      for (const Value& candidate : wanted.items()) {
        const Value* other = candidate.find(key);
        if (other != nullptr && *other == *have) return &candidate;
      }
      return nullptr;
    }
    return wanted.size() == size ? &wanted.items()[index] : nullptr;
  }

  std::vector<std::string> m_changed;
};

Value without_server_fields(Value object) {
  object.erase("status");
  Value& metadata = object.edit("metadata");
  for (const std::string_view field :
       {"managedFields", "resourceVersion", "uid", "generation", "creationTimestamp", "selfLink"}) {
    metadata.erase(field);
  }
  return object;
}

bool leaves(const Action& action) {
  return action.kind == ActionKind::prune || (action.kind == ActionKind::hold && action.held == ActionKind::prune);
}

}  // namespace

std::string format_unified(const Action& action, const Value& live) {
  const GroupKind kind = action.id.group_kind();
  Value before;
  Value after;
  if (leaves(action)) {
    if (live.is_map()) before = redact_value(without_server_fields(live), kind, "");
  } else if (!live.is_map()) {
    after = redact_value(action.body, kind, "");
  } else {
    const Projection projection(action.changes);
    const Value shown = redact_value(live, kind, "");
    Value changed = shown;
    for (const FieldChange& change : action.changes) {
      if (change.ignored_by.empty()) apply_change(changed, change);
    }
    before = projection.cut(shown, &action.body, "");
    after = projection.cut(changed, &action.body, "");
  }
  const std::string hunks = format_line_diff(format_yaml_lines(before), format_yaml_lines(after));
  if (hunks.empty()) return {};
  std::string origin = action.origin.file;
  if (action.origin.line != 0) origin += ":" + std::to_string(action.origin.line);
  return "--- live/" + format_id(action.id) + "\n+++ git/" + format_id(action.id) +
         (origin.empty() ? "" : "  " + origin) + "\n" + hunks;
}

}  // namespace reconciled
