#include "renderers/kustomize/field_path.h"
#include "renderers/kustomize/node_edit.h"
#include "renderers/kustomize/selector.h"
#include "renderers/kustomize/transformers.h"

namespace reconciled::kustomize {
namespace {

/// A path with a name put in as its part number `position`.
std::string insert_path_part(std::string_view path, std::int64_t position, std::string_view part) {
  const bool absolute = path.starts_with('/');
  std::vector<std::string> parts;
  for (auto rest = absolute ? path.substr(1) : path;;) {
    const auto end = rest.find('/');
    parts.emplace_back(rest.substr(0, end));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  std::string out = absolute ? "/" : "";
  std::int64_t at = 0;
  const auto add = [&](std::string_view name) {
    if (!out.empty() && !out.ends_with('/')) out += '/';
    out += name;
  };
  for (const auto& name : parts) {
    if (at++ == position) add(part);
    add(name);
  }
  if (position >= at) add(part);
  return out;
}

}  // namespace

Status transform_entries(Context& context, ResourceMap& map, const TextPairs& entries,
                         std::span<const FieldSpec> specs) {
  for (Resource* resource : map.all()) {
    for (const auto& [key, value] : entries) TRY(set_entry(context.arena(), resource->root, specs, key, value));
  }
  return {};
}

Status transform_replicas(Context& context, ResourceMap& map, const ReplicaEntry& replica,
                          std::span<const FieldSpec> specs) {
  NodeArena& arena = context.arena();
  bool found = false;
  for (const auto& spec : specs) {
    const auto targets =
        map.with_any_id([&](const ResourceId& id) { return id.name == replica.name && id.gvk.selected_by(spec.gvk); });
    for (Resource* resource : targets) {
      found = true;
      TRY(visit_field(arena, resource->root, spec, {Kind::scalar, Tag::integer}, [&](Node* node) {
        return set_scalar(node, arena.scalar(std::to_string(replica.count), Tag::integer));
      }));
    }
  }
  if (found) return {};
  std::string kinds;
  for (const auto& spec : specs) kinds += (kinds.empty() ? "" : " ") + format_gvk(spec.gvk);
  return fail_render("resource with name " + replica.name + " does not match a config with the following GVK [" +
                     kinds + "]");
}

Status transform_value_add(Context& context, ResourceMap& map, const ValueAdd& change) {
  NodeArena& arena = context.arena();
  for (const auto& target : change.targets) {
    std::vector<Resource*> resources(map.all().begin(), map.all().end());
    if (target.selector) {
      TRY_ASSIGN(resources, select_resources(map, *target.selector));
    }
    for (Resource* resource : resources) {
      if (target.field_path == "metadata/namespace") {
        TRY(set_namespace_fields(arena, *resource, {change.value, {}, false, SubjectMode::default_only}));
        continue;
      }
      const auto parts = split_path(target.field_path, '/');
      const std::vector<std::string_view> path(parts.begin(), parts.end());
      TRY_ASSIGN(Node * node, lookup(arena, resource->root, path, Create::scalar));
      if (node == nullptr) continue;
      TRY(expect_kind(node, Kind::scalar));
      const std::string value = target.file_path_position > 0
                                    ? insert_path_part(node->text(), target.file_path_position - 1, change.value)
                                    : change.value;
      TRY(set_scalar(node, arena.scalar(value)));
    }
  }
  return {};
}

}  // namespace reconciled::kustomize
