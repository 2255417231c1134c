// SHA-256, the only digest the program makes.
#pragma once

#include "base/result.h"

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace reconciled {

/// A SHA-256 sum. Two equal digests mean equal bytes.
struct Digest {
  std::array<std::uint8_t, 32> bytes{};
  [[nodiscard]] std::string hex() const;        ///< 64 lower-case digits
  [[nodiscard]] std::string short_hex() const;  ///< the first 12 digits, for people
  static Result<Digest> parse(std::string_view hex);
  auto operator<=>(const Digest&) const = default;
};

Digest sha256(std::string_view bytes);
/// HMAC-SHA-256.
Digest hmac_sha256(std::string_view key, std::string_view bytes);

/// Sums bytes as they come. `field` adds a length before the bytes, so that ("ab","c") and ("a","bc") differ.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  Sha256& add(std::string_view bytes);
  Sha256& field(std::string_view bytes);
  [[nodiscard]] Digest finish();

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace reconciled
