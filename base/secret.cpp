#include "base/secret.h"

#include <cstring>

namespace reconciled {

SecretString& SecretString::operator=(SecretString&& other) noexcept {
  if (this == &other) return *this;
  wipe();
  m_text = std::move(other.m_text);
  other.wipe();
  return *this;
}

void SecretString::wipe() noexcept {
  // Also the bytes that a short string left behind: a moved-from text keeps its old content in its own buffer.
  m_text.resize(m_text.capacity());
  explicit_bzero(m_text.data(), m_text.size());
  m_text.clear();
}

}  // namespace reconciled
