// A constraint, a NUL and a version: never crashes, a version reads back equal, and what is satisfied has no reason
// against it.
#include "renderers/helm/semver/constraint.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace reconciled;
using namespace reconciled::helm;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t nul = text.find('\0');
  const auto constraints = parse_constraints(text.substr(0, nul));
  if (!constraints && constraints.error().message.empty()) std::abort();
  const auto version = parse_version(nul == std::string_view::npos ? text : text.substr(nul + 1));
  if (!version) {
    if (version.error().message.empty()) std::abort();
    return 0;
  }
  const auto again = parse_version(format_version(*version));
  if (!again || compare_versions(*version, *again) != 0 || format_version(*again) != format_version(*version)) {
    std::abort();
  }
  if (constraints && satisfies(*version, *constraints) != unsatisfied_reasons(*version, *constraints).empty()) {
    std::abort();
  }
  return 0;
}
