#include "renderers/helm/chart/struct_decoder.h"

#include "base/number.h"

#include <fmt/format.h>

#include <algorithm>

namespace reconciled::helm {
namespace {

std::string_view json_name_of(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::null: return "null";
    case Value::Kind::boolean: return "bool";
    case Value::Kind::integer:
    case Value::Kind::number: return "number";
    case Value::Kind::string: return "string";
    case Value::Kind::list: return "array";
    case Value::Kind::map: return "object";
  }
  return "";
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

}  // namespace

bool equal_fold(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::vector<const Value::Entry*> sorted_entries(const Value& map) {
  std::vector<const Value::Entry*> entries;
  entries.reserve(map.size());
  for (const auto& entry : map.entries()) entries.push_back(&entry);
  std::sort(entries.begin(), entries.end(),
            [](const auto* a, const auto* b) { return a->key.as_string() < b->key.as_string(); });
  return entries;
}

void StructDecoder::mismatch(const Value& value, const FieldPlace& place, std::string_view go_type) {
  if (!m_error.empty()) return;
  m_error = place.path.empty()
                ? fmt::format("json: cannot unmarshal {} into Go value of type {}", json_name_of(value), go_type)
                : fmt::format("json: cannot unmarshal {} into Go struct field {}.{} of type {}", json_name_of(value),
                              place.structure, place.path, go_type);
}

void StructDecoder::read(std::string& text, const Value& value, const FieldPlace& place) {
  switch (value.kind()) {
    case Value::Kind::null: return;
    case Value::Kind::boolean: text = value.as_bool() ? "true" : "false"; return;
    case Value::Kind::integer: text = std::to_string(value.as_integer()); return;
    case Value::Kind::number: text = format_float_key(value.as_double()); return;
    case Value::Kind::string: text = value.as_string(); return;
    case Value::Kind::list:
    case Value::Kind::map: return mismatch(value, place, "string");
  }
}

void StructDecoder::read(bool& flag, const Value& value, const FieldPlace& place) {
  if (value.is_null()) return;
  if (!value.is_bool()) return mismatch(value, place, "bool");
  flag = value.as_bool();
}

std::span<const Value> StructDecoder::items(const Value& value, const FieldPlace& place, std::string_view go_type) {
  if (!value.is_list() && !value.is_null()) mismatch(value, place, go_type);
  return value.items();
}

void StructDecoder::read(std::vector<std::string>& texts, const Value& value, const FieldPlace& place) {
  texts.clear();
  for (const auto& item : items(value, place, "[]string")) read(texts.emplace_back(), item, place);
}

void StructDecoder::read(std::vector<std::pair<std::string, std::string>>& entries, const Value& value,
                         const FieldPlace& place) {
  if (!value.is_map() && !value.is_null()) return mismatch(value, place, "map[string]string");
  entries.clear();
  for (const auto* entry : sorted_entries(value))
    read(entries.emplace_back(entry->key.as_string(), "").second, entry->value, place);
}

}  // namespace reconciled::helm
