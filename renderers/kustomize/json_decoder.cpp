#include "renderers/kustomize/json_decoder.h"

#include "base/go_float.h"
#include "base/json.h"
#include "base/kind_name.h"

#include <algorithm>
#include <charconv>

namespace reconciled::kustomize {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_but_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view kind_in_go(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::boolean: return "bool";
    case Value::Kind::integer:
    case Value::Kind::number: return "number";
    case Value::Kind::string: return "string";
    case Value::Kind::list: return "array";
    case Value::Kind::map: return "object";
    case Value::Kind::null: break;
  }
  return "null";
}

std::vector<const Value::Entry*> sorted_entries(const Value& value) {
  std::vector<const Value::Entry*> entries;
  entries.reserve(value.size());
  for (const auto& entry : value.entries()) entries.push_back(&entry);
  std::sort(entries.begin(), entries.end(),
            [](const auto* a, const auto* b) { return a->key.as_string() < b->key.as_string(); });
  return entries;
}

std::string number_text(const Value& value) {
  return value.is_integer() ? std::to_string(value.as_integer()) : format_go_float(value.as_double(), 'g', -1);
}

}  // namespace

Status JsonDecoder::status() const {
  if (m_error) return fail(ErrorKind::render, *m_error);
  return {};
}

void JsonDecoder::fail_with(std::string message) {
  if (!m_error) m_error = std::move(message);
}

void JsonDecoder::mismatch(const Value& value, std::string_view go_type) {
  mismatch_of(kind_in_go(value), go_type);
}

void JsonDecoder::mismatch_of(std::string_view what, std::string_view go_type) {
  std::string message = "json: cannot unmarshal " + std::string(what) + " into Go ";
  if (m_struct.empty()) {
    message += "value";
  } else {
    message += "struct field " + std::string(m_struct) + ".";
    for (std::size_t i = 0; i < m_path.size(); ++i) message.append(i == 0 ? "" : ".").append(m_path[i]);
  }
  fail_with(message + " of type " + std::string(go_type));
}

void JsonDecoder::object(const Value& value, std::string_view go_name, std::initializer_list<Field> fields) {
  if (value.is_null()) return;
  const auto dot = go_name.find('.');
  const bool has_package = dot != std::string_view::npos;
  if (!value.is_map()) return mismatch(value, (has_package ? "" : "types.") + std::string(go_name));
  if (has_package) go_name.remove_prefix(dot + 1);
  const auto outer = m_struct;
  for (const auto* entry : sorted_entries(value)) {
    const auto key = entry->key.as_string();
    auto field = std::find_if(fields.begin(), fields.end(), [&](const Field& known) { return known.name == key; });
    if (field == fields.end())
      field = std::find_if(fields.begin(), fields.end(),
                           [&](const Field& known) { return same_but_case(known.name, key); });
    if (field == fields.end()) {
      if (m_decoding == Decoding::lenient) continue;
      std::string quoted;
      append_json_string(quoted, key);
      fail_with("json: unknown field " + quoted);
      continue;
    }
    m_struct = go_name;
    const auto depth = m_path.size();
    if (!field->within.empty()) m_path.push_back(field->within);
    m_path.push_back(field->name);
    field->handler(entry->value);
    m_path.resize(depth);
  }
  m_struct = outer;
}

void JsonDecoder::list(const Value& value, std::string_view go_type, const Handler& item) {
  if (value.is_null()) return;
  if (!value.is_list()) return mismatch(value, go_type);
  for (const auto& each : value.items()) item(each);
}

void JsonDecoder::text(const Value& value, std::string& out, std::string_view go_type) {
  if (value.is_null()) return;
  if (value.is_string()) {
    out = value.as_string();
  } else if (m_decoding != Decoding::strict && value.is_number()) {
    out = number_text(value);
  } else if (m_decoding != Decoding::strict && value.is_bool()) {
    out = value.as_bool() ? "true" : "false";
  } else {
    mismatch(value, go_type);
  }
}

void JsonDecoder::flag(const Value& value, bool& out) {
  if (value.is_null()) return;
  if (!value.is_bool()) return mismatch(value, "bool");
  out = value.as_bool();
}

void JsonDecoder::whole(const Value& value, std::int64_t& out, std::string_view go_type) {
  if (value.is_null()) return;
  if (!value.is_number()) return mismatch(value, go_type);
  std::string literal;
  append_json(literal, value);
  const auto* end = literal.data() + literal.size();
  const auto [stop, problem] = std::from_chars(literal.data(), end, out);
  if (problem != std::errc() || stop != end) mismatch_of("number " + literal, go_type);
}

void JsonDecoder::texts(const Value& value, std::vector<std::string>& out) {
  list(value, "[]string", [&](const Value& item) { text(item, out.emplace_back()); });
}

void JsonDecoder::each_entry(const Value& value, std::string_view go_type,
                             const std::function<void(const std::string&, const Value&)>& entry) {
  if (value.is_null()) return;
  if (!value.is_map()) return mismatch(value, go_type);
  for (const auto* each : sorted_entries(value)) entry(std::string(each->key.as_string()), each->value);
}

void JsonDecoder::pairs(const Value& value, std::map<std::string, std::string>& out) {
  each_entry(value, "map[string]string", [&](const std::string& key, const Value& item) { text(item, out[key]); });
}

void JsonDecoder::flags(const Value& value, std::map<std::string, bool>& out) {
  each_entry(value, "map[string]bool", [&](const std::string& key, const Value& item) { flag(item, out[key]); });
}

}  // namespace reconciled::kustomize
