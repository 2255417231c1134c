#include "base/json.h"
#include "sandbox/typed.h"
#include "sandbox/validation.h"

#include <algorithm>
#include <cmath>
#include <regex>

namespace reconciled::sandbox {
namespace {

using Kind = TypeNode::Kind;
using ErrorType = FieldError::Kind;

std::string_view kind_name(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::boolean: return "boolean";
    case Value::Kind::integer: return "integer";
    case Value::Kind::number: return "number";
    case Value::Kind::string: return "string";
    case Value::Kind::list: return "array";
    case Value::Kind::map: return "object";
    case Value::Kind::null: break;
  }
  return "null";
}

std::string_view expected_name(Kind kind) {
  switch (kind) {
    case Kind::string: return "string";
    case Kind::integer: return "integer";
    case Kind::number: return "number";
    case Kind::boolean: return "boolean";
    case Kind::list: return "array";
    case Kind::structure:
    case Kind::map: return "object";
    default: return "";
  }
}

bool fits(Kind kind, const Value& value) {
  switch (kind) {
    case Kind::string: return value.is_string();
    case Kind::integer:
      return value.is_integer() || (value.is_number() && std::floor(value.as_double()) == value.as_double());
    case Kind::number: return value.is_number();
    case Kind::boolean: return value.is_bool();
    case Kind::list: return value.is_list();
    case Kind::structure:
    case Kind::map: return value.is_map();
    case Kind::int_or_string: return value.is_integer() || value.is_string();
    default: return true;
  }
}

std::string child_path(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

/// Without the parts of a regular expression library's dialect that std::regex lacks: a pattern it cannot read passes.
bool matches_pattern(const std::string& pattern, const std::string& text) {
  try {
    return std::regex_search(text, std::regex(pattern, std::regex::ECMAScript));
  } catch (const std::regex_error&) {
    return true;
  }
}

void check_bounds(const Value& rules, const Value& value, const std::string& path, std::vector<FieldError>& errors) {
  const auto say = [&](std::string detail) {
    errors.push_back({ErrorType::invalid, path, value, path + " in body should be " + std::move(detail)});
  };
  if (value.is_number()) {
    if (const Value* bound = rules.find("minimum"); bound != nullptr && value.as_double() < bound->as_double())
      say("greater than or equal to " + format_json(*bound));
    if (const Value* bound = rules.find("maximum"); bound != nullptr && value.as_double() > bound->as_double())
      say("less than or equal to " + format_json(*bound));
  }
  if (value.is_string()) {
    const std::string text(value.as_string());
    if (const Value* bound = rules.find("minLength"); bound != nullptr && std::ssize(text) < bound->as_integer())
      say("at least " + format_json(*bound) + " chars long");
    if (const Value* bound = rules.find("maxLength"); bound != nullptr && std::ssize(text) > bound->as_integer())
      errors.push_back({ErrorType::too_long, path, value, "may not be more than " + format_json(*bound) + " bytes"});
    if (const Value* pattern = rules.find("pattern");
        pattern != nullptr && !matches_pattern(std::string(pattern->as_string()), text))
      say("match '" + std::string(pattern->as_string()) + "'");
  }
  if (value.is_list()) {
    const auto size = static_cast<std::int64_t>(value.size());
    if (const Value* bound = rules.find("minItems"); bound != nullptr && size < bound->as_integer())
      errors.push_back({ErrorType::invalid, path, Value(size),
                        path + " in body should have at least " + format_json(*bound) + " items"});
    if (const Value* bound = rules.find("maxItems"); bound != nullptr && size > bound->as_integer())
      errors.push_back({ErrorType::too_many, path, Value(size), "must have at most " + format_json(*bound) + " items"});
  }
  if (const Value* allowed = rules.find("enum"); allowed != nullptr && allowed->is_list()) {
    const auto items = allowed->items();
    if (std::find(items.begin(), items.end(), value) == items.end()) {
      std::string list;
      for (const Value& item : items) list += (list.empty() ? "" : ", ") + format_json(item);
      errors.push_back({ErrorType::not_supported, path, value, "supported values: " + list});
    }
  }
}

void check_list(const TypeNode& type, const Value& value, const std::string& path, std::vector<FieldError>& errors) {
  std::set<PathElement> seen;
  std::size_t index = 0;
  for (const Value& item : value.items()) {
    const std::string at = path + "[" + std::to_string(index++) + "]";
    if (type.list_type != ListType::atomic && !seen.insert(item_element(type, item)).second) {
      Value shown = item;
      if (type.list_type == ListType::map) {
        shown = Value::map();
        for (const std::string& key : type.keys) shown.set(key, item[key]);
      }
      errors.push_back({ErrorType::duplicate, at, std::move(shown), ""});
    }
    validate_custom(*type.element, item, at, errors);
  }
}

void walk_unknown(const TypeNode& type, const Value& value, const std::string& path, std::vector<std::string>& out) {
  if (value.is_list() && type.kind == Kind::list) {
    std::size_t index = 0;
    for (const Value& item : value.items())
      walk_unknown(*type.element, item, path + "[" + std::to_string(index++) + "]", out);
  } else if (value.is_map() && type.kind == Kind::map) {
    for (const Value::Entry& entry : value.entries())
      walk_unknown(*type.element, entry.value, child_path(path, entry.key.as_string()), out);
  } else if (value.is_map() && type.kind == Kind::structure) {
    for (const Value::Entry& entry : value.entries()) {
      const std::string at = child_path(path, entry.key.as_string());
      if (const TypeField* field = type.find(entry.key.as_string())) {
        walk_unknown(*field->type, entry.value, at, out);
      } else if (type.element == nullptr && !type.preserve_unknown) {
        out.push_back("unknown field \"" + at + "\"");
      }
    }
  }
}

}  // namespace

void validate_custom(const TypeNode& type, const Value& value, const std::string& path,
                     std::vector<FieldError>& errors) {
  if (value.is_null() && (type.nullable || type.kind == Kind::any)) return;
  if (!fits(type.kind, value)) {
    const std::string expected(expected_name(type.kind));
    const std::string found(kind_name(value));
    errors.push_back({ErrorType::type_invalid, path, value.is_null() ? Value("null") : Value(found),
                      path + " in body must be of type " + expected + ": \"" + found + "\""});
    return;
  }
  check_bounds(type.constraints, value, path, errors);
  if (value.is_list() && type.kind == Kind::list) check_list(type, value, path, errors);
  if (!value.is_map()) return;
  for (const TypeField& field : type.fields) {
    if (path.empty() && field.name == "metadata") continue;
    const Value* child = value.find(field.name);
    if (child == nullptr) {
      if (field.required) errors.push_back({ErrorType::required, child_path(path, field.name), {}, ""});
    } else {
      validate_custom(*field.type, *child, child_path(path, field.name), errors);
    }
  }
  if (type.kind != Kind::map) return;
  for (const Value::Entry& entry : value.entries())
    validate_custom(*type.element, entry.value, child_path(path, entry.key.as_string()), errors);
}

std::vector<std::string> find_unknown_fields(const TypeNode& type, const Value& object) {
  std::vector<std::string> out;
  walk_unknown(type, object, "", out);
  return out;
}

Value prune_unknown_fields(const TypeNode& type, const Value& object) {
  if (object.is_list() && type.kind == Kind::list) {
    Value out = object;
    for (std::size_t index = 0; index < object.size(); ++index) {
      Value pruned = prune_unknown_fields(*type.element, object.items()[index]);
      if (!pruned.same_as(object.items()[index])) out.edit_item(index) = std::move(pruned);
    }
    return out;
  }
  if (!object.is_map() || (type.kind != Kind::map && type.kind != Kind::structure)) return object;
  Value out = object;
  for (const Value::Entry& entry : object.entries()) {
    const std::string_view name = entry.key.as_string();
    const TypeField* field = type.find(name);
    const TypeNode* child = field != nullptr ? field->type : type.kind == Kind::map ? type.element : nullptr;
    if (child != nullptr) {
      if (!entry.value.is_map() && !entry.value.is_list()) continue;
      Value pruned = prune_unknown_fields(*child, entry.value);
      if (!pruned.same_as(entry.value)) out.set(name, std::move(pruned));
    } else if (type.element == nullptr && !type.preserve_unknown) {
      out.erase(name);
    }
  }
  return out;
}

}  // namespace reconciled::sandbox
