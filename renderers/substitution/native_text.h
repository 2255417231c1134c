// The expressions of native substitution, taken apart.
#pragma once

#include "base/budget.h"
#include "base/result.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::substitution {

/// What becomes of a value where it stands.
enum class Conversion : std::uint8_t { none, text, json };

struct NativeExpression;

/// A text, or an expression where there is one.
struct NativePiece {
  std::string text;
  std::unique_ptr<NativeExpression> expression;
};

struct NativeExpression {
  std::string variable;
  Conversion conversion = Conversion::none;
  std::optional<std::vector<NativePiece>> fallback;
};

/// Whether there is anything in a text that parse_native_text would see.
inline bool mentions_variables(std::string_view text) {
  return text.find("${") != std::string_view::npos;
}

/// `${name}`, `${name@text}`, `${name@json}`, each with `:-fallback` (or `:=`) behind it, which may hold expressions.
/// Of dollar signs right before a brace two stand for one: `$${` is the text `${`. Everything else is text. Errors
/// never quote more than a variable's name.
Result<std::vector<NativePiece>> parse_native_text(std::string_view text, Budget& budget);

}  // namespace reconciled::substitution
