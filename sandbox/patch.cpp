#include "sandbox/patch.h"

#include "base/json.h"

#include <algorithm>
#include <charconv>

namespace reconciled::sandbox {
namespace {

Failure unprocessable(std::string message) {
  return {.code = 422, .reason = "Invalid", .message = std::move(message), .before_routing = true};
}

std::vector<std::string> parse_pointer(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty() && text[0] == '/') {
    const std::size_t end = text.find('/', 1);
    std::string step(text.substr(1, end == std::string_view::npos ? end : end - 1));
    for (std::size_t at = 0; (at = step.find('~', at)) != std::string::npos; ++at)
      step.replace(at, 2, step.substr(at, 2) == "~1" ? "/" : "~");
    out.push_back(std::move(step));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end);
  }
  return out;
}

std::optional<std::size_t> list_index(const Value& list, std::string_view step) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
  if (error != std::errc() || end != step.data() + step.size()) return std::nullopt;
  return index < list.size() ? std::optional(index) : std::nullopt;
}

const Value* look_up(const Value& object, std::span<const std::string> path) {
  const Value* at = &object;
  for (const std::string& step : path) {
    if (at->is_list()) {
      const auto index = list_index(*at, step);
      if (!index) return nullptr;
      at = &at->items()[*index];
    } else {
      at = at->find(step);
      if (at == nullptr) return nullptr;
    }
  }
  return at;
}

Value* edit_at(Value& object, std::span<const std::string> path) {
  Value* at = &object;
  for (const std::string& step : path) {
    if (at->is_list()) {
      const auto index = list_index(*at, step);
      if (!index) return nullptr;
      at = &at->edit_item(*index);
    } else {
      if (at->find(step) == nullptr) return nullptr;
      at = &at->edit(step);
    }
  }
  return at;
}

bool add_at(Value& object, const std::vector<std::string>& path, Value value) {
  if (path.empty()) {
    object = std::move(value);
    return true;
  }
  Value* parent = edit_at(object, std::span(path).first(path.size() - 1));
  if (parent == nullptr) return false;
  if (!parent->is_list()) {
    if (!parent->is_map()) return false;
    parent->set(path.back(), std::move(value));
    return true;
  }
  if (path.back() == "-") {
    parent->append(std::move(value));
    return true;
  }
  const auto index = list_index(*parent, path.back());
  if (!index && path.back() != std::to_string(parent->size())) return false;
  parent->insert_item(index.value_or(parent->size()), std::move(value));
  return true;
}

bool remove_at(Value& object, const std::vector<std::string>& path) {
  if (path.empty() || look_up(object, path) == nullptr) return false;
  Value* parent = edit_at(object, std::span(path).first(path.size() - 1));
  if (parent->is_list()) {
    parent->erase_item(*list_index(*parent, path.back()));
  } else {
    parent->erase(path.back());
  }
  return true;
}

std::optional<std::string> run_operation(Value& object, const Value& operation) {
  const std::string op(operation["op"].as_string());
  const std::string text(operation["path"].as_string());
  const std::vector<std::string> path = parse_pointer(text);
  const auto missing = [&] {
    return op + " operation does not apply: doc is missing path: \"" + text + "\": missing value";
  };
  if (op == "add") {
    if (!add_at(object, path, operation["value"])) return missing();
  } else if (op == "remove") {
    if (!remove_at(object, path))
      return "remove operation does not apply: doc is missing key: " + text +
             ": Unable to remove nonexistent key: " + (path.empty() ? "" : path.back()) + ": missing value";
  } else if (op == "replace") {
    Value* at = edit_at(object, path);
    if (at == nullptr) return "replace operation does not apply: doc is missing key: " + text + ": missing value";
    *at = operation["value"];
  } else if (op == "test") {
    const Value* at = look_up(object, path);
    if (at == nullptr ? !operation["value"].is_null() : !(*at == operation["value"]))
      return "testing value " + text + " failed: test failed";
  } else if (op == "move" || op == "copy") {
    const std::vector<std::string> from = parse_pointer(operation["from"].as_string());
    const Value* found = look_up(object, from);
    if (found == nullptr) return missing();
    const Value value = *found;
    if (op == "move") remove_at(object, from);
    if (!add_at(object, path, value)) return missing();
  } else {
    return "Unexpected kind: " + op;
  }
  return std::nullopt;
}

const TypeNode& type_below(const TypeNode& type, std::string_view name) {
  if (const TypeField* field = type.find(name)) return *field->type;
  return type.element != nullptr && type.kind == TypeNode::Kind::map ? *type.element : builtin_types().any();
}

/// A patch value that stands where nothing was: its directives and nulls have nothing to act on.
Value without_directives(const Value& patch) {
  if (patch.is_list()) {
    Value out = Value::list();
    for (const Value& item : patch.items()) {
      if (item["$patch"].as_string() != "delete") out.append(without_directives(item));
    }
    return out;
  }
  if (!patch.is_map()) return patch;
  Value out = Value::map();
  for (const Value::Entry& entry : patch.entries()) {
    const std::string_view name = entry.key.as_string();
    if (!name.empty() && name[0] == '$') continue;
    if (!entry.value.is_null()) out.set(name, without_directives(entry.value));
  }
  return out;
}

/// The identity of an item of a merged list.
const Value& identity(const TypeNode& type, const Value& item) {
  return type.patch_key.empty() ? item : item[type.patch_key];
}

std::size_t position(const TypeNode& type, std::span<const Value> list, const Value& key) {
  const auto at =
      std::find_if(list.begin(), list.end(), [&](const Value& item) { return identity(type, item) == key; });
  return static_cast<std::size_t>(at - list.begin());
}

/// Items that the patch names stand in its order; others keep their place among those that both lists have.
Value order_merged(const TypeNode& type, const Value& merged, std::span<const Value> patch_order,
                   std::span<const Value> server_order) {
  std::vector<Value> left;   // only on the server
  std::vector<Value> right;  // named by the patch
  for (const Value& item : merged.items()) {
    if (position(type, patch_order, identity(type, item)) == patch_order.size()) left.push_back(item);
  }
  for (const Value& wanted : patch_order) {
    const std::size_t at = position(type, merged.items(), identity(type, wanted));
    if (at < merged.size()) right.push_back(merged.items()[at]);
  }
  Value out = Value::list();
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < left.size() || j < right.size()) {
    bool take_left = j == right.size();
    if (i < left.size() && j < right.size()) {
      const std::size_t li = position(type, server_order, identity(type, left[i]));
      const std::size_t ri = position(type, server_order, identity(type, right[j]));
      take_left = li < server_order.size() && ri < server_order.size() && li < ri;
    }
    out.append(take_left ? left[i++] : right[j++]);
  }
  return out;
}

Outcome<Value> strategic_list(const TypeNode& type, const Value& list, const Value& patch, const Value& order) {
  Value out = list.is_list() ? list : Value::list();
  if (!type.patch_key.empty()) {
    for (const Value& item : patch.items()) {
      if (item["$patch"].as_string() == "replace") return without_directives(patch);
    }
  }
  for (const Value& item : patch.items()) {
    if (!type.patch_key.empty() && item.find(type.patch_key) == nullptr) {
      return refuse(
          Failure{.code = 500,
                  .reason = {},
                  .message = "map: " + format_json(item) + " does not contain declared merge key: " + type.patch_key});
    }
    const std::size_t index = position(type, out.items(), identity(type, item));
    if (!type.patch_key.empty() && item["$patch"].as_string() == "delete") {
      if (index < out.size()) out.erase_item(index);
    } else if (index == out.size()) {
      out.append(without_directives(item));
    } else if (!type.patch_key.empty()) {
      auto merged = strategic_merge_patch(*type.element, out.items()[index], item);
      if (!merged) return merged;
      out.edit_item(index) = std::move(*merged);
    }
  }
  return order_merged(type, out, (order.is_list() ? order : patch).items(), list.items());
}

Outcome<Value> patch_entry(const TypeNode& type, const Value* old, const Value& patch, const Value& order) {
  if (patch.is_map() && old != nullptr && old->is_map()) return strategic_merge_patch(type, *old, patch);
  if (patch.is_list() && type.kind == TypeNode::Kind::list && type.patch_merge)
    return strategic_list(type, old == nullptr ? Value::list() : *old, patch, order);
  return without_directives(patch);
}

}  // namespace

Value merge_patch(const Value& object, const Value& patch) {
  if (!patch.is_map()) return patch;
  Value out = object.is_map() ? object : Value::map();
  for (const Value::Entry& entry : patch.entries()) {
    const std::string_view name = entry.key.as_string();
    if (entry.value.is_null()) {
      out.erase(name);
    } else {
      const Value* old = out.find(name);
      out.set(name, merge_patch(old == nullptr ? Value() : *old, entry.value));
    }
  }
  return out;
}

Outcome<Value> json_patch(const Value& object, const Value& patch) {
  if (!patch.is_list()) {
    return refuse(bad_request("error decoding patch: json: cannot unmarshal object into Go value of type " +
                              std::string("jsonpatch.Patch")));
  }
  Value out = object;
  for (const Value& operation : patch.items()) {
    if (auto error = run_operation(out, operation)) {
      return refuse(unprocessable("the server rejected our request due to an error in our request: " + *error));
    }
  }
  return out;
}

Outcome<Value> strategic_merge_patch(const TypeNode& type, const Value& object, const Value& patch) {
  const std::string_view directive = patch["$patch"].as_string();
  if (directive == "replace") return without_directives(patch);
  if (directive == "delete") return Value::map();
  Value out = object;
  if (patch["$retainKeys"].is_list()) {
    const auto keys = patch["$retainKeys"].items();
    for (const Value::Entry& entry : object.entries()) {
      if (std::find(keys.begin(), keys.end(), entry.key) == keys.end()) out.erase(entry.key.as_string());
    }
  }
  constexpr std::string_view k_order = "$setElementOrder/";
  constexpr std::string_view k_delete = "$deleteFromPrimitiveList/";
  for (const Value::Entry& entry : patch.entries()) {
    const std::string_view name = entry.key.as_string();
    if (name.substr(0, k_delete.size()) == k_delete) {
      Value& list = out.edit(name.substr(k_delete.size()));
      for (std::size_t index = list.size(); index-- > 0;) {
        const auto gone = entry.value.items();
        if (std::find(gone.begin(), gone.end(), list.items()[index]) != gone.end()) list.erase_item(index);
      }
    }
    if (!name.empty() && name[0] == '$') continue;
    if (entry.value.is_null()) {
      out.erase(name);
      continue;
    }
    auto patched = patch_entry(type_below(type, name), out.find(name), entry.value,
                               patch[std::string(k_order) + std::string(name)]);
    if (!patched) return patched;
    out.set(name, std::move(*patched));
  }
  for (const Value::Entry& entry : patch.entries()) {
    const std::string_view name = entry.key.as_string();
    if (name.substr(0, k_order.size()) != k_order) continue;
    const std::string_view list = name.substr(k_order.size());
    if (!out[list].is_list() || patch.find(list) != nullptr) continue;
    const Value before = out[list];
    out.set(list, order_merged(type_below(type, list), before, entry.value.items(), before.items()));
  }
  return out;
}

}  // namespace reconciled::sandbox
