#include "renderers/kustomize/selector.h"

#include "renderers/kustomize/pattern.h"

namespace reconciled::kustomize {
namespace {

struct SelectorPatterns {
  Pattern group, version, kind, name, name_space;
};

Result<SelectorPatterns> make_patterns(const OwnedId& id) {
  SelectorPatterns made;
  TRY_ASSIGN(made.group, Pattern::make_anchored(id.group));
  TRY_ASSIGN(made.version, Pattern::make_anchored(id.version));
  TRY_ASSIGN(made.kind, Pattern::make_anchored(id.kind));
  TRY_ASSIGN(made.name, Pattern::make_anchored(id.name));
  TRY_ASSIGN(made.name_space, Pattern::make_anchored(id.name_space));
  return made;
}

}  // namespace

Result<bool> matches_labels(const Resource& resource, const Selector& selector) {
  if (!selector.annotation_selector.empty()) {
    TRY_ASSIGN(const auto wanted, LabelSelector::parse(selector.annotation_selector));
    if (!wanted.matches(resource.annotations())) return false;
  }
  if (selector.label_selector.empty()) return true;
  TRY_ASSIGN(const auto wanted, LabelSelector::parse(selector.label_selector));
  return wanted.matches(resource.labels());
}

Result<std::vector<Resource*>> select_resources(const ResourceMap& map, const Selector& selector) {
  TRY_ASSIGN(const auto patterns, make_patterns(selector.id));
  std::vector<Resource*> selected;
  for (Resource* resource : map.all()) {
    const ResourceId now = resource->current_id(), before = resource->original_id();
    if (!patterns.name_space.matches(before.effective_namespace()) &&
        !patterns.name_space.matches(now.effective_namespace()))
      continue;
    if (!patterns.name.matches(before.name) && !patterns.name.matches(now.name)) continue;
    if (!patterns.group.matches(now.gvk.group) || !patterns.version.matches(now.gvk.version) ||
        !patterns.kind.matches(now.gvk.kind))
      continue;
    TRY_ASSIGN(const bool labels, matches_labels(*resource, selector));
    if (labels) selected.push_back(resource);
  }
  return selected;
}

}  // namespace reconciled::kustomize
