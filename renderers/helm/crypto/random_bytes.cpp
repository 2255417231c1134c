#include "renderers/helm/crypto/random_bytes.h"

#include <cstdint>

namespace reconciled::helm {

std::string random_bytes(Random& random, std::size_t count) {
  std::string bytes;
  bytes.reserve(count + sizeof(std::uint64_t));
  while (bytes.size() < count) {
    std::uint64_t word = random.next();
    for (std::size_t i = 0; i < sizeof word; ++i, word >>= 8) bytes += static_cast<char>(word & 0xFF);
  }
  bytes.resize(count);
  return bytes;
}

}  // namespace reconciled::helm
