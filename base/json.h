// JSON text to Value and back.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "base/value.h"

#include <string>
#include <string_view>

namespace reconciled {

enum class DuplicateKeys : bool { refuse, last_wins };

/// RFC 8259, one value and nothing after it. Numbers that fit become integers (as the API server reads them), others
/// doubles; 1e400 and lone surrogates are errors. Errors carry line and column. Text need not outlive the Value.
Result<Value> parse_json(std::string_view text, Budget& budget, DuplicateKeys duplicates = DuplicateKeys::last_wins);

enum class JsonStyle : std::uint8_t {
  compact,    ///< one line, keys in their order
  canonical,  ///< one line, keys sorted by bytes: what digests are made of
  pretty,     ///< two spaces, keys in their order, as `kubectl -o json` prints
};

/// Escapes as Go's encoder with SetEscapeHTML(false): control characters, quotes, backslash, U+2028 and U+2029.
/// Doubles in the shortest form that reads back; a double that is a whole number prints as an integer.
std::string format_json(const Value& value, JsonStyle style = JsonStyle::compact);
/// The same, appended to a buffer that the caller keeps.
void append_json(std::string& out, const Value& value, JsonStyle style = JsonStyle::compact);
/// A quoted and escaped JSON string, appended.
void append_json_string(std::string& out, std::string_view text);

}  // namespace reconciled
