// What all steps of one build share.
#pragma once

#include "base/result.h"
#include "renderers/kustomize/loader.h"
#include "renderers/kustomize/node.h"
#include "renderers/kustomize/resource_map.h"
#include "renderers/kustomize/schema.h"

#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace reconciled::kustomize {

/// One build's state. Schema and warnings belong to a build, never to the process.
class Context {
 public:
  explicit Context(Budget& budget) : m_arena(budget) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  [[nodiscard]] NodeArena& arena() { return m_arena; }
  [[nodiscard]] Budget& budget() { return m_arena.budget(); }
  [[nodiscard]] Schema& schema() { return m_schema; }
  [[nodiscard]] std::vector<std::string>& warnings() { return m_warnings; }

  /// Lives as long as the build does.
  Resource* own(Resource resource) { return &m_resources.emplace_back(std::move(resource)); }
  std::vector<Resource*> own_all(std::vector<Resource> resources) {
    std::vector<Resource*> owned;
    owned.reserve(resources.size());
    for (auto& resource : resources) owned.push_back(own(std::move(resource)));
    return owned;
  }
  /// An error when the last step took more than the budget had.
  Status check_budget() {
    if (m_arena.within_budget()) return {};
    return fail(m_arena.budget_error());
  }

 private:
  NodeArena m_arena;
  Schema m_schema;
  std::vector<std::string> m_warnings;
  std::deque<Resource> m_resources;
};

}  // namespace reconciled::kustomize
