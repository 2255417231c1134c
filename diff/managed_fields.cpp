#include "diff/managed_fields.h"

#include "base/json.h"

namespace reconciled {

FieldSet FieldSet::below(std::string_view prefix, std::string_view name) const {
  if (m_node == nullptr || m_node->size() == 0) return *this;
  std::string element;
  element.reserve(prefix.size() + name.size());
  element.append(prefix).append(name);
  return FieldSet(m_node->find(element));
}

std::vector<std::string> FieldSet::item_keys() const {
  if (m_node == nullptr) return {};
  for (const Value::Entry& entry : m_node->entries()) {
    const std::string_view element = entry.key.as_string();
    if (!element.starts_with("k:")) continue;
    Budget budget(Limits{.steps = 1000, .bytes = 64 << 10, .depth = 8});
    const Result<Value> keys = parse_json(element.substr(2), budget);
    if (!keys || !keys->is_map()) return {};
    std::vector<std::string> names;
    for (const Value::Entry& key : keys->entries()) names.emplace_back(key.key.as_string());
    return names;
  }
  return {};
}

bool FieldSet::is_set() const {
  if (m_node == nullptr) return false;
  for (const Value::Entry& entry : m_node->entries()) {
    if (entry.key.as_string().starts_with("v:")) return true;
  }
  return false;
}

std::vector<FieldOwner> read_managed_fields(const Value& object) {
  std::vector<FieldOwner> out;
  for (const Value& entry : object.at({"metadata", "managedFields"}).items()) {
    const Value* fields = entry.find("fieldsV1");
    if (fields == nullptr || !fields->is_map() || !entry["manager"].is_string()) continue;
    FieldOwner owner;
    owner.manager = entry["manager"].as_string();
    owner.operation = entry["operation"].as_string() == "Apply" ? FieldOperation::apply : FieldOperation::update;
    owner.subresource = entry["subresource"].as_string();
    owner.time = entry["time"].as_string();
    owner.fields = FieldSet(fields);
    out.push_back(owner);
  }
  return out;
}

std::string item_element(const Value& keys) {
  std::string out = "k:";
  append_json(out, keys, JsonStyle::canonical);
  return out;
}

}  // namespace reconciled
