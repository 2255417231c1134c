// A string that cannot be printed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace reconciled {

/// Holds a token, password or key. It has no operator<<, no formatter and no implicit conversion; its memory is wiped
/// when it ends. Move-only copies are made by `clone` so that a copy is always visible in the code.
class SecretString {
 public:
  SecretString() = default;
  explicit SecretString(std::string_view text) : m_text(text) {}
  SecretString(SecretString&& other) noexcept : m_text(std::move(other.m_text)) { other.wipe(); }
  SecretString& operator=(SecretString&& other) noexcept;
  SecretString(const SecretString&) = delete;
  SecretString& operator=(const SecretString&) = delete;
  ~SecretString() { wipe(); }

  [[nodiscard]] SecretString clone() const { return SecretString(m_text); }
  [[nodiscard]] bool empty() const { return m_text.empty(); }
  /// The text itself, for the one call that needs it: a header, a signature. Never for a message.
  [[nodiscard]] std::string_view reveal() const { return m_text; }

 private:
  void wipe() noexcept;
  std::string m_text;
};

}  // namespace reconciled
