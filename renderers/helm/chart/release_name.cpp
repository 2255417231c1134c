#include "renderers/helm/chart/release_name.h"

#include "base/go_path.h"
#include "renderers/helm/functions/families.h"
#include "renderers/helm/template/engine.h"
#include "renderers/helm/values/warning.h"

namespace reconciled::helm {
namespace {

constexpr std::string_view k_name = "name-template";

const FunctionTable& name_functions() {
  static const FunctionTable table = [] {
    FunctionTable sprig;
    for (const auto functions : all_functions(HelmProfile::helm4)) sprig.add(functions);
    for (const std::string_view own : {"include", "tpl", "required", "lookup", "toYaml", "mustToYaml", "toYamlPretty",
                                       "fromYaml", "fromYamlArray", "fromJsonArray", "toToml", "fromToml"})
      sprig.remove(own);
    return sprig;
  }();
  return table;
}

/// Helm marks what `fail` says only in templates of charts.
std::string without_marks(std::string text) {
  for (const std::string_view mark : {k_warning_start, k_warning_end}) {
    if (const auto at = text.find(mark); at != std::string::npos) text.erase(at, mark.size());
  }
  return text;
}

}  // namespace

std::string generate_release_name(std::string_view chart, std::chrono::system_clock::time_point now) {
  std::string base = clean_go_path(chart);
  base.erase(0, base.rfind('/') + 1);
  base.erase(std::min(base.find('.'), base.size()));
  if (base.empty()) base = "chart";
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
  return base + "-" + std::to_string(seconds.count());
}

Result<std::string> render_release_name(const std::string& name_template, const RenderPorts& ports, Budget& budget) {
  TemplateSet templates(name_functions());
  TRY(templates.parse(k_name, name_template, budget));
  Arena arena(budget);
  RenderWorld world{arena, ports.random, ports.now, HelmProfile::helm4, nullptr, ports.zones};
  Execution run(templates, world);
  const auto name = run.execute(k_name, GoValue::nil());
  if (name) return std::string(*name);
  Error error = name.error().error;
  error.message = without_marks(std::move(error.message));
  return fail(std::move(error));
}

}  // namespace reconciled::helm
