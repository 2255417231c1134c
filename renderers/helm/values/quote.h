// Go's quoted strings and characters, both ways.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reconciled::helm {

enum class QuoteRange : std::uint8_t { printable, ascii };  ///< what is left as it is: %q or %+q

/// strconv.Quote: in double quotes, what is not printable escaped.
void append_quoted(std::string& out, std::string_view text, QuoteRange range = QuoteRange::printable);
std::string quoted(std::string_view text);
/// strconv.QuoteRune: in single quotes.
void append_quoted_rune(std::string& out, std::uint32_t code_point, QuoteRange range = QuoteRange::printable);
/// strconv.CanBackquote.
bool can_backquote(std::string_view text);
/// strconv.Unquote of a literal in double quotes or backticks; nothing when its syntax is wrong.
std::optional<std::string> unquote(std::string_view literal);
/// The value of a character literal such as 'a' or '\x41'; nothing when its syntax is wrong.
std::optional<std::int64_t> unquote_character(std::string_view literal);

}  // namespace reconciled::helm
