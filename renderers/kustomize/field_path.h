// Walks a field spec through a resource and calls back on what it leads to.
#pragma once

#include "base/result.h"
#include "renderers/kustomize/field_spec.h"
#include "renderers/kustomize/node.h"

#include <functional>

namespace reconciled::kustomize {

/// What is made at the end of a path whose spec says `create`; Kind::none: nothing is.
struct FieldCreation {
  Kind kind = Kind::none;
  Tag tag = Tag::none;
};

using FieldVisitor = std::function<Status(Node*)>;

/// Calls `visit` on each node that the spec's path leads to, when its kind matches.
Status visit_field(NodeArena& arena, Node* root, const FieldSpec& spec, FieldCreation creation,
                   const FieldVisitor& visit);
Status visit_fields(NodeArena& arena, Node* root, std::span<const FieldSpec> specs, FieldCreation creation,
                    const FieldVisitor& visit);

/// Writes `value` under `key` of the map that a spec leads to (labels, annotations). The one node stands in every map.
Status set_entry(NodeArena& arena, Node* root, std::span<const FieldSpec> specs, std::string_view key,
                 std::string_view value);

}  // namespace reconciled::kustomize
