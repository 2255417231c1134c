// Which resources a selector means: patterns over names and kinds, and label selectors.
#pragma once

#include "base/result.h"
#include "renderers/kustomize/kustomization.h"
#include "renderers/kustomize/resource_map.h"

#include <string_view>
#include <vector>

namespace reconciled::kustomize {

/// A label selector in Kubernetes' grammar: `a=b,c!=d,e in (f,g),!h`.
class LabelSelector {
 public:
  static Result<LabelSelector> parse(std::string_view text);
  [[nodiscard]] bool matches(const TextMap& labels) const;

  enum class Operator : std::uint8_t { equals, not_equals, exists, absent, greater, less };
  struct Requirement {
    std::string key;
    Operator op = Operator::exists;
    std::vector<std::string> values;
  };

 private:
  std::vector<Requirement> m_requirements;
};

/// The resources of a map that a selector of `patches` means: its members are anchored patterns; name and namespace may
/// be the original ones.
Result<std::vector<Resource*>> select_resources(const ResourceMap& map, const Selector& selector);

/// Whether the label and annotation selectors match.
Result<bool> matches_labels(const Resource& resource, const Selector& selector);

}  // namespace reconciled::kustomize
