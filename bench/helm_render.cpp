// Renders a chart again and again with one changed value, as the daemon does: loaded and parsed once.
//
//   bench_helm_render CHART [ROUNDS]
//
// Prints the median of a render in milliseconds; bench/helm.py compares it with a process of helm.
#include "cli/chart_folder.h"
#include "ports/random.h"
#include "renderers/helm/chart/render.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace reconciled {
namespace {

using Clock = std::chrono::steady_clock;

Result<double> render_ms(const helm::LoadedChart& chart, int round) {
  helm::RenderRequest request;
  request.values.set = {"global.round=" + std::to_string(round)};
  SeededRandom random(1);
  Limits limits;
  limits.bytes = 4ULL << 30;
  limits.time = std::chrono::minutes(5);
  Budget budget(limits);
  const auto began = Clock::now();
  TRY_ASSIGN(const auto rendered, helm::render_chart(chart, request, {random, {}}, budget));
  TRY_ASSIGN(const auto text, helm::format_template_output(rendered, {}));
  const std::chrono::duration<double, std::milli> took = Clock::now() - began;
  if (text.empty()) return fail(ErrorKind::internal, "the chart gives nothing");
  return took.count();
}

Result<double> median_ms(const std::string& folder, int rounds) {
  Budget budget;
  TRY_ASSIGN(const auto chart,
             helm::load_chart_folder(*open_chart_folder(folder), "", helm::HelmProfile::helm4, budget));
  TRY(render_ms(*chart, 0));  // parses the templates
  std::vector<double> times;
  for (int round = 1; round <= rounds; ++round) {
    TRY_ASSIGN(const double took, render_ms(*chart, round));
    times.push_back(took);
  }
  std::ranges::sort(times);
  return times[times.size() / 2];
}

}  // namespace
}  // namespace reconciled

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: bench_helm_render CHART [ROUNDS]\n");
    return 2;
  }
  const auto median = reconciled::median_ms(argv[1], argc > 2 ? std::atoi(argv[2]) : 21);
  if (!median) {
    std::fprintf(stderr, "%s\n", reconciled::format_error(median.error()).c_str());
    return 1;
  }
  std::printf("%.3f\n", *median);
  return 0;
}
