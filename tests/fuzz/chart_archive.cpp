// Bytes as a chart's archive: loaded, or refused.
#include "renderers/helm/chart/load.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reconciled;
  Limits limits;
  limits.steps = 1'000'000;
  limits.bytes = 16U << 20;
  Budget budget(limits);
  (void)helm::load_chart_archive({reinterpret_cast<const char*>(data), size}, helm::HelmProfile::helm4, budget);
  return 0;
}
