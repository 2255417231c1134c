// values.schema.json: JSON Schema of drafts 4, 6, 7, 2019-09 and 2020-12.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "renderers/helm/values/go_value.h"

#include <string>
#include <string_view>

namespace reconciled::helm {

/// What is wrong with the values, a line a problem ("- at '/a': got string, want number"); empty when nothing is. Fails
/// for a schema that is none, and for one that refers to other documents: they are never read. Patterns are matched in
/// linear time.
Result<std::string> check_schema(std::string_view schema, GoValue values, Budget& budget);

}  // namespace reconciled::helm
