#include "renderers/helm/chart/release_name.h"

#include "base/go_path.h"
#include "renderers/helm/chart/chart_functions.h"
#include "renderers/helm/template/engine.h"

namespace reconciled::helm {

std::string generate_release_name(std::string_view chart, std::chrono::system_clock::time_point now) {
  std::string base = clean_go_path(chart);
  base.erase(0, base.rfind('/') + 1);
  base.erase(std::min(base.find('.'), base.size()));
  if (base.empty()) base = "chart";
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
  return base + "-" + std::to_string(seconds.count());
}

Result<std::string> render_release_name(const std::string& name_template, const RenderPorts& ports, Budget& budget) {
  constexpr std::string_view k_name = "name-template";
  TemplateSet templates(chart_functions(HelmProfile::helm4));
  TRY(templates.parse(k_name, name_template, budget));
  Arena arena(budget);
  RenderWorld world{arena, ports.random, ports.now, HelmProfile::helm4, nullptr, ports.zones};
  Execution run(templates, world);
  const auto name = run.execute(k_name, GoValue::nil());
  if (!name) return fail(name.error().error);
  return std::string(*name);
}

}  // namespace reconciled::helm
