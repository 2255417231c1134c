// Which fields of which kinds a transformer touches, and what a whole set of transformers is configured with.
#pragma once

#include "base/result.h"
#include "renderers/kustomize/resource_id.h"

#include <span>
#include <string_view>
#include <vector>

namespace reconciled::kustomize {

/// A path in resources of a kind. Lists on the way are entered without being named; "name[]" demands a list.
struct FieldSpec {
  Gvk gvk{};  ///< empty members match everything
  std::string_view path;
  bool create = false;  ///< missing maps on the way are made
  bool operator==(const FieldSpec&) const = default;
};
using FieldSpecs = std::vector<FieldSpec>;

/// Adds a spec unless one that covers it is there; that one must agree on `create`.
Status merge_spec(FieldSpecs& specs, const FieldSpec& spec);
Status merge_specs(FieldSpecs& specs, std::span<const FieldSpec> more);

/// Fields that hold the name of a resource of a kind.
struct NameReference {
  Gvk target;
  FieldSpecs referrers;
};

/// The built-in tables with what `configurations` and `crds` add.
struct TransformerConfig {
  FieldSpecs name_prefix, name_suffix, name_space, common_labels, labels, template_labels, common_annotations,
      var_reference, images, replicas;
  std::vector<NameReference> name_reference;

  /// Adds what is new in another one, then sorts all by kind as the original does.
  Status merge(const TransformerConfig& other);
  void sort();
};

/// What every kustomization starts with.
const TransformerConfig& default_config();

}  // namespace reconciled::kustomize
