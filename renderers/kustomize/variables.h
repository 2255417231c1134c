// The deprecated `vars`: $(NAME) in known fields stands for a field of another resource.
#pragma once

#include "base/result.h"
#include "renderers/kustomize/context.h"
#include "renderers/kustomize/field_spec.h"
#include "renderers/kustomize/kustomization.h"

#include <map>
#include <string>

namespace reconciled::kustomize {

struct Variable {
  std::string field_path;
  std::string shown;  ///< as messages show it
};
using Variables = std::map<std::string, Variable, std::less<>>;

/// Notes vars of one kustomization on the resources that they read; a name that is known is an error.
Status add_variables(Context& context, const ResourceMap& map, const std::vector<VarEntry>& entries,
                     Variables& variables);
Status merge_variables(const Variables& from, Variables& variables);
/// Puts the values in.
Status resolve_variables(Context& context, const ResourceMap& map, const Variables& variables, const FieldSpecs& specs);

}  // namespace reconciled::kustomize
