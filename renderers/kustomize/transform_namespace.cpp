#include "renderers/kustomize/field_path.h"
#include "renderers/kustomize/node_edit.h"
#include "renderers/kustomize/transformers.h"

#include <unordered_map>

namespace reconciled::kustomize {
namespace {

constexpr std::string_view k_namespace_path = "metadata/namespace";
constexpr std::string_view k_name_path = "metadata/name";

bool is_role_binding(std::string_view kind) {
  return kind == "RoleBinding" || kind == "ClusterRoleBinding";
}

/// The specs that count for a resource: its own namespace is set apart, names only of core kinds, subjects by a rule of
/// their own.
FieldSpecs specs_for(const Resource& resource, const FieldSpecs& specs) {
  FieldSpecs kept;
  for (const auto& spec : specs) {
    if (spec.path == k_namespace_path) continue;
    if (spec.path == k_name_path && resource.api_version() != "v1") continue;
    if (is_role_binding(resource.kind()) && is_role_binding(spec.gvk.kind) && spec.path == "subjects/namespace")
      continue;
    kept.push_back(spec);
  }
  return kept;
}

class NamespaceSetter {
 public:
  NamespaceSetter(NodeArena& arena, const NamespaceChange& change)
      : m_arena(arena), m_change(change), m_value(arena.scalar(change.name_space, Tag::string)) {}

  Status set(Node* node) {
    if (m_change.unset_only && !is_empty(node) && node->is_scalar() && !node->text().empty()) return {};
    return set_scalar(node, m_value);
  }
  Status set_own(Resource& resource) {
    if (resource.current_id().cluster_scoped) return {};
    const FieldSpec spec{{}, k_namespace_path, true};
    return visit_field(m_arena, resource.root, spec, {Kind::scalar, Tag::none},
                       [this](Node* node) { return set(node); });
  }
  Status set_subjects(Resource& resource) {
    if (m_change.subjects == SubjectMode::none) return {};
    TRY_ASSIGN(Node * subjects, get(resource.root, "subjects"));
    if (is_missing(subjects)) return {};
    const bool all = m_change.subjects == SubjectMode::all_service_accounts;
    auto done = expect_kind(subjects, Kind::sequence);
    for (Node* subject : subjects->content()) {
      if (!done) break;
      done = set_subject(subject, all ? "kind" : "name", all ? "ServiceAccount" : "default");
    }
    if (!done) return fail(wrap(std::move(done.error()), "setting namespace on (cluster)role binding subjects"));
    return {};
  }

 private:
  Status set_subject(Node* subject, std::string_view key, std::string_view wanted) {
    TRY_ASSIGN(const Node* value, get(subject, key));
    if (is_missing(value)) return {};
    TRY(expect_kind(value, Kind::scalar));
    if (value->text() != wanted) return {};
    constexpr std::string_view k_path[] = {"namespace"};
    TRY_ASSIGN(Node * field, lookup(m_arena, subject, k_path, Create::scalar));
    return set(field);
  }

  NodeArena& m_arena;
  const NamespaceChange& m_change;
  Node* m_value;
};

}  // namespace

Status set_namespace_fields(NodeArena& arena, Resource& resource, const NamespaceChange& change) {
  const FieldSpecs specs = specs_for(resource, change.specs);
  NamespaceSetter setter(arena, change);
  TRY(setter.set_own(resource));
  if (is_role_binding(resource.kind())) TRY(setter.set_subjects(resource));
  auto done = visit_fields(arena, resource.root, specs, {Kind::scalar, Tag::string},
                           [&](Node* node) { return setter.set(node); });
  if (!done) return fail(wrap(std::move(done.error()), "namespace transformation failed"));
  return {};
}

Status transform_namespace(Context& context, ResourceMap& map, const NamespaceChange& change) {
  if (change.name_space.empty()) return {};
  NodeArena& arena = context.arena();
  std::unordered_map<std::string, std::size_t> ids;
  for (const Resource* resource : map.all()) ++ids[key_of(resource->current_id())];
  for (Resource* resource : map.all()) {
    if (resource->is_gone()) continue;
    --ids[key_of(resource->current_id())];
    resource->remember_id(arena);
    TRY(set_namespace_fields(arena, *resource, change));
    const ResourceId now = resource->current_id();
    if (++ids[key_of(now)] == 1) continue;
    std::string conflicts;
    for (const Resource* other : map.with_current_id(now))
      conflicts += (conflicts.empty() ? "" : " ") + format_id(other->current_id());
    return fail_render("namespace transformation produces ID conflict: [" + conflicts + "]");
  }
  return {};
}

}  // namespace reconciled::kustomize
