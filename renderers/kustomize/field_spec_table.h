// The frozen field specs of kustomize, as data.
#pragma once

#include "renderers/kustomize/field_spec.h"

#include <cstdint>
#include <span>

namespace reconciled::kustomize {

/// The kind that some of the referrers name: `count` of them from `first` on.
struct ReferenceRow {
  Gvk target;
  std::uint16_t first = 0;
  std::uint16_t count = 0;
};

struct FieldSpecTable {
  std::span<const FieldSpec> name_prefix, name_suffix, name_space, common_labels, template_labels, common_annotations,
      var_reference, images, replicas;
  std::span<const ReferenceRow> references;
  std::span<const FieldSpec> referrers;
};

extern const FieldSpecTable k_field_specs;

}  // namespace reconciled::kustomize
