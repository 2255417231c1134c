#include "sandbox/typed.h"

#include "base/json.h"

#include <algorithm>

namespace reconciled::sandbox {
namespace {

using Kind = TypeNode::Kind;

/// What a value is for ownership: of an untyped field the value itself decides.
enum class Shape { leaf, fields, items };

Shape shape_of(const TypeNode& type, const Value& value) {
  switch (type.kind) {
    case Kind::structure:
    case Kind::map: return type.atomic ? Shape::leaf : Shape::fields;
    case Kind::list: return type.list_type == ListType::atomic ? Shape::leaf : Shape::items;
    case Kind::any: return value.is_map() ? Shape::fields : Shape::leaf;
    default: return Shape::leaf;
  }
}

const TypeNode& child_type(const TypeNode& type, std::string_view name) {
  if (const TypeField* field = type.find(name)) return *field->type;
  if (type.element != nullptr && type.kind != Kind::list) return *type.element;
  return builtin_types().any();
}

bool absent_or_empty(const Value* value) {
  return value == nullptr || value->size() == 0;
}

void collect_fields(const TypeNode& type, const Value& value, FieldPath& path, FieldSet& out) {
  switch (shape_of(type, value)) {
    case Shape::leaf: out.insert(path); return;
    case Shape::items:
      for (const Value& item : value.items()) {
        path.push_back(item_element(type, item));
        collect_fields(*type.element, item, path, out);
        out.insert(path);
        path.pop_back();
      }
      return;
    case Shape::fields: break;
  }
  for (const Value::Entry& entry : value.entries()) {
    const std::string_view name = entry.key.as_string();
    path.push_back(field_element(name));
    collect_fields(child_type(type, name), entry.value, path, out);
    if (entry.value.is_null() || (entry.value.is_map() && entry.value.size() == 0) || type.find(name) == nullptr)
      out.insert(path);
    path.pop_back();
  }
}

class Comparer {
 public:
  explicit Comparer(Comparison& out) : m_out(out) {}

  void compare(const TypeNode& type, const Value* left, const Value* right) {
    if (left == nullptr && right == nullptr) return;
    const Shape shape = joint_shape(type, left, right);
    const bool leaf = shape == Shape::leaf || (absent_or_empty(left) && absent_or_empty(right));
    if (leaf) {
      if (left == nullptr) {
        m_out.added.insert(m_path);
      } else if (right == nullptr) {
        m_out.removed.insert(m_path);
      } else if (!(*left == *right)) {
        m_out.modified.insert(m_path);
      }
      return;
    }
    if (shape == Shape::items) {
      compare_items(type, left, right);
    } else {
      compare_entries(type, left, right);
    }
    if (left == nullptr) m_out.added.insert(m_path);
    if (right == nullptr) m_out.removed.insert(m_path);
  }

 private:
  static Shape joint_shape(const TypeNode& type, const Value* left, const Value* right) {
    if (type.kind != Kind::any) return shape_of(type, Value());
    const bool maps = (left == nullptr || left->is_map()) && (right == nullptr || right->is_map());
    return maps ? Shape::fields : Shape::leaf;
  }

  void compare_items(const TypeNode& type, const Value* left, const Value* right) {
    std::map<PathElement, std::pair<const Value*, const Value*>> pairs;
    if (left != nullptr) {
      for (const Value& item : left->items()) pairs[item_element(type, item)].first = &item;
    }
    if (right != nullptr) {
      for (const Value& item : right->items()) pairs[item_element(type, item)].second = &item;
    }
    for (const auto& [element, pair] : pairs) descend(element, *type.element, pair.first, pair.second);
  }

  void compare_entries(const TypeNode& type, const Value* left, const Value* right) {
    if (left != nullptr) {
      for (const Value::Entry& entry : left->entries()) {
        const std::string_view name = entry.key.as_string();
        const Value* other = right == nullptr ? nullptr : right->find(name);
        descend(field_element(name), child_type(type, name), &entry.value, other);
      }
    }
    if (right != nullptr) {
      for (const Value::Entry& entry : right->entries()) {
        const std::string_view name = entry.key.as_string();
        if (left != nullptr && left->find(name) != nullptr) continue;
        descend(field_element(name), child_type(type, name), nullptr, &entry.value);
      }
    }
  }

  void descend(PathElement element, const TypeNode& type, const Value* left, const Value* right) {
    m_path.push_back(std::move(element));
    compare(type, left, right);
    m_path.pop_back();
  }

  Comparison& m_out;
  FieldPath m_path;
};

Value merge_items(const TypeNode& type, const Value& base, const Value& over) {
  std::vector<PathElement> base_elements;
  std::map<PathElement, const Value*> base_items;
  for (const Value& item : base.items()) {
    base_elements.push_back(item_element(type, item));
    base_items[base_elements.back()] = &item;
  }
  std::set<PathElement> over_elements;
  for (const Value& item : over.items()) over_elements.insert(item_element(type, item));

  Value out = Value::list();
  std::set<PathElement> done;
  std::size_t next = 0;
  const auto pass_base_only = [&] {
    while (next < base_elements.size()) {
      const PathElement& element = base_elements[next];
      if (!over_elements.contains(element)) {
        out.append(base.items()[next]);
      } else if (!done.contains(element)) {
        return;
      }
      ++next;
    }
  };
  for (const Value& item : over.items()) {
    pass_base_only();
    const PathElement element = item_element(type, item);
    const auto found = base_items.find(element);
    out.append(found == base_items.end() ? item : merge(*type.element, *found->second, item));
    done.insert(element);
  }
  pass_base_only();
  return out;
}

std::optional<std::string> type_error(const TypeNode& type, const Value& value, const std::string& path);

std::string shown(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::string: return "string";
    case Value::Kind::boolean: return "boolean";
    case Value::Kind::integer:
    case Value::Kind::number: return "number";
    case Value::Kind::list: return "list";
    case Value::Kind::map: return "map";
    case Value::Kind::null: break;
  }
  return "null";
}

std::string go_value(const Value& value) {
  return "&value.valueUnstructured{Value:" + format_json(value) + "}";
}

std::optional<std::string> item_errors(const TypeNode& type, const Value& value, const std::string& path) {
  std::set<PathElement> seen;
  std::size_t index = 0;
  for (const Value& item : value.items()) {
    const std::string at = path + "[" + std::to_string(index) + "]";
    if (type.list_type == ListType::map) {
      for (const std::string& key : type.keys) {
        if (item.find(key) != nullptr || type.element->key_default(key)) continue;
        return path + ": element " + std::to_string(index) + ": associative list with keys has an element that omits " +
               "key field \"" + key + "\" (and doesn't have default value)";
      }
    }
    if (type.list_type != ListType::atomic) {
      const PathElement element = item_element(type, item);
      if (!seen.insert(element).second)
        return path + ": duplicate entries for key " + format_path(std::vector<PathElement>{element});
    }
    const std::string below = type.list_type == ListType::atomic
                                  ? at
                                  : path + format_path(std::vector<PathElement>{item_element(type, item)});
    if (auto error = type_error(*type.element, item, below)) return error;
    ++index;
  }
  return std::nullopt;
}

std::optional<std::string> entry_errors(const TypeNode& type, const Value& value, const std::string& path) {
  for (const Value::Entry& entry : value.entries()) {
    const std::string at = path + "." + std::string(entry.key.as_string());
    if (type.kind == Kind::structure && type.element == nullptr && type.find(entry.key.as_string()) == nullptr)
      return at + ": field not declared in schema";
    if (auto error = type_error(child_type(type, entry.key.as_string()), entry.value, at)) return error;
  }
  return std::nullopt;
}

std::optional<std::string> type_error(const TypeNode& type, const Value& value, const std::string& path) {
  if (value.is_null()) return std::nullopt;
  switch (type.kind) {
    case Kind::string:
    case Kind::time:
    case Kind::micro_time:
      if (!value.is_string()) return path + ": expected string, got " + go_value(value);
      break;
    case Kind::integer:
    case Kind::number:
      if (!value.is_number()) return path + ": expected numeric (int or float), got " + shown(value);
      break;
    case Kind::boolean:
      if (!value.is_bool()) return path + ": expected boolean, got " + go_value(value);
      break;
    case Kind::list:
      if (!value.is_list()) return path + ": expected list, got " + go_value(value);
      return item_errors(type, value, path);
    case Kind::map:
    case Kind::structure:
      if (!value.is_map()) return path + ": expected map, got " + go_value(value);
      return entry_errors(type, value, path);
    default: break;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> find_type_error(const TypeNode& type, const Value& value) {
  return type_error(type, value, "");
}

PathElement item_element(const TypeNode& list, const Value& item) {
  if (list.list_type == ListType::set) return value_element(item);
  std::map<std::string, Value> keys;
  for (const std::string& key : list.keys) {
    if (const Value* value = item.find(key)) {
      keys[key] = *value;
    } else if (auto fallback = list.element->key_default(key)) {
      keys[key] = std::move(*fallback);
    }
  }
  return key_element(keys);
}

FieldSet fields_of(const TypeNode& type, const Value& value) {
  FieldSet out;
  FieldPath path;
  collect_fields(type, value, path, out);
  return out;
}

Comparison compare(const TypeNode& type, const Value& left, const Value& right) {
  Comparison out;
  Comparer(out).compare(type, &left, &right);
  return out;
}

Value merge(const TypeNode& type, const Value& base, const Value& over) {
  switch (shape_of(type, over)) {
    case Shape::leaf: return over;
    case Shape::items: return base.is_list() && over.is_list() ? merge_items(type, base, over) : over;
    case Shape::fields: break;
  }
  if (!base.is_map() || !over.is_map()) return over;
  Value out = base;
  for (const Value::Entry& entry : over.entries()) {
    const std::string_view name = entry.key.as_string();
    const Value* old = base.find(name);
    out.set(name, old == nullptr ? entry.value : merge(child_type(type, name), *old, entry.value));
  }
  return out;
}

Value remove_fields(const TypeNode& type, const Value& value, const FieldSet& set) {
  if (set.empty()) return value;
  const Shape shape = shape_of(type, value);
  if (shape == Shape::leaf) return value;
  if (shape == Shape::items) {
    Value out = Value::list();
    for (const Value& item : value.items()) {
      const PathElement element = item_element(type, item);
      if (!set.members.contains(element)) out.append(remove_fields(*type.element, item, set.below(element)));
    }
    return out.size() == 0 && value.size() > 0 ? Value() : out;
  }
  Value out = Value::map();
  for (const Value::Entry& entry : value.entries()) {
    const std::string_view name = entry.key.as_string();
    const PathElement element = field_element(name);
    if (set.members.contains(element)) continue;
    Value kept = remove_fields(child_type(type, name), entry.value, set.below(element));
    if (!kept.is_null() || entry.value.is_null()) out.set(name, std::move(kept));
  }
  return out.size() == 0 && value.size() > 0 ? Value() : out;
}

FieldSet with_named_fields(const TypeNode& type, const FieldSet& set) {
  FieldSet out;
  out.members = set.members;
  for (const auto& [element, child] : set.children) {
    const TypeNode* below = &builtin_types().any();
    if (element[0] == 'f') {
      const std::string name = element.substr(2);
      if (type.find(name) != nullptr) out.members.insert(element);
      below = &child_type(type, name);
    } else if (type.kind == Kind::list) {
      below = type.element;
    }
    out.children.emplace(element, with_named_fields(*below, child));
  }
  return out;
}

namespace {

enum class Nulls : bool { leave_out, required };

Value fill(const TypeNode& type, const Value& value, Nulls nulls) {
  Value out = value;
  if (type.kind == Kind::list && value.is_list()) {
    for (std::size_t index = 0; index < value.size(); ++index) {
      Value filled = fill(*type.element, value.items()[index], nulls);
      if (!filled.same_as(value.items()[index])) out.edit_item(index) = std::move(filled);
    }
  } else if (type.kind == Kind::map && value.is_map()) {
    if (type.element->kind != Kind::structure) return out;
    for (const Value::Entry& entry : value.entries())
      out.set(entry.key.as_string(), fill(*type.element, entry.value, nulls));
  } else if (type.kind == Kind::structure && value.is_map()) {
    for (const TypeField& field : type.fields) {
      const Value* old = value.find(field.name);
      if (old != nullptr && !old->is_null()) {
        if (old->is_map() || old->is_list()) out.set(field.name, fill(*field.type, *old, nulls));
      } else if (field.embedded && field.type->kind == Kind::structure) {
        out.set(field.name, fill(*field.type, Value::map(), nulls));
      } else if (field.required && field.type->kind == Kind::integer) {
        out.set(field.name, 0);
      } else if (field.required && (field.type->kind == Kind::list || nulls == Nulls::required)) {
        out.set(field.name, Value());
      }
    }
  }
  return out;
}

}  // namespace

Value fill_embedded(const TypeNode& type, const Value& value) {
  return fill(type, value, Nulls::leave_out);
}
Value fill_zero(const TypeNode& type, const Value& value) {
  return fill(type, value, Nulls::required);
}

}  // namespace reconciled::sandbox
