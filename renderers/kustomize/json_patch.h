// RFC 6902 patches with the rules and messages of the library that kustomize uses.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "base/value.h"

#include <string_view>

namespace reconciled::kustomize {

/// A list of operations; YAML unless it begins with "[". Null and nothing are an empty patch.
Result<Value> read_json_patch(std::string_view text, Budget& budget);

/// Applies the operations in order. Indices may be negative, "-" appends; replacing an absent key of an object adds it.
Result<Value> apply_json_patch(Value document, const Value& patch, Budget& budget);

}  // namespace reconciled::kustomize
