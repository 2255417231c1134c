#include "renderers/helm/chart/chart_functions.h"

#include "renderers/helm/chart/capabilities.h"
#include "renderers/helm/chart/files_object.h"
#include "renderers/helm/chart/values_methods.h"
#include "renderers/helm/functions/families.h"

namespace reconciled::helm {
namespace {

FunctionTable make_table(HelmProfile profile) {
  FunctionTable table;
  for (const auto functions : all_functions(profile)) table.add(functions);
  table.add_methods(GoType::values, values_methods());
  table.add_methods(GoType::files, files_methods());
  table.add_methods(GoType::version_set, version_set_methods());
  table.add_methods(GoType::duration, duration_methods());
  table.add_methods(GoType::month, month_methods());
  table.add_methods(GoType::weekday, weekday_methods());
  return table;
}

}  // namespace

const FunctionTable& chart_functions(HelmProfile profile) {
  static const FunctionTable helm4 = make_table(HelmProfile::helm4);
  if (profile == HelmProfile::helm4) return helm4;
  static const FunctionTable helm3 = make_table(HelmProfile::helm3);
  return helm3;
}

}  // namespace reconciled::helm
