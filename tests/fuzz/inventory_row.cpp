// A row of the inventory: what reads at all reads back as it was written.
#include "diff/inventory.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto row = reconciled::decode_row({reinterpret_cast<const char*>(data), size}, "prod");
  if (!row) return 0;
  const auto again = reconciled::decode_row(reconciled::encode_row(*row), "prod");
  if (!again || !(*again == *row)) std::abort();
  return 0;
}
