#include "diff/managed_fields.h"

#include "base/json.h"

namespace reconciled {
namespace {

constexpr std::size_t k_few = 16;  // entries that are faster walked than looked up

// Where a scalar of compact JSON ends that begins at a place; npos when it does not end.
std::size_t end_of_scalar(std::string_view json, std::size_t at) {
  if (at < json.size() && json[at] != '"') return json.find_first_of(",}", at);
  for (++at; at < json.size() && json[at] != '"'; ++at) {
    if (json[at] == '\\') ++at;
  }
  return at < json.size() ? at + 1 : std::string_view::npos;
}

// The names in `{"containerPort":8080,"protocol":"TCP"}`, which the API server writes without spaces and of scalars;
// empty when it did not write this.
std::vector<std::string> names_of(std::string_view keys) {
  std::vector<std::string> names;
  for (std::size_t at = 1; at < keys.size() && keys[at] == '"'; ++at) {
    const std::size_t end = keys.find("\":", at + 1);
    if (end == std::string_view::npos) return {};
    names.emplace_back(keys.substr(at + 1, end - at - 1));
    at = end_of_scalar(keys, end + 2);
    if (at >= keys.size() || names.back().find('\\') != std::string::npos) return {};
    if (keys[at] == '}') return at + 1 == keys.size() ? names : std::vector<std::string>();
  }
  return {};
}

}  // namespace

FieldSet FieldSet::below(std::string_view prefix, std::string_view name) const {
  if (m_node == nullptr || m_node->size() == 0) return *this;
  if (m_node->size() <= k_few) {
    for (const Value::Entry& entry : m_node->entries()) {
      const std::string_view element = entry.key.as_string();
      const bool same = element.size() == prefix.size() + name.size() && element.ends_with(name);
      if (same && element.starts_with(prefix)) return FieldSet(&entry.value);
    }
    return FieldSet();
  }
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
    const std::string_view keys = element.substr(2);
    return keys.starts_with('{') ? names_of(keys) : std::vector<std::string>();
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
