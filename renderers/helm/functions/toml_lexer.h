// The words of a TOML document, one at a time, as the reader asks for them.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reconciled::helm {

enum class TomlTokenKind : std::uint8_t {
  bare_key,
  string,          ///< with neither escapes nor line breaks to be cared for
  escaped_string,  ///< with escapes
  multiline_string,
  raw_multiline_string,
  boolean,
  integer,
  floating,
  datetime,
  array,         ///< [
  inline_table,  ///< {
};

struct TomlToken {
  TomlTokenKind kind = TomlTokenKind::bare_key;
  std::string_view text{};  ///< without quotes
  std::uint32_t line = 0;   ///< where it ends
};

/// What went wrong, before the reader adds the key that it was at.
struct TomlLexError {
  std::string message{};
  std::uint32_t line = 0;
};

/// Looks at one character more than it takes, and fails where that is no UTF-8 or a control character. The first
/// failure stays; behind it every step does nothing.
class TomlLexer {
 public:
  using Rune = std::uint32_t;

  explicit TomlLexer(std::string_view text) : m_text(text) {}
  [[nodiscard]] bool failed() const { return m_error.has_value(); }
  [[nodiscard]] const TomlLexError& error() const { return *m_error; }
  [[nodiscard]] std::uint32_t line() const { return m_line; }

  enum class TopLevel : std::uint8_t { end, key, table, array_table };
  /// Over empty lines and comments to what is next; a key is not taken yet.
  TopLevel top_level();
  /// What stands behind a value or a header on its line.
  void end_of_line();

  enum class After : std::uint8_t { more, end };
  /// One part of a header's name, and whether another follows.
  TomlToken table_name_part();
  After table_name_end();
  void array_table_end();

  /// Before the first part of a key.
  void key_start();
  TomlToken key_part();
  After key_end();

  TomlToken value();

  enum class Item : std::uint8_t { one, end };
  /// Over spaces, line breaks and comments to an item of an array or of an inline table, or to its end.
  Item array_item();
  Item inline_item();
  /// Behind an item: whether the array goes on.
  After array_item_end();
  After inline_item_end();

 private:
  Rune next();
  void back();
  Rune peek();
  bool accept(Rune rune);
  void skip_spaces();
  void mark() { m_start = m_at; }
  [[nodiscard]] std::string_view current() const { return m_text.substr(m_start, m_at - m_start); }
  TomlToken emit(TomlTokenKind kind);

  void fail(std::string message);                 ///< in this line, or in the one before the end of the text
  void fail_in_line_before(std::string message);  ///< for line breaks and ends that should not be there
  void fail_here(std::string message);

  void comment();
  /// Skips to the next item of an array or inline table, or its end.
  Item next_item(Rune terminator);
  TomlToken bare_key();
  TomlToken quoted_key();
  TomlToken string();
  TomlToken multiline_string();
  TomlToken raw_string();
  TomlToken raw_multiline_string();
  bool closes_multiline(Rune quote, bool& has_six);
  void escape();
  void hex_digits(int count, std::string_view name, char letter);
  TomlToken boolean();
  TomlToken signed_number();
  TomlToken number_or_date();
  TomlToken based_integer(int base);
  TomlToken decimal();
  TomlToken floating();
  TomlToken datetime();

  std::string_view m_text;
  std::size_t m_start = 0;
  std::size_t m_at = 0;
  std::uint32_t m_line = 1;
  bool m_at_end = false;  // the end was taken, as if it were a character
  bool m_has_escapes = false;
  std::optional<TomlLexError> m_error;
};

}  // namespace reconciled::helm
