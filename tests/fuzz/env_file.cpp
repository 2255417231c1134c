// Any bytes as an env file of a generator: each key is a name, no value has a line break, and what is written again
// line by line reads the same.
#include "renderers/kustomize/generators.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reconciled::kustomize;
  const auto pairs = read_env_lines({reinterpret_cast<const char*>(data), size});
  if (!pairs) return 0;
  std::string text = "\n";
  for (const auto& [key, value] : *pairs) {
    if (key.empty() || key.find_first_of("=\n") != std::string::npos || value.find('\n') != std::string::npos)
      std::abort();
    // A return at the end of a line belongs to its break.
    text.append(key).append("=").append(value).append("\r\n");
  }
  if (read_env_lines(text) != pairs) std::abort();
  return 0;
}
