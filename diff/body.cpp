#include "diff/body.h"

#include "diff/builtin.h"

#include <algorithm>
#include <array>
#include <string>

namespace reconciled {
namespace {

constexpr std::array<std::string_view, 7> k_server_fields{
    "creationTimestamp", "resourceVersion", "uid", "generation", "managedFields", "selfLink", "deletionTimestamp"};

bool has_null(const Value& value) {
  if (value.is_map()) {
    return std::ranges::any_of(
        value.entries(), [](const Value::Entry& entry) { return entry.value.is_null() || has_null(entry.value); });
  }
  return value.is_list() && std::ranges::any_of(value.items(), has_null);
}

Value without_nulls(const Value& value) {
  if (!has_null(value)) return value;
  if (value.is_list()) {
    Value out = Value::list();
    for (const Value& item : value.items()) out.append(without_nulls(item));
    return out;
  }
  Value out = Value::map();
  for (const Value::Entry& entry : value.entries()) {
    if (!entry.value.is_null()) out.set(entry.key.as_string(), without_nulls(entry.value));
  }
  return out;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view k_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t block = 0;
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    for (std::size_t i = 0; i < 3; ++i)
      block = block << 8 | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i) out += i <= count ? k_alphabet[block >> (18 - 6 * i) & 63U] : '=';
  }
  return out;
}

void unbreak_lines(Value& map) {
  std::vector<std::pair<std::string, Value>> changed;
  for (const Value::Entry& entry : map.entries()) {
    const std::string_view text = entry.value.as_string();
    if (text.find_first_of("\r\n") == std::string_view::npos) continue;
    std::string joined;
    for (const char c : text) {
      if (c != '\r' && c != '\n') joined += c;
    }
    Value value(joined);
    if (entry.value.sensitive()) value.mark_sensitive();
    changed.emplace_back(entry.key.as_string(), std::move(value));
  }
  for (auto& [key, value] : changed) map.set(key, std::move(value));
}

void fold_string_data(Value& body) {
  const Value texts = body["stringData"];
  body.erase("stringData");
  if (texts.size() == 0) return;
  Value data = body["data"].is_map() ? body["data"] : Value::map();
  for (const Value::Entry& entry : texts.entries()) {
    Value encoded(base64(entry.value.as_string()));
    encoded.mark_sensitive();
    data.set(entry.key.as_string(), std::move(encoded));
  }
  body.set("data", std::move(data));
}

bool needs_metadata_change(const Value& metadata, const ObjectId& id) {
  const Value* stated = metadata.find("namespace");
  if (id.namespace_.empty() ? stated != nullptr : stated == nullptr || stated->as_string() != id.namespace_)
    return true;
  return std::any_of(k_server_fields.begin(), k_server_fields.end(),
                     [&](std::string_view field) { return metadata.find(field) != nullptr; });
}

void set_metadata(Value& body, const ObjectId& id) {
  if (!needs_metadata_change(body["metadata"], id)) return;  // most objects: their maps stay shared
  Value& metadata = body.edit("metadata");
  for (const std::string_view field : k_server_fields) metadata.erase(field);
  if (id.namespace_.empty()) {
    metadata.erase("namespace");
  } else {
    metadata.set("namespace", id.namespace_);
  }
}

}  // namespace

Value make_body(const Manifest& manifest) {
  const GroupKind kind = manifest.id.group_kind();
  Value body = is_builtin(kind) ? without_nulls(manifest.object) : manifest.object;
  set_metadata(body, manifest.id);
  if (is_builtin(kind) && body.find("status") != nullptr) body.erase("status");
  if (kind == GroupKind{"", "Secret"}) {
    fold_string_data(body);
    if (body["data"].is_map()) unbreak_lines(body.edit("data"));
  } else if (kind == GroupKind{"", "ConfigMap"} && body["binaryData"].is_map()) {
    unbreak_lines(body.edit("binaryData"));
  } else if (kind.kind == "ClusterRole" && body["aggregationRule"].is_map() && body.find("rules") != nullptr &&
             body["rules"].size() == 0) {
    body.erase("rules");  // the aggregation controller writes them
  }
  return body;
}

Digest desired_digest(const Value& body, const GroupKind& kind) {
  if (kind != GroupKind{"", "Secret"}) return body.digest();
  Value hidden = body;
  for (const std::string_view field : {"data", "stringData"}) {
    Value keys = Value::map();
    for (const Value::Entry& entry : body[field].entries()) keys.set(entry.key.as_string(), true);
    hidden.set(field, std::move(keys));
  }
  return hidden.digest();
}

}  // namespace reconciled
