// A hash of strings that nobody outside the process can foresee.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace reconciled {

/// SipHash-1-3 under a key that each process draws anew, so that chosen keys cannot make a table slow. Only for finding
/// a slot: nothing that is printed, stored or ordered may depend on it.
std::uint64_t hash_bytes(std::string_view bytes) noexcept;

/// For unordered containers of strings that look up by string_view.
struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept { return hash_bytes(text); }
};

}  // namespace reconciled
