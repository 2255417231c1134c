#include "sandbox/schema.h"

#include "base/json.h"

#include <charconv>

namespace reconciled::sandbox {
namespace {

constexpr std::string_view k_types =
#include "sandbox/builtin_types.inc"
    ;

std::string_view take_word(std::string_view& line) {
  const std::size_t end = line.find(' ');
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  return word;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

class TableReader {
 public:
  explicit TableReader(TypeRegistry& registry) : m_registry(registry) {}

  void read(std::string_view text) {
    for (const std::string& line : split(text, '\n')) declare(line);
    TypeNode* current = nullptr;
    for (const std::string& line : split(text, '\n')) {
      if (line[0] != ' ') {
        std::string_view rest = line;
        current = m_structures.at(std::string(take_word(rest)));
      } else {
        current->fields.push_back(field(std::string_view(line).substr(1)));
      }
    }
  }

 private:
  void declare(std::string_view line) {
    if (line[0] == ' ') return;
    const std::string name(take_word(line));
    if (m_structures.contains(name)) return;
    TypeNode& node = m_registry.add();
    node.kind = TypeNode::Kind::structure;
    node.definition = name;
    node.atomic = line == "a";
    m_structures[name] = &node;
    m_registry.name(name, node);
  }

  TypeNode* type(std::string_view text) {
    if (text[0] == '@') return m_structures.at(std::string(text.substr(1)));
    TypeNode& node = m_registry.add();
    switch (text[0]) {
      case 's': node.kind = TypeNode::Kind::string; break;
      case 'i': node.kind = TypeNode::Kind::integer; break;
      case 'n': node.kind = TypeNode::Kind::number; break;
      case 'b': node.kind = TypeNode::Kind::boolean; break;
      case 'q': node.kind = TypeNode::Kind::quantity; break;
      case 't': node.kind = TypeNode::Kind::time; break;
      case 'm': node.kind = TypeNode::Kind::micro_time; break;
      case 'I': node.kind = TypeNode::Kind::int_or_string; break;
      case '[': node.kind = TypeNode::Kind::list; break;
      case '{': node.kind = TypeNode::Kind::map; break;
      default: break;
    }
    if (text[0] == '[' || text[0] == '{') node.element = type(text.substr(1));
    return &node;
  }

  TypeField field(std::string_view line) {
    TypeField field;
    field.name = take_word(line);
    TypeNode* node = type(take_word(line));
    field.type = node;
    while (!line.empty()) {
      if (line[0] == '=') {
        Budget budget;
        node->default_value = parse_json(line.substr(1), budget).value_or(Value());
        break;
      }
      flag(take_word(line), field, *node);
    }
    return field;
  }

  static void flag(std::string_view text, TypeField& field, TypeNode& node) {
    const std::string_view argument = text.size() > 2 ? text.substr(2, text.size() - 3) : std::string_view();
    switch (text[0]) {
      case '!': field.required = true; break;
      case '0': field.embedded = true; break;
      case 'a': node.atomic = true; break;
      case 'S': node.list_type = ListType::set; break;
      case 'K':
        node.list_type = ListType::map;
        node.keys = split(argument, ',');
        break;
      case 'M':
        node.patch_merge = true;
        node.patch_key = argument;
        break;
      case 'R': node.retain_keys = true; break;
      case 'E': node.allowed = split(argument, '|'); break;
      default: break;
    }
  }

  TypeRegistry& m_registry;
  std::map<std::string, TypeNode*> m_structures;
};

TypeNode::Kind custom_kind(const Value& schema) {
  if (schema["x-kubernetes-int-or-string"].as_bool()) return TypeNode::Kind::int_or_string;
  const std::string_view type = schema["type"].as_string();
  if (type == "string") return TypeNode::Kind::string;
  if (type == "integer") return TypeNode::Kind::integer;
  if (type == "number") return TypeNode::Kind::number;
  if (type == "boolean") return TypeNode::Kind::boolean;
  if (type == "array") return TypeNode::Kind::list;
  if (type != "object") return TypeNode::Kind::any;
  const Value* additional = schema.find("additionalProperties");
  if (schema.find("properties") == nullptr && additional != nullptr && !additional->is_bool())
    return TypeNode::Kind::map;
  return TypeNode::Kind::structure;
}

void read_custom(TypeRegistry& registry, const Value& schema, TypeNode& node) {
  node.kind = custom_kind(schema);
  node.constraints = schema;
  node.nullable = schema["nullable"].as_bool();
  node.preserve_unknown = schema["x-kubernetes-preserve-unknown-fields"].as_bool();
  node.embedded_resource = schema["x-kubernetes-embedded-resource"].as_bool();
  node.atomic = schema["x-kubernetes-map-type"].as_string() == "atomic";
  if (const Value* value = schema.find("default")) node.default_value = *value;
  if (node.kind == TypeNode::Kind::list) {
    TypeNode& element = registry.add();
    read_custom(registry, schema["items"], element);
    node.element = &element;
    const std::string_view list_type = schema["x-kubernetes-list-type"].as_string();
    if (list_type == "set") node.list_type = ListType::set;
    if (list_type == "map") node.list_type = ListType::map;
    for (const Value& key : schema["x-kubernetes-list-map-keys"].items()) node.keys.emplace_back(key.as_string());
  }
  if (node.kind == TypeNode::Kind::map) {
    TypeNode& element = registry.add();
    read_custom(registry, schema["additionalProperties"], element);
    node.element = &element;
  }
  if (node.kind != TypeNode::Kind::structure) return;
  if (node.preserve_unknown || schema["additionalProperties"].as_bool()) {
    node.element = &registry.any();
    node.preserve_unknown = true;
  }
  for (const Value::Entry& entry : schema["properties"].entries()) {
    TypeNode& child = registry.add();
    read_custom(registry, entry.value, child);
    node.fields.push_back({std::string(entry.key.as_string()), &child, false, false});
  }
  for (const Value& name : schema["required"].items()) {
    for (TypeField& field : node.fields) field.required = field.required || field.name == name.as_string();
  }
}

}  // namespace

const TypeField* TypeNode::find(std::string_view name) const {
  for (const TypeField& field : fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

std::optional<Value> TypeNode::key_default(std::string_view name) const {
  const TypeField* field = find(name);
  if (field == nullptr) return std::nullopt;
  if (field->type->default_value) return field->type->default_value;
  if (definition.empty() || !field->required) return std::nullopt;
  if (field->type->kind == Kind::string) return Value("");
  return field->type->kind == Kind::integer ? std::optional<Value>(0) : std::nullopt;
}

TypeNode& TypeRegistry::add() {
  return m_nodes.emplace_back();
}

const TypeNode* TypeRegistry::find(std::string_view definition) const {
  const auto found = m_names.find(definition);
  return found == m_names.end() ? nullptr : found->second;
}

const TypeRegistry& builtin_types() {
  static const TypeRegistry* const registry = [] {
    auto* made = new TypeRegistry;
    TableReader(*made).read(k_types);
    return made;
  }();
  return *registry;
}

const TypeNode& make_custom_type(TypeRegistry& registry, const Value& schema) {
  TypeNode& node = registry.add();
  read_custom(registry, schema, node);
  if (node.kind == TypeNode::Kind::any) {  // no schema, or only preserve-unknown-fields
    node.kind = TypeNode::Kind::structure;
    node.preserve_unknown = true;
    node.element = &registry.any();
  }
  std::erase_if(node.fields, [](const TypeField& field) {
    return field.name == "metadata" || field.name == "apiVersion" || field.name == "kind";
  });
  TypeNode& text = registry.add();
  text.kind = TypeNode::Kind::string;
  node.fields.push_back({"apiVersion", &text, false, false});
  node.fields.push_back({"kind", &text, false, false});
  node.fields.push_back({"metadata", builtin_types().find("v1.ObjectMeta"), false, true});
  return node;
}

}  // namespace reconciled::sandbox
