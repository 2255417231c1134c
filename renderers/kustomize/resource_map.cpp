#include "renderers/kustomize/resource_map.h"

#include "base/json.h"
#include "renderers/kustomize/data_node.h"

#include <algorithm>
#include <unordered_set>

namespace reconciled::kustomize {
namespace {

Status refuse_known(const ResourceId& id) {
  return fail_render("may not add resource with an already registered id: " + format_id(id));
}

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

/// An id as Go's %#v prints it.
std::string format_go_id(const ResourceId& id) {
  return "resid.ResId{Gvk:resid.Gvk{Group:" + quoted(id.gvk.group) + ", Version:" + quoted(id.gvk.version) +
         ", Kind:" + quoted(id.gvk.kind) + ", isClusterScoped:" + (id.cluster_scoped ? "true" : "false") +
         "}, Name:" + quoted(id.name) + ", Namespace:" + quoted(id.name_space) + "}";
}

void merge_data(TextMap& base, const TextMap& own) {
  for (const auto& [key, value] : own) set_in(base, key, value);
}

/// The entries of both under a key, own ones winning; gone when there are none.
Status merge_data_field(NodeArena& arena, Resource& resource, const Resource& older, std::string_view field,
                        std::string_view text_field) {
  TextMap merged = text_entries(find(older.root, field));
  merge_data(merged, text_entries(find(resource.root, field)));
  TRY(clear_field(resource.root, field));
  std::sort(merged.begin(), merged.end());
  for (const auto& [key, value] : merged) {
    const bool is_text = valid_text(value);
    const std::string_view path[] = {is_text ? text_field : std::string_view("binaryData")};
    TRY_ASSIGN(Node * map, lookup(arena, resource.root, path, Create::mapping));
    TRY(set_field(arena, map, key, data_node(arena, value)));
  }
  return {};
}

}  // namespace

Status ResourceMap::append(Resource* resource) {
  return append_all(std::span(&resource, 1));
}

Status ResourceMap::append_all(std::span<Resource* const> resources) {
  if (resources.empty()) return {};
  std::unordered_set<std::string> known;
  known.reserve(m_list.size() + resources.size());
  for (const Resource* there : m_list) known.insert(key_of(there->current_id()));
  for (Resource* resource : resources) {
    const ResourceId id = resource->current_id();
    if (!known.insert(key_of(id)).second) return refuse_known(id);
    m_list.push_back(resource);
  }
  return {};
}

Status ResourceMap::absorb(NodeArena& arena, Resource* resource) {
  const ResourceId id = resource->current_id();
  const bool changes = resource->behavior == Behavior::merge || resource->behavior == Behavior::replace;
  const auto matches = with_any_id(id);
  if (matches.empty()) {
    if (changes) return fail_render("id " + format_go_id(id) + " does not exist; cannot merge or replace");
    return append(resource);
  }
  if (matches.size() > 1) return fail_render("found multiple objects that could accept merge of " + format_id(id));
  if (!changes) return fail_render("id " + format_go_id(id) + " exists; behavior must be merge or replace");
  Resource* older = matches.front();
  const bool merges = resource->behavior == Behavior::merge;
  constexpr std::string_view k_origin = "config.kubernetes.io/origin";
  const std::string origin(find_in(older->annotations(), k_origin));
  TRY(resource->take_metadata_of(arena, *older));
  if (merges) {
    TRY(merge_data_field(arena, *resource, *older, "data", "data"));
    TRY(merge_data_field(arena, *resource, *older, "binaryData", "binaryData"));
    if (!origin.empty()) {
      TextMap annotations = resource->annotations();
      set_in(annotations, k_origin, arena.copy(origin));
      TRY(resource->set_annotations(arena, annotations));
    }
  }
  // Names come from the older one, so its place is where the ids are the same.
  const ResourceId now = resource->current_id();
  const auto place =
      std::find_if(m_list.begin(), m_list.end(), [&](const Resource* there) { return there->current_id().same(now); });
  if (place == m_list.end()) return fail_render("cannot find resource with id " + format_id(now) + " to replace");
  if (*place != older) return fail_render("unexpected target index in replacement");
  *place = resource;
  return {};
}

void ResourceMap::drop_gone() {
  std::erase_if(m_list, [](const Resource* resource) { return resource->is_gone(); });
}

std::vector<Resource*> ResourceMap::with_any_id(const std::function<bool(const ResourceId&)>& matches) const {
  std::vector<Resource*> found;
  for (Resource* resource : m_list) {
    if (resource->is_gone()) continue;
    const auto formers = resource->former_ids();
    if (std::any_of(formers.begin(), formers.end(), matches) || matches(resource->current_id()))
      found.push_back(resource);
  }
  return found;
}

std::vector<Resource*> ResourceMap::with_any_id(const ResourceId& id) const {
  return with_any_id([&](const ResourceId& other) { return id.same(other); });
}

std::vector<Resource*> ResourceMap::with_current_id(const ResourceId& id) const {
  std::vector<Resource*> found;
  for (Resource* resource : m_list) {
    if (id.same(resource->current_id())) found.push_back(resource);
  }
  return found;
}

Result<Resource*> ResourceMap::find_target(const ResourceId& id) const {
  const auto matches = with_any_id(id);
  if (matches.size() == 1) return matches.front();
  const std::string name = format_id(id);
  return fail_render(std::string(matches.empty() ? "no matches" : "multiple matches") + " for Id " + name +
                     "; failed to find unique target for patch " + name);
}

}  // namespace reconciled::kustomize
