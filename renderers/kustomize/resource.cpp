#include "renderers/kustomize/resource.h"

#include "renderers/kustomize/node_reader.h"
#include "renderers/kustomize/scope_table.h"

#include <algorithm>
#include <deque>

namespace reconciled::kustomize {
namespace {

constexpr std::size_t k_most_listed = 1'000'000;

std::string format_text_map(const Node* map) {
  TextMap entries = text_entries(map);
  std::sort(entries.begin(), entries.end());
  std::string text = "map[";
  for (const auto& [key, value] : entries) {
    if (text.back() != '[') text += ' ';
    text.append(key).append(":").append(value);
  }
  return text + "]";
}

/// An object's identity as Go prints its metadata in messages.
std::string format_meta(const Node* node) {
  const Node* meta = find(node, "metadata");
  std::string text = "{{";
  text.append(find_text(node, "apiVersion")).append(" ").append(find_text(node, "kind")).append("} {{");
  text.append(find_text(meta, "name")).append(" ").append(find_text(meta, "namespace")).append("} ");
  return text + format_text_map(find(meta, "labels")) + " " + format_text_map(find(meta, "annotations")) + "}}";
}

Status check_metadata(const Node* node) {
  const Node* meta = find(node, "metadata");
  const bool has_type = !is_empty(find(node, "apiVersion")) || !is_empty(find(node, "kind"));
  bool has_meta = false;
  for (const auto key : {"name", "namespace", "labels", "annotations"})
    has_meta = has_meta || !is_empty(find(meta, key));
  if (!has_type && !has_meta) return fail_render("missing Resource metadata");
  const auto kind = find_text(node, "kind");
  if (kind.empty() || is_missing(find(node, "kind"))) return fail_render("missing kind in object " + format_meta(node));
  if (kind.ends_with("List")) return {};
  if (is_empty(meta) || is_empty(find(meta, "name")) || find_text(meta, "name").empty())
    return fail_render("missing metadata.name in object " + format_meta(node));
  return {};
}

Status keep_good(std::vector<Node*>& nodes) {
  std::erase_if(nodes, [](const Node* node) { return is_empty(node); });
  for (const Node* node : nodes) TRY(check_metadata(node));
  return {};
}

const char* go_type_of(const Node& node) {
  if (node.is_map()) return "map[string]interface {}";
  switch (node.tag) {
    case Tag::integer: return "int";
    case Tag::number: return "float64";
    case Tag::boolean: return "bool";
    default: return "string";
  }
}

/// FooLists become their items, which go behind all that was read before.
Result<std::vector<Node*>> flatten_lists(NodeArena& arena, std::vector<Node*> nodes) {
  std::deque<Node*> left(nodes.begin(), nodes.end());
  std::vector<Node*> flat;
  while (!left.empty()) {
    Node* node = left.front();
    left.pop_front();
    const auto kind = find_text(node, "kind");
    const Node* items = kind.ends_with("List") ? find(node, "items") : nullptr;
    if (items == nullptr) {
      flat.push_back(node);
      continue;
    }
    if (items->is_null()) continue;
    if (!items->is_list()) {
      return fail_render("expected array in " + std::string(kind) + "/items, but found " + go_type_of(*items));
    }
    std::vector<Node*> inner(items->content().begin(), items->content().end());
    TRY(keep_good(inner));
    left.insert(left.end(), inner.begin(), inner.end());
    if (!arena.budget().step(inner.size()) || left.size() > k_most_listed) return fail(arena.budget_error());
  }
  return flat;
}

}  // namespace

const Node* Resource::metadata() const {
  const Node* meta = find(root, "metadata");
  return is_empty(meta) ? nullptr : meta;
}

std::string_view Resource::meta_text(std::string_view key) const {
  const Node* value = find(metadata(), key);
  return is_empty(value) ? std::string_view() : value->text();
}

ResourceId Resource::current_id() const {
  const auto version = api_version(), its_kind = kind();
  return {gvk_of(version, its_kind), name(), name_space(), is_certainly_cluster_scoped(version, its_kind)};
}

ResourceId Resource::original_id() const {
  if (formers.empty()) return current_id();
  return {gvk_of(api_version(), formers.front().kind), formers.front().name, formers.front().name_space, false};
}

std::vector<ResourceId> Resource::former_ids() const {
  std::vector<ResourceId> ids;
  ids.reserve(formers.size());
  for (const auto& former : formers)
    ids.push_back({gvk_of(api_version(), former.kind), former.name, former.name_space, false});
  return ids;
}

bool Resource::has_history() const {
  return !formers.empty() || !prefixes.empty() || !suffixes.empty() || is_generated || name_change_allowed ||
         kind_change_allowed || is_referred_to;
}

void Resource::remember_id(NodeArena& arena) {
  const ResourceId id = current_id();
  formers.push_back({arena.copy(id.name), arena.copy(id.effective_namespace()), arena.copy(id.gvk.kind)});
}

Status Resource::set_meta_map(NodeArena& arena, std::string_view key, TextMap map) {
  constexpr std::string_view k_path[] = {"metadata"};
  TRY_ASSIGN(Node * meta, lookup(arena, root, k_path, Create::mapping));
  TRY(clear_field(meta, key));
  if (map.empty()) return {};
  const std::string_view path[] = {key};
  TRY_ASSIGN(Node * target, lookup(arena, meta, path, Create::mapping));
  std::sort(map.begin(), map.end());
  for (const auto& [name, value] : map) TRY(set_field(arena, target, name, arena.string(value)));
  return {};
}

Status Resource::set_name(NodeArena& arena, std::string_view name) {
  constexpr std::string_view k_path[] = {"metadata"};
  TRY_ASSIGN(Node * meta, lookup(arena, root, k_path, Create::mapping));
  if (meta != nullptr) TRY(set_field(arena, meta, "name", arena.scalar(name)));
  return {};
}

Status Resource::set_namespace(NodeArena& arena, std::string_view name_space) {
  if (name_space.empty()) {
    TRY_ASSIGN(Node * meta, get(root, "metadata"));
    return clear_field(meta, "namespace");
  }
  constexpr std::string_view k_path[] = {"metadata"};
  TRY_ASSIGN(Node * meta, lookup(arena, root, k_path, Create::mapping));
  if (meta != nullptr) TRY(set_field(arena, meta, "namespace", arena.scalar(name_space)));
  return {};
}

Status Resource::set_kind(NodeArena& arena, std::string_view kind) {
  TRY(set_field(arena, root, "kind", arena.scalar(kind)));
  return {};
}

Status Resource::set_api_version(NodeArena& arena, std::string_view api_version) {
  TRY(set_field(arena, root, "apiVersion", arena.scalar(api_version)));
  return {};
}

Status Resource::take_metadata_of(NodeArena& arena, const Resource& other) {
  const auto merged = [](TextMap base, const TextMap& own) {
    for (const auto& [key, value] : own) set_in(base, key, value);
    return base;
  };
  TRY(set_labels(arena, merged(other.labels(), labels())));
  TRY(set_annotations(arena, merged(other.annotations(), annotations())));
  TRY(set_name(arena, std::string(other.name())));
  TRY(set_namespace(arena, std::string(other.name_space())));
  formers = other.formers;
  prefixes = other.prefixes;
  suffixes = other.suffixes;
  vars = other.vars;
  behavior = other.behavior;
  is_generated = other.is_generated;
  name_change_allowed = other.name_change_allowed;
  kind_change_allowed = other.kind_change_allowed;
  is_referred_to = other.is_referred_to;
  needs_hash = needs_hash && other.needs_hash;
  return {};
}

Resource Resource::clone(NodeArena& arena) const {
  Resource copied = *this;
  copied.root = arena.clone(root);
  return copied;
}

bool have_same_ending(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b) {
  const auto& shorter = a.size() <= b.size() ? a : b;
  const auto& longer = a.size() <= b.size() ? b : a;
  if (shorter.empty()) return longer.empty();
  return std::equal(shorter.rbegin(), shorter.rend(), longer.rbegin());
}

Result<std::vector<Resource>> read_resources(NodeArena& arena, std::string_view text) {
  TRY_ASSIGN(auto nodes, read_documents(arena, text));
  TRY(keep_good(nodes));
  TRY_ASSIGN(nodes, flatten_lists(arena, std::move(nodes)));
  std::vector<Resource> resources;
  resources.reserve(nodes.size());
  for (Node* node : nodes) {
    Resource resource;
    resource.root = node;
    resources.push_back(std::move(resource));
  }
  return resources;
}

}  // namespace reconciled::kustomize
