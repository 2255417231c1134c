// A text that several hold, and that nobody changes.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace reconciled {

class SharedText {
 public:
  SharedText() = default;
  SharedText(std::string text)  // NOLINT(google-explicit-constructor): a text is one that is shared
      : m_owner(std::make_shared<const std::string>(std::move(text))),
        m_text(*static_cast<const std::string*>(m_owner.get())) {}
  /// `text` is valid as long as `owner` is.
  SharedText(std::shared_ptr<const void> owner, std::string_view text) : m_owner(std::move(owner)), m_text(text) {}

  [[nodiscard]] std::string_view view() const { return m_text; }
  operator std::string_view() const { return m_text; }  // NOLINT(google-explicit-constructor)
  /// Without its first bytes.
  [[nodiscard]] SharedText behind(std::size_t bytes) const { return {m_owner, m_text.substr(bytes)}; }
  friend bool operator==(const SharedText& a, std::string_view b) { return a.m_text == b; }

 private:
  std::shared_ptr<const void> m_owner;
  std::string_view m_text;
};

}  // namespace reconciled
