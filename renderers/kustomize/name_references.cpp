#include "renderers/kustomize/name_references.h"

#include "renderers/kustomize/field_path.h"
#include "renderers/kustomize/node_edit.h"
#include "renderers/kustomize/output.h"

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_map>

namespace reconciled::kustomize {
namespace {

using Candidates = std::vector<Resource*>;

/// Resources by each name that they once had, in their order.
class FormerNames {
 public:
  explicit FormerNames(const ResourceMap& map) {
    for (Resource* resource : map.all()) {
      for (const auto& former : resource->formers) {
        auto& named = m_names[former.name];
        if (named.empty() || named.back() != resource) named.push_back(resource);
      }
    }
  }
  [[nodiscard]] const Candidates& find(std::string_view name) const {
    static const Candidates k_none;
    const auto it = m_names.find(name);
    return it == m_names.end() ? k_none : it->second;
  }

 private:
  std::unordered_map<std::string_view, Candidates> m_names;
};

/// Namespaces of the service accounts that a RoleBinding speaks of.
Result<std::set<std::string_view>> subject_namespaces(const Resource& resource) {
  std::set<std::string_view> namespaces;
  if (resource.kind() != "RoleBinding") return namespaces;
  const Node* subjects = find(resource.root, "subjects");
  if (subjects == nullptr || !subjects->is_list()) return namespaces;
  for (const Node* subject : subjects->content()) {
    const Node* name_space = find(subject, "namespace");
    if (name_space == nullptr || find_text(subject, "kind") != "ServiceAccount") continue;
    if (!name_space->is_scalar() || name_space->is_null())
      return fail_render("Invalid Input: namespace is blank for resource \"" + format_id(resource.current_id()) +
                         "\"\n");
    namespaces.insert(name_space->text());
  }
  return namespaces;
}

class Referrer {
 public:
  Referrer(NodeArena& arena, Resource& resource, const ResourceMap& map, const FormerNames& names,
           std::set<std::string_view> subjects)
      : m_arena(arena),
        m_resource(resource),
        m_map(map),
        m_names(names),
        m_id(resource.current_id()),
        m_subjects(std::move(subjects)) {}

  Status fix(const Gvk& target, const FieldSpec& spec) {
    m_target = &target;
    m_path = spec.path;
    FieldSpec own = spec;
    own.gvk = {};
    auto done = visit_field(m_arena, m_resource.root, own, {}, [this](Node* node) { return set(node); });
    if (done) return done;
    return fail(wrap(std::move(done.error()), "updating name reference in '" + std::string(spec.path) + "' field of '" +
                                                  format_id(m_resource.current_id()) + "'"));
  }

 private:
  Status set(Node* node) {
    if (is_missing(node)) return {};
    if (node->is_scalar()) return set_scalar_name(node);
    if (node->is_map()) return set_map_name(node);
    for (Node* item : node->content()) {
      if (is_missing(item)) continue;
      if (item->is_list()) return fail_render("a list is expected to be either a string or a map of string");
      TRY(item->is_scalar() ? set_scalar_name(item) : set_map_name(item));
    }
    return {};
  }
  Status set_scalar_name(Node* node) {
    TRY_ASSIGN(Resource * referral, select(node->text(), nullptr));
    if (referral == nullptr) return {};
    referral->is_referred_to = true;
    if (referral->name() == node->text()) return {};
    return set_scalar(node, m_arena.scalar(referral->name()));
  }
  Status set_map_name(Node* node) {
    const Node* name = find(node, "name");
    if (name == nullptr) return fail_render("path config error; no 'name' field in node");
    TRY_ASSIGN(Resource * referral, select(name->text(), node));
    if (referral == nullptr) return {};
    referral->is_referred_to = true;
    if (referral->name() == name->text() && referral->name_space().empty()) return {};
    TRY(set_field(m_arena, node, "name", text_or_null(referral->name())));
    if (!referral->name_space().empty())
      TRY(set_field(m_arena, node, "namespace", text_or_null(referral->name_space())));
    return {};
  }
  Node* text_or_null(std::string_view text) { return text.empty() ? nullptr : m_arena.scalar(text); }

  [[nodiscard]] bool is_visible(const Resource& candidate) const {
    if (m_id.cluster_scoped) return true;
    const ResourceId id = candidate.current_id();
    return id.cluster_scoped || id.same_namespace(m_id) || m_subjects.contains(candidate.name_space());
  }
  [[nodiscard]] bool is_in_reach(const Resource& candidate) const {
    if (m_id.cluster_scoped) return true;
    const ResourceId id = candidate.current_id();
    return id.cluster_scoped || candidate.kind() == "ServiceAccount" || m_id.same_namespace(id);
  }
  static bool was_kind(const Resource& candidate, const Gvk& gvk) {
    return std::any_of(candidate.formers.begin(), candidate.formers.end(), [&](const auto& former) {
      return gvk_of(candidate.api_version(), former.kind).selected_by(gvk);
    });
  }
  /// What roleRef says it means; nothing when it does not say both.
  [[nodiscard]] std::optional<Gvk> role_kind() const {
    if (!m_path.ends_with("roleRef/name")) return std::nullopt;
    const Node* reference = find(m_resource.root, "roleRef");
    const Node* group = find(reference, "apiGroup");
    const Node* kind = find(reference, "kind");
    if (group == nullptr || kind == nullptr) return std::nullopt;
    return Gvk{group->text(), {}, kind->text()};
  }
  [[nodiscard]] bool shares_affixes(const Resource& candidate, bool empty_fits) const {
    const auto fits = [&](const auto& mine, const auto& theirs) {
      return (empty_fits && (mine.empty() || theirs.empty())) || have_same_ending(mine, theirs);
    };
    return fits(candidate.prefixes, m_resource.prefixes) && fits(candidate.suffixes, m_resource.suffixes);
  }

  /// The candidates of a map with a namespace: those that were in it, or, when nothing was, those that are.
  Candidates in_namespace(const Candidates& candidates, const Node* map) {
    const Node* name_space = map == nullptr ? nullptr : find(map, "namespace");
    if (name_space == nullptr) return candidates;
    const auto wanted = name_space->text();
    if (wanted == ResourceId::k_no_namespace) return {};
    const bool originally = original_namespaces().contains(wanted);
    Candidates kept;
    for (Resource* candidate : candidates) {
      const ResourceId id = originally ? candidate->original_id() : candidate->current_id();
      if (id.effective_namespace() == wanted) kept.push_back(candidate);
    }
    return kept;
  }
  /// Of all that this resource may see.
  const std::set<std::string_view>& original_namespaces() {
    if (!m_original_namespaces) {
      m_original_namespaces.emplace();
      for (const Resource* resource : m_map.all()) {
        if (is_visible(*resource)) m_original_namespaces->insert(resource->original_id().effective_namespace());
      }
    }
    return *m_original_namespaces;
  }

  Result<Resource*> select(std::string_view old_name, const Node* map) {
    Candidates candidates;
    for (Resource* candidate : m_names.find(old_name)) {
      if (is_visible(*candidate)) candidates.push_back(candidate);
    }
    candidates = in_namespace(candidates, map);
    const auto role = role_kind();
    std::erase_if(candidates, [&](const Resource* candidate) {
      return !was_kind(*candidate, *m_target) || (role && !was_kind(*candidate, *role)) || !is_in_reach(*candidate);
    });
    if (candidates.size() == 1) return candidates.front();
    std::erase_if(candidates, [&](const Resource* candidate) { return !shares_affixes(*candidate, true); });
    if (candidates.size() > 1)
      std::erase_if(candidates, [&](const Resource* candidate) { return !shares_affixes(*candidate, false); });
    if (candidates.empty()) return nullptr;
    const bool same = std::all_of(candidates.begin(), candidates.end(), [&](const Resource* candidate) {
      return candidate->name() == candidates.front()->name() &&
             (map == nullptr || candidate->name_space() == candidates.front()->name_space());
    });
    if (same) return candidates.front();
    return fail(ambiguous(candidates));
  }
  [[nodiscard]] Error ambiguous(const Candidates& candidates) const {
    std::string message = "found multiple possible referrals: ";
    for (std::size_t i = 0; i < candidates.size(); ++i)
      message += (i == 0 ? "" : ", ") + format_id(candidates[i]->current_id());
    const auto text = [this](const Resource& resource) { return format_resource(m_arena, resource).value_or(""); };
    message += "\n\n**** Too many possible referral targets to referrer:\n" + text(m_resource) + "\n";
    for (std::size_t i = 0; i < candidates.size(); ++i)
      message += "--- possible referral " + std::to_string(i) + ":\n" + text(*candidates[i]) + "\n";
    return Error(ErrorKind::render, std::move(message));
  }

  NodeArena& m_arena;
  Resource& m_resource;
  const ResourceMap& m_map;
  const FormerNames& m_names;
  ResourceId m_id;
  std::set<std::string_view> m_subjects;
  std::optional<std::set<std::string_view>> m_original_namespaces;
  const Gvk* m_target = nullptr;
  std::string_view m_path;
};

}  // namespace

Status fix_name_references(Context& context, ResourceMap& map, const std::vector<NameReference>& references) {
  const FormerNames names(map);
  for (Resource* resource : map.all()) {
    const Gvk kind = resource->original_id().gvk;
    TRY_ASSIGN(auto subjects, subject_namespaces(*resource));
    Referrer referrer(context.arena(), *resource, map, names, std::move(subjects));
    for (const auto& reference : references) {
      for (const auto& spec : reference.referrers) {
        if (kind.selected_by(spec.gvk)) TRY(referrer.fix(reference.target, spec));
      }
    }
  }
  return context.check_budget();
}

}  // namespace reconciled::kustomize
