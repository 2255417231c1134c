#include "renderers/helm/chart/schema_check.h"

#include "renderers/helm/schema/schema.h"

namespace reconciled::helm {
namespace {

/// What is wrong with a chart's values and those of its subcharts, a paragraph a chart.
Status collect(const ChartNode& node, const GoMap* values, Budget& budget, std::string& problems) {
  if (node.chart->schema) {
    auto* checked = const_cast<GoMap*>(values);  // a GoValue cannot say that it only looks
    const auto found = check_schema(*node.chart->schema, GoValue::map(checked), budget);
    if (!found && found.error().kind == ErrorKind::limit) return fail(found.error());
    const auto text = found ? *found : found.error().message;
    if (!text.empty()) ((problems += node.name) += ":\n" + text) += '\n';
  }
  for (const auto& child : node.children) {
    const auto* part = values->find(child.name);
    if (part == nullptr || part->is_nil()) continue;
    if (part->type() != GoType::map) {
      problems += child.name + ":\ninvalid type for values: expected object (map), got " +
                  std::string(part->type_name()) + "\n";
    } else {
      TRY(collect(child, part->as_map(), budget, problems));
    }
  }
  return {};
}

}  // namespace

Status check_schemas(const ChartNode& root, const GoMap* values, Budget& budget) {
  std::string problems;
  TRY(collect(root, values, budget, problems));
  if (problems.empty()) return {};
  problems.pop_back();
  return fail(ErrorKind::render,
              "values don't meet the specifications of the schema(s) in the following chart(s):\n" + problems);
}

}  // namespace reconciled::helm
