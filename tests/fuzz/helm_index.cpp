// index.yaml of a chart repository: what is found obeys the reader's rules, and twice the same is found.
#include "sources/helm_index.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace reconciled;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto read = [&] {
    Budget budget({.steps = 200'000, .bytes = 4U << 20, .depth = 64});
    return read_helm_index(text, "service", budget);
  };
  const auto entries = read();
  if (!entries) {
    const ErrorKind kind = entries.error().kind;
    if (kind != ErrorKind::source_integrity && kind != ErrorKind::limit) std::abort();
    return 0;
  }
  for (const auto& entry : *entries) {
    if (entry.version.empty() || entry.url.empty()) std::abort();
  }
  if (read() != entries) std::abort();
  return 0;
}
