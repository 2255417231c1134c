#include "engine/environment_index.h"

#include "ports/builtin_types.h"
#include "stacks/load.h"

#include <algorithm>

namespace reconciled {
namespace {

bool is_crd(const Manifest& manifest) {
  return manifest.gvk.group_kind() == k_crd_kind;
}

bool has_crds(const ManifestSet& set) {
  return std::ranges::any_of(set.manifests, is_crd);
}

/// A CRD without its schemas: all that scopes and types are made of.
Manifest without_schemas(const Manifest& crd) {
  Manifest slim = crd;
  Value& versions = slim.object.edit("spec").edit("versions");
  for (std::size_t i = 0; i < versions.size(); ++i) versions.edit_item(i).erase("schema");
  return slim;
}

}  // namespace

EnvironmentIndex::Read EnvironmentIndex::read(const LoadedStack& stack) const {
  Read read;
  read.inputs = stack.inputs;
  read.manifests = stack.manifests ? stack.manifests->get() : nullptr;
  auto manifests = manifests_of(stack);
  if (!manifests) {
    read.error = std::move(manifests).error();
    return read;
  }
  read.types.stack = stack.stack.id;
  for (const auto& manifest : manifests->manifests) {
    read.ids.push_back(manifest.id);
    read.gvks.insert(manifest.gvk);
    if (is_crd(manifest)) read.types.manifests.push_back(without_schemas(manifest));
    if (manifest.gvk.kind == "HorizontalPodAutoscaler") read.types.manifests.push_back(manifest);
  }
  return read;
}

Result<ManifestSet> EnvironmentIndex::manifests_of(const LoadedStack& stack) const {
  if (!stack.manifests) return fail(stack.manifests.error());
  TRY_ASSIGN(ManifestSet set, (*stack.manifests)->unpack());
  move_to_cluster(set, m_cluster);
  TRY(resolve_scopes(set, stack.stack, m_discovery.get(), m_types));
  return set;
}

bool EnvironmentIndex::is_read(const Read& read, const LoadedStack& stack) {
  return read.manifests != nullptr && stack.manifests && read.manifests == stack.manifests->get() &&
         read.inputs == stack.inputs;
}

std::set<std::string> EnvironmentIndex::update(std::shared_ptr<const LoadedEnvironment> loaded,
                                               std::shared_ptr<const Discovery> discovery) {
  const bool served_otherwise = m_discovery != discovery;
  m_loaded = std::move(loaded);
  m_discovery = std::move(discovery);
  std::map<std::string, Read> before = std::exchange(m_stacks, {});
  m_types.clear();
  bool types_changed = served_otherwise;
  std::set<std::string> changed;
  for (const auto& stack : m_loaded->stacks) {
    const std::string key = stack.stack.id.key();
    const auto known = before.find(key);
    if (known != before.end() && !served_otherwise && is_read(known->second, stack)) {
      m_stacks.emplace(key, std::move(known->second));
      continue;
    }
    Read fresh = read(stack);
    types_changed = types_changed || has_crds(fresh.types) || (known != before.end() && has_crds(known->second.types));
    if (known == before.end() || known->second.ids != fresh.ids) changed.insert(key);
    m_stacks.emplace(key, std::move(fresh));
  }
  for (const auto& [key, stack] : m_stacks) {
    if (!stack.types.manifests.empty()) m_types.push_back(&stack.types);
  }
  // A kind whose CRD another stack brings has its scope from there.
  for (const auto& stack : m_loaded->stacks) {
    if (!types_changed || m_types.empty()) break;
    Read& now = m_stacks.at(stack.stack.id.key());
    Read again = read(stack);
    if (now.ids != again.ids) changed.insert(stack.stack.id.key());
    now.ids = std::move(again.ids);  // `types` stays where m_types points to
    now.gvks = std::move(again.gvks);
    now.error = std::move(again.error);
  }
  const auto lost_before = std::exchange(m_lost, {});
  claim();
  // Who got or lost an object to another stack plans anew, though nothing of its own changed.
  for (const auto& [key, stack] : m_stacks) {
    const auto was = lost_before.find(key);
    const auto is = m_lost.find(key);
    const bool same =
        (was == lost_before.end()) == (is == m_lost.end()) && (is == m_lost.end() || was->second == is->second);
    if (!same) changed.insert(key);
  }
  return changed;
}

void EnvironmentIndex::claim() {
  auto claims = std::make_shared<Claims>();
  m_kinds.clear();
  for (const auto& stack : m_loaded->stacks) {
    const Read& read = m_stacks.at(stack.stack.id.key());
    if (read.error) {
      claims->unreadable.push_back(stack.stack.id);
      continue;
    }
    for (const auto& id : read.ids) {
      const bool first = claims->desired_by.emplace(id, stack.stack.id).second;
      if (!first) m_lost[stack.stack.id.key()].insert(id);
    }
    for (const auto& gvk : read.gvks) m_kinds.try_emplace(gvk.group_kind(), gvk);
    add_claims(*claims, stack.stack.id, read.types);
  }
  for (const auto& broken : m_loaded->graph.broken) claims->unreadable.push_back(broken.id);
  m_claims = std::move(claims);
}

const std::vector<ObjectId>& EnvironmentIndex::ids_of(const std::string& key) const {
  static const std::vector<ObjectId> none;
  const auto at = m_stacks.find(key);
  return at == m_stacks.end() ? none : at->second.ids;
}

const Error* EnvironmentIndex::error_of(const std::string& key) const {
  const auto at = m_stacks.find(key);
  return at == m_stacks.end() || !at->second.error ? nullptr : &*at->second.error;
}

}  // namespace reconciled
