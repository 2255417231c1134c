// A TOML document: never crashes, and what is written of it reads back as the same.
#include "renderers/helm/functions/toml_read.h"
#include "renderers/helm/functions/toml_write.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace reconciled;
using namespace reconciled::helm;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Limits limits;
  limits.steps = 500'000;
  limits.bytes = 32 << 20;
  limits.depth = 64;
  Budget budget(limits);
  Arena arena(budget);
  const auto read = read_toml(text, arena);
  if (!read) {
    if (read.error().kind != ErrorKind::limit) std::abort();
    return 0;
  }
  if (!read->error.empty()) {
    if (!read->error.starts_with("toml: line ")) std::abort();
    return 0;
  }
  const auto written = write_toml(read->value, arena);
  if (!written) return 0;
  const auto again = read_toml(*written, arena);
  if (!again) return 0;
  if (!again->error.empty()) std::abort();
  const auto twice = write_toml(again->value, arena);
  if (!twice || *twice != *written) std::abort();
  return 0;
}
