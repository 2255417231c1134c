// The resources that a build has accumulated so far, in the order in which they came; no two have the same id.
#pragma once

#include "base/result.h"
#include "renderers/kustomize/resource.h"

#include <deque>
#include <functional>
#include <span>
#include <vector>

namespace reconciled::kustomize {

/// Borrows resources: the build owns them, as one may stand in several maps on its way up.
class ResourceMap {
 public:
  [[nodiscard]] std::span<Resource* const> all() const { return m_list; }
  [[nodiscard]] std::size_t size() const { return m_list.size(); }

  /// Adds at the end; an id that is there already is an error.
  Status append(Resource* resource);
  Status append_all(std::span<Resource* const> resources);
  /// What generators made: new, replaced or merged into what is there, as each one's behaviour says.
  Status absorb(NodeArena& arena, Resource* resource);
  /// Takes over a list that keeps the rule.
  void replace_all(std::vector<Resource*> resources) { m_list = std::move(resources); }
  void drop_gone();

  /// Those of which a former or the current id is the same as `id`.
  [[nodiscard]] std::vector<Resource*> with_any_id(const ResourceId& id) const;
  [[nodiscard]] std::vector<Resource*> with_any_id(const std::function<bool(const ResourceId&)>& matches) const;
  [[nodiscard]] std::vector<Resource*> with_current_id(const ResourceId& id) const;
  /// The one that a patch is meant for.
  Result<Resource*> find_target(const ResourceId& id) const;

 private:
  std::vector<Resource*> m_list;
};

}  // namespace reconciled::kustomize
