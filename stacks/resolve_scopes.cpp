// Scopes, namespaces, identity and bounds of rendered manifests.
#include "stacks/load.h"
#include "stacks/manifest.h"

#include <algorithm>
#include <map>
#include <unordered_map>

namespace reconciled {
namespace {

constexpr std::string_view k_own_namespace = "reconciled-system";
constexpr std::string_view k_own_name_prefix = "reconciled-inventory";

std::string quote(std::string_view text) {
  return '"' + std::string(text) + '"';
}

Where where_of(const Origin& origin, std::string key_path = {}) {
  return {.file = origin.file, .line = origin.line, .column = 0, .key_path = std::move(key_path)};
}

std::string format_origin(const Origin& origin) {
  return format_where(where_of(origin));
}

/// The scopes that the CRDs among rendered manifests give to their kinds.
std::map<GroupKind, ObjectScope> scopes_of_crds(const ManifestSet& set, const std::vector<const ManifestSet*>& others) {
  std::map<GroupKind, ObjectScope> scopes;
  const auto add = [&](const ManifestSet& from) {
    for (const auto& manifest : from.manifests) {
      if (manifest.gvk.kind != "CustomResourceDefinition" || manifest.gvk.group != "apiextensions.k8s.io") continue;
      const Value& spec = manifest.object["spec"];
      const auto scope = spec["scope"].as_string() == "Cluster" ? ObjectScope::cluster : ObjectScope::namespaced;
      scopes.try_emplace({std::string(spec["group"].as_string()), std::string(spec.at({"names", "kind"}).as_string())},
                         scope);
    }
  };
  add(set);
  for (const auto* other : others) {
    if (other != nullptr && other != &set) add(*other);
  }
  return scopes;
}

struct ScopeSources {
  std::map<GroupKind, ObjectScope> crds;
  const Discovery* discovery;

  [[nodiscard]] std::optional<ObjectScope> find(const GroupKind& kind) const {
    if (const auto scope = builtin_scope(kind)) return scope;
    if (const auto at = crds.find(kind); at != crds.end()) return at->second;
    if (discovery == nullptr) return std::nullopt;
    const auto* type = discovery->find(kind);
    return type == nullptr ? std::nullopt : std::optional(type->scope);
  }
};

void set_namespace(Manifest& manifest, const std::string& namespace_) {
  manifest.id.namespace_ = namespace_;
  const Value& metadata = manifest.object["metadata"];
  const Value* present = metadata.find("namespace");
  if (namespace_.empty()) {
    if (present != nullptr) manifest.object.edit("metadata").erase("namespace");
  } else if (present == nullptr || present->as_string() != namespace_) {
    manifest.object.edit("metadata").set("namespace", namespace_);
  }
}

tl::unexpected<Error> out_of_bounds(const Manifest& manifest, const Stack& stack, const std::string& what,
                                    std::string key_path, std::string hint) {
  return fail(ErrorKind::policy,
              format_id(manifest.id) + " " + what + (stack.bounds.team.empty() ? "" : " of team " + stack.bounds.team),
              where_of(manifest.origin, std::move(key_path)), std::move(hint));
}

bool may_have_namespace(const Bounds& bounds, std::string_view namespace_) {
  return std::ranges::any_of(bounds.namespaces,
                             [&](const auto& pattern) { return matches_pattern(pattern, namespace_); });
}

/// Our own objects are evidence of what may be deleted: no manifest may write them, whoever owns the stack.
Status check_own_objects(const Manifest& manifest) {
  const auto& id = manifest.id;
  const bool own = id.namespace_ == k_own_namespace || id.name.starts_with(k_own_name_prefix) ||
                   (id.group.empty() && id.kind == "Namespace" && id.name == k_own_namespace);
  if (own) {
    return fail(ErrorKind::policy, format_id(id) + " is kept by reconciled itself and cannot be a manifest",
                where_of(manifest.origin, "metadata.name"), "give the object another name and namespace");
  }
  return {};
}

Status check_bounds(const Manifest& manifest, const Stack& stack, ObjectScope scope) {
  const Bounds& bounds = stack.bounds;
  if (bounds.team.empty()) return {};
  const std::string root = "teams." + bounds.team;
  if (scope == ObjectScope::namespaced) {
    if (may_have_namespace(bounds, manifest.id.namespace_)) return {};
    return out_of_bounds(
        manifest, stack, "is in the namespace " + quote(manifest.id.namespace_) + ", outside of the bounds",
        "metadata.namespace", "use a namespace of the team, or widen " + root + ".namespaces in reconcile.yaml");
  }
  const auto& kind = manifest.id.kind;
  const bool allowed = std::ranges::any_of(bounds.cluster_kinds, [&](const auto& entry) {
    return entry == kind || entry == manifest.id.group + "/" + kind;
  });
  if (!allowed) {
    return out_of_bounds(
        manifest, stack, "is cluster-scoped, outside of the bounds", "kind",
        "leave it to the platform, or add " + kind + " to " + root + ".clusterKinds in reconcile.yaml");
  }
  if (kind == "Namespace" && manifest.id.group.empty() && !may_have_namespace(bounds, manifest.id.name)) {
    return out_of_bounds(manifest, stack, "is outside of the bounds", "metadata.name",
                         "use a namespace of the team, or widen " + root + ".namespaces in reconcile.yaml");
  }
  return {};
}

}  // namespace

Status resolve_scopes(ManifestSet& set, const Stack& stack, const Discovery* discovery,
                      const std::vector<const ManifestSet*>& others) {
  const ScopeSources sources{scopes_of_crds(set, others), discovery};
  std::unordered_map<ObjectId, const Manifest*> seen;
  std::map<GroupKind, std::string> guessed;
  for (auto& manifest : set.manifests) {
    const auto known = sources.find(manifest.id.group_kind());
    if (!known) guessed.try_emplace(manifest.id.group_kind(), format_origin(manifest.origin));
    const auto scope = known.value_or(ObjectScope::namespaced);
    if (scope == ObjectScope::cluster) {
      set_namespace(manifest, "");
    } else {
      set_namespace(manifest, manifest.id.namespace_.empty() ? stack.namespace_ : manifest.id.namespace_);
    }
    TRY(check_own_objects(manifest));
    TRY(check_bounds(manifest, stack, scope));
    if (const auto [at, fresh] = seen.try_emplace(manifest.id, &manifest); !fresh) {
      return fail(ErrorKind::render,
                  format_id(manifest.id) + " is already defined in " + format_origin(at->second->origin),
                  where_of(manifest.origin), "keep one of the two");
    }
  }
  for (const auto& [kind, origin] : guessed) {
    const std::string group = kind.group.empty() ? "" : " of " + kind.group;
    set.warnings.push_back(origin + ": the kind " + kind.kind + group +
                           " is not known here; it is taken as namespaced");
  }
  return {};
}

std::vector<SharedClaim> find_shared_claims(const std::vector<const ManifestSet*>& sets) {
  std::map<ObjectId, std::vector<std::pair<const ManifestSet*, const Manifest*>>> claims;
  for (const auto* set : sets) {
    for (const auto& manifest : set->manifests) claims[manifest.id].emplace_back(set, &manifest);
  }
  std::vector<SharedClaim> shared;
  for (const auto& [id, claimants] : claims) {
    if (claimants.size() < 2) continue;
    SharedClaim claim{id, {}, {}};
    std::string places;
    for (const auto& [set, manifest] : claimants) {
      claim.stacks.push_back(set->stack);
      places += (places.empty() ? "" : " and ") + set->stack.path() + " (" + format_origin(manifest->origin) + ")";
    }
    claim.error = Error(ErrorKind::render, format_id(id) + " is claimed by more than one stack: " + places,
                        where_of(claimants[0].second->origin), "keep it in one of them");
    shared.push_back(std::move(claim));
  }
  return shared;
}

}  // namespace reconciled
