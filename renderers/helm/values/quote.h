// Go's quoted strings and characters, both ways.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reconciled::helm {

enum class QuoteRange : std::uint8_t { printable, ascii };  ///< what is left as it is: %q or %+q

/// strconv.Quote: in double quotes, what is not printable escaped.
void append_quoted(std::string& out, std::string_view text, QuoteRange range = QuoteRange::printable);
std::string quoted(std::string_view text);
/// strconv.QuoteRune: in single quotes. What is no code point is written as U+FFFD.
void append_quoted_rune(std::string& out, std::uint32_t code_point, QuoteRange range = QuoteRange::printable);
/// strconv.CanBackquote.
bool can_backquote(std::string_view text);

/// One character off the inside of a literal.
struct LiteralCharacter {
  std::uint32_t value = 0;
  bool is_byte = false;    ///< one byte of the text, as \xFF is, and no code point
  std::size_t length = 0;  ///< of its source
};
/// strconv.UnquoteChar: nothing when the syntax is wrong.
std::optional<LiteralCharacter> unquote_character(std::string_view text, char quote);
/// strconv.Unquote of a literal in double quotes or backticks: nothing when the syntax is wrong.
std::optional<std::string> unquote(std::string_view literal);

/// How many characters Go counts: bytes that are no UTF-8 count one each.
std::size_t count_runes(std::string_view text);
/// The first character and its length; a byte that is no UTF-8 is U+FFFD of length 1, and so is nothing of length 0.
struct Rune {
  std::uint32_t value = 0xFFFD;
  std::size_t length = 0;
};
Rune first_rune(std::string_view text);
/// In UTF-8; surrogates and what lies above U+10FFFF become U+FFFD.
void append_rune(std::string& out, std::uint32_t code_point);

}  // namespace reconciled::helm
