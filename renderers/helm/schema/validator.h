// Checks values against a compiled schema.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "renderers/helm/schema/problem.h"
#include "renderers/helm/schema/schema_node.h"
#include "renderers/helm/values/go_value.h"

#include <memory>
#include <optional>

namespace reconciled::helm {

/// What is wrong with a value, or nothing. ErrorKind::limit when that cannot be said within the budget.
Result<std::optional<Problem>> validate(const SchemaNode& schema, GoValue value, Budget& budget);

}  // namespace reconciled::helm
