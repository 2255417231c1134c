#include "renderers/helm/schema/schema.h"

#include "renderers/helm/schema/schema_compiler.h"
#include "renderers/helm/schema/validator.h"

namespace reconciled::helm {

Result<std::string> check_schema(std::string_view schema, GoValue values, Budget& budget) {
  TRY_ASSIGN(const auto compiled, CompiledSchema::compile(schema, budget));
  TRY_ASSIGN(const auto problem, validate(compiled->root(), values, budget));
  return problem ? format_problem(*problem) : std::string();
}

}  // namespace reconciled::helm
