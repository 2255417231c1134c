#include "base/digest.h"
#include "base/json.h"
#include "renderers/kustomize/field_path.h"
#include "renderers/kustomize/node_edit.h"
#include "renderers/kustomize/node_value.h"
#include "renderers/kustomize/transformers.h"

namespace reconciled::kustomize {
namespace {

/// Kinds whose names are not for a kustomization to change.
bool keeps_name(const Gvk& gvk) {
  return gvk.kind == "CustomResourceDefinition" || gvk.kind == "Namespace" ||
         (gvk.kind == "APIService" && gvk.group == "apiregistration.k8s.io");
}

/// A member of the text that is hashed: an object's content, or a scalar's text, or "" when it is absent.
Result<Value> hashed_member(const NodeArena& arena, const Resource& resource, std::string_view key) {
  TRY_ASSIGN(const Node* node, get(resource.root, key));
  if (node == nullptr) return Value("");
  if (node->is_scalar()) return Value(node->text());
  TRY_ASSIGN(auto value, value_of(arena, *node));
  return value.is_map() ? value : Value();
}

/// Go's JSON has three characters escaped that ours has not.
std::string escape_html(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  for (const char c : json) {
    switch (c) {
      case '<': out += "\\u003c"; break;
      case '>': out += "\\u003e"; break;
      case '&': out += "\\u0026"; break;
      default: out += c;
    }
  }
  return out;
}

/// Ten hexadecimal digits without those that make words.
std::string encode_hash(std::string_view hex) {
  std::string hash(hex.substr(0, 10));
  for (char& c : hash) {
    switch (c) {
      case '0': c = 'g'; break;
      case '1': c = 'h'; break;
      case '3': c = 'k'; break;
      case 'a': c = 'm'; break;
      case 'e': c = 't'; break;
      default: break;
    }
  }
  return hash;
}

Result<std::string> hash_of(const NodeArena& arena, const Resource& resource) {
  const auto kind = resource.kind();
  const bool secret = kind == "Secret";
  if (!secret && kind != "ConfigMap")
    return fail_render("only ConfigMaps and Secrets get a hash, not " + std::string(kind));
  // The original looks for a single key "metadata/name" here, and finds none.
  Value content = Value::map({{"kind", kind}, {"name", ""}});
  TRY_ASSIGN(auto data, hashed_member(arena, resource, "data"));
  content.set("data", std::move(data));
  if (secret) {
    TRY_ASSIGN(auto type, hashed_member(arena, resource, "type"));
    content.set("type", std::move(type));
  }
  const std::string_view other = secret ? "stringData" : "binaryData";
  TRY_ASSIGN(auto more, hashed_member(arena, resource, other));
  if (more.is_map()) content.set(other, std::move(more));
  return encode_hash(sha256(escape_html(format_json(content, JsonStyle::canonical))).hex());
}

}  // namespace

Status transform_names(Context& context, ResourceMap& map, NameSide side, std::string_view added,
                       std::span<const FieldSpec> specs) {
  NodeArena& arena = context.arena();
  const std::string_view kept = arena.copy(added);
  for (Resource* resource : map.all()) {
    const ResourceId id = resource->original_id();
    if (keeps_name(id.gvk)) continue;
    for (const auto& spec : specs) {
      if (!id.gvk.selected_by(spec.gvk)) continue;
      if (spec.path == "metadata/name") {
        side == NameSide::prefix ? resource->add_prefix(kept) : resource->add_suffix(kept);
        if (!kept.empty()) resource->remember_id(arena);
      }
      TRY(visit_field(arena, resource->root, spec, {Kind::scalar, Tag::string}, [&](Node* node) {
        const std::string old(node->text());
        const std::string name = side == NameSide::prefix ? std::string(kept) + old : old + std::string(kept);
        return set_scalar(node, arena.scalar(name));
      }));
    }
  }
  return {};
}

Status transform_hashes(Context& context, ResourceMap& map) {
  NodeArena& arena = context.arena();
  for (Resource* resource : map.all()) {
    if (!resource->needs_hash) continue;
    TRY_ASSIGN(const auto hash, hash_of(arena, *resource));
    resource->remember_id(arena);
    TRY(resource->set_name(arena, std::string(resource->name()) + "-" + hash));
  }
  return {};
}

}  // namespace reconciled::kustomize
