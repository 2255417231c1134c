// Two files of values over a chart with subcharts: merged to the end, or refused.
#include "ports/memory_tree.h"
#include "ports/random.h"
#include "renderers/helm/chart/render.h"

#include <cstddef>
#include <cstdint>

namespace {

std::shared_ptr<const reconciled::helm::LoadedChart> make_chart() {
  using namespace reconciled;
  Budget budget;
  const auto tree = make_memory_tree(
      {{"Chart.yaml",
        "apiVersion: v2\nname: a\nversion: 1.0.0\ndependencies:\n- {name: b, version: '*', condition: 'b.on,x.y', "
        "tags: "
        "[t], import-values: [d, {child: e, parent: f.g}]}\n- {name: b, version: '*', alias: c}\n"},
       {"values.yaml", "global: {g: {h: 1}}\nb: {x: {y: 1}}\nm: {n: null}\n"},
       {"charts/b/Chart.yaml", "apiVersion: v2\nname: b\nversion: 1.0.0\n"},
       {"charts/b/values.yaml", "x: {y: 2, z: null}\nexports: {d: {k: v}}\ne: {l: [1]}\nglobal: {g: {i: 2}}\n"},
       {"templates/a.yaml", "{{ toYaml .Values }}"}});
  return *helm::load_chart_folder(*tree, "", helm::HelmProfile::helm4, budget);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reconciled;
  static const auto chart = make_chart();
  Limits limits;
  limits.steps = 1'000'000;
  limits.bytes = 16U << 20;
  Budget budget(limits);
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto half = text.find('\0');
  helm::RenderRequest request;
  request.values.files.push_back({"one", text.substr(0, half)});
  if (half != std::string::npos) request.values.files.push_back({"two", text.substr(half + 1)});
  SeededRandom random(1);
  (void)helm::render_chart(*chart, request, {random, {}}, budget);
  return 0;
}
