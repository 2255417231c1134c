// Private keys of certificates: made, read from PEM, written to PEM, signing.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "ports/random.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace reconciled::helm {

enum class KeyKind : std::uint8_t { rsa, dsa, ecdsa, ed25519 };

class PrivateKey {
 public:
  /// All randomness is the port's: the same seed gives the same key.
  static Result<PrivateKey> make_rsa(unsigned bits, Random& random, Budget& budget);
  static Result<PrivateKey> make_dsa(Random& random, Budget& budget);  ///< 2048 and 256 bits
  static Result<PrivateKey> make_ecdsa(Random& random);                ///< on the curve P-256
  static Result<PrivateKey> make_ed25519(Random& random);
  /// Messages are sprig's: "no PEM data in input".
  static Result<PrivateKey> read_pem(std::string_view text);

  PrivateKey(PrivateKey&&) noexcept;
  PrivateKey& operator=(PrivateKey&&) noexcept;
  ~PrivateKey();

  [[nodiscard]] KeyKind kind() const;
  [[nodiscard]] std::string pem() const;
  /// SubjectPublicKeyInfo, whole and the bits in it.
  [[nodiscard]] std::string public_info() const;
  [[nodiscard]] std::string public_bits() const;

  /// The AlgorithmIdentifier in DER that `sign` signs by; not for DSA. Messages are Go's.
  [[nodiscard]] Result<std::string> signature_algorithm() const;
  /// Deterministic but for ECDSA, whose nonce is OpenSSL's.
  [[nodiscard]] Result<std::string> sign(std::string_view message) const;

  struct State;  ///< of OpenSSL, for the files of this folder

  explicit PrivateKey(std::unique_ptr<State> state);

 private:
  std::unique_ptr<State> m_state;
};

}  // namespace reconciled::helm
