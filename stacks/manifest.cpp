#include "stacks/manifest.h"

#include "base/kind_name.h"
#include "stacks/conventions/names.h"

#include <algorithm>

namespace reconciled {
namespace {

std::string quote(std::string_view text) {
  return '"' + std::string(text) + '"';
}

Where where_of(const Origin& origin, std::string key_path = {}) {
  return {.file = origin.file, .line = origin.line, .column = 0, .key_path = std::move(key_path)};
}

tl::unexpected<Error> refuse(const Origin& origin, std::string key_path, std::string message, std::string hint = {}) {
  return fail(ErrorKind::render, std::move(message), where_of(origin, std::move(key_path)), std::move(hint));
}

Result<std::string> required_text(const Value* value, const Origin& origin, const std::string& key_path) {
  if (value == nullptr) return refuse(origin, key_path, quote(key_path) + " is missing");
  if (!value->is_string())
    return refuse(origin, key_path, quote(key_path) + " is " + std::string(kind_name(*value)) + ", not a text",
                  "put it in quotes");
  if (value->as_string().empty()) return refuse(origin, key_path, quote(key_path) + " is empty");
  return std::string(value->as_string());
}

bool is_word(std::string_view text, std::string_view also) {
  return std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           also.find(c) != std::string_view::npos;
  });
}

/// What the API server asks of every name: a segment of a path of at most 253 bytes.
bool is_object_name(std::string_view name) {
  return name.size() <= 253 && name != "." && name != ".." && std::ranges::none_of(name, [](char c) {
           return c == '/' || c == '%' || static_cast<unsigned char>(c) <= 0x20 || c == 0x7F;
         });
}

/// Labels and annotations: maps of texts. The API server would refuse the object later with less to go by.
Status check_texts(const Value& metadata, std::string_view key, const Origin& origin) {
  const Value* map = metadata.find(key);
  const std::string key_path = "metadata." + std::string(key);
  if (map == nullptr || map->is_null()) return {};
  if (!map->is_map())
    return refuse(origin, key_path, quote(key_path) + " is " + std::string(kind_name(*map)) + ", not a map");
  for (const auto& entry : map->entries()) {
    if (entry.value.is_string() || entry.value.is_null()) continue;
    return refuse(origin, key_path + "." + std::string(entry.key.as_string()),
                  "the value is " + std::string(kind_name(entry.value)) + ", not a text", "put it in quotes");
  }
  return {};
}

/// Standard base64 as Go's decoder takes it: line breaks are skipped, padding is required.
bool is_base64(std::string_view text) {
  std::size_t digits = 0, padding = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    if (c == '=') {
      ++padding;
    } else if (padding != 0 || !is_word(std::string_view(&c, 1), "+/")) {
      return false;
    } else {
      ++digits;
    }
  }
  return padding <= 2 && (digits + padding) % 4 == 0 && (padding == 0 || digits % 4 != 0);
}

/// Checks the payload of a Secret without ever quoting it, and marks it so that nobody else can.
Status mark_secret(Value& object, const Origin& origin) {
  for (const std::string_view key : {"data", "stringData"}) {
    const Value* found = object.find(key);
    if (found == nullptr || found->is_null()) continue;
    if (!found->is_map())
      return refuse(origin, std::string(key),
                    quote(key) + " of a Secret is " + std::string(kind_name(*found)) + ", not a map");
    Value payload = *found;
    std::vector<std::string> names;
    for (const auto& entry : payload.entries()) names.emplace_back(entry.key.as_string());
    for (const auto& name : names) {
      Value& item = payload.edit(name);
      const std::string key_path = std::string(key) + "." + name;
      if (!item.is_string() && !item.is_null())
        return refuse(origin, key_path, "the value is " + std::string(kind_name(item)) + ", not a text",
                      "put it in quotes");
      if (key == "data" && !is_base64(item.as_string()))
        return refuse(origin, key_path, "the value is not base64", "encode it, or write it as it is under stringData");
      item.mark_sensitive();
    }
    payload.mark_sensitive();
    object.set(key, std::move(payload));
  }
  return {};
}

Status flatten_into(Value document, const Origin& origin, int depth, std::vector<Value>& out) {
  const auto kind = document["kind"].as_string();
  const auto api_version = document["apiVersion"].as_string();
  const bool plain_list = kind == "List" && api_version == "v1";
  const Value* items = document.find("items");
  if (!plain_list && !(kind.ends_with("List") && kind != "List" && items != nullptr && items->is_list())) {
    out.push_back(std::move(document));
    return {};
  }
  if (depth > 2)
    return refuse(origin, "items", "lists are nested deeper than twice", "write the objects as documents of their own");
  if (items == nullptr || items->is_null()) return {};
  if (!items->is_list())
    return refuse(origin, "items", "\"items\" is " + std::string(kind_name(*items)) + ", not a list");
  std::size_t index = 0;
  for (const auto& item : items->items()) {
    const std::string key_path = "items[" + std::to_string(index++) + "]";
    if (!item.is_map())
      return refuse(origin, key_path, "the item is " + std::string(kind_name(item)) + ", not an object");
    Value object = item;
    if (!plain_list) {  // a typed list says the kind of its items once
      if (object.find("apiVersion") == nullptr) object.set("apiVersion", api_version);
      if (object.find("kind") == nullptr) object.set("kind", kind.substr(0, kind.size() - 4));
    }
    TRY(flatten_into(std::move(object), origin, depth + 1, out));
  }
  return {};
}

}  // namespace

Result<std::vector<Value>> flatten_list(Value document, const Origin& origin) {
  std::vector<Value> out;
  TRY(flatten_into(std::move(document), origin, 1, out));
  return out;
}

Result<Manifest> make_manifest(Value object, Origin origin, std::string_view cluster) {
  if (!object.is_map())
    return refuse(origin, {}, "the document is " + std::string(kind_name(object)) + ", not an object",
                  "add the file to .sourceignore if it is no manifest");
  TRY_ASSIGN(const std::string api_version, required_text(object.find("apiVersion"), origin, "apiVersion"));
  TRY_ASSIGN(const std::string kind, required_text(object.find("kind"), origin, "kind"));
  if (!is_word(api_version, "./-") || std::ranges::count(api_version, '/') > 1 || api_version.front() == '/' ||
      api_version.back() == '/') {
    return refuse(origin, "apiVersion", quote(api_version) + " is no API version",
                  "write it as \"v1\" or \"group/v1\"");
  }
  if (!is_word(kind, "")) return refuse(origin, "kind", quote(kind) + " is no kind");
  if (object.find("sops") != nullptr) {
    return refuse(origin, "sops", kind + " is encrypted with SOPS; ciphertext is never applied",
                  "this version cannot decrypt: name the file in .sourceignore or plain.exclude");
  }
  const Value* metadata = object.find("metadata");
  if (metadata == nullptr) return refuse(origin, "metadata", kind + " has no metadata", "give it metadata.name");
  if (!metadata->is_map())
    return refuse(origin, "metadata", "\"metadata\" is " + std::string(kind_name(*metadata)) + ", not a map");
  if (metadata->find("generateName") != nullptr) {
    return refuse(origin, "metadata.generateName",
                  kind + " asks for a generated name; each apply would create another object", "give it metadata.name");
  }
  TRY_ASSIGN(const std::string name, required_text(metadata->find("name"), origin, "metadata.name"));
  if (!is_object_name(name)) {
    return refuse(origin, "metadata.name", quote(name.substr(0, 64)) + " is no name of an object",
                  "a name has no slash, percent sign or space, and at most 253 bytes");
  }
  std::string namespace_;
  if (const Value* found = metadata->find("namespace"); found != nullptr && !found->is_null()) {
    if (!found->is_string())
      return refuse(origin, "metadata.namespace",
                    "\"metadata.namespace\" is " + std::string(kind_name(*found)) + ", not a text", "put it in quotes");
    namespace_ = found->as_string();
    if (!namespace_.empty() && !is_dns_label(namespace_))
      return refuse(origin, "metadata.namespace", quote(namespace_.substr(0, 64)) + " is no namespace",
                    "a namespace has lower-case letters, digits and \"-\", at most 63");
  }
  TRY(check_texts(*metadata, "labels", origin));
  TRY(check_texts(*metadata, "annotations", origin));
  if (api_version == "v1" && kind == "Secret") TRY(mark_secret(object, origin));

  Manifest manifest;
  manifest.gvk = make_gvk(api_version, kind);
  manifest.id = {std::string(cluster), manifest.gvk.group, kind, namespace_, name};
  manifest.object = std::move(object);
  manifest.origin = std::move(origin);
  return manifest;
}

}  // namespace reconciled
