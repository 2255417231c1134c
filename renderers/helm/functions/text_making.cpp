// Functions that make texts: quoting, indenting, repeating, replacing, joining words.
#include "renderers/helm/functions/failure.h"
#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/plain_text.h"
#include "renderers/helm/functions/runes.h"
#include "renderers/helm/functions/signature.h"
#include "renderers/helm/values/format.h"
#include "renderers/helm/values/quote.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace reconciled::helm {
namespace {

using enum GoParameter;

/// strings.Repeat, whose own failures come before the question whether it fits.
Result<GoValue> call_repeat(FunctionCall& call) {
  const std::int64_t count = call.arguments[0].as_int();
  const std::string_view text = call.arguments[1].as_text();
  if (count < 0) return panic("strings: negative Repeat count");
  std::uint64_t size = 0;
  if (__builtin_mul_overflow(static_cast<std::uint64_t>(count), text.size(), &size) || size > INT64_MAX)
    return panic("strings: Repeat output length overflow");
  TRY(reserve(call, size, "repeat"));
  char* const begin = call.arena().make_array<char>(size);
  for (char* out = begin; out != begin + size;) out = std::copy(text.begin(), text.end(), out);
  return GoValue::string({begin, size});
}

/// Every line of the text, also an empty one, after `width` spaces; `lead` comes before it all.
Result<GoValue> indent(FunctionCall& call, std::string_view function, std::string_view lead) {
  const std::int64_t width = call.arguments[0].as_int();
  if (width < 0) return panic("strings: negative Repeat count");
  std::string_view text = call.arguments[1].as_text();
  const auto lines = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  std::uint64_t size = 0;
  if (__builtin_mul_overflow(lines, static_cast<std::uint64_t>(width), &size)) size = UINT64_MAX / 2;
  size += text.size() + lead.size();
  TRY(reserve(call, size, function));
  char* const begin = call.arena().make_array<char>(size);
  char* out = std::copy(lead.begin(), lead.end(), begin);
  for (;;) {
    out = std::fill_n(out, width, ' ');
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end == std::string_view::npos ? end : end + 1);
    out = std::copy(line.begin(), line.end(), out);
    if (end == std::string_view::npos) return GoValue::string({begin, size});
    text.remove_prefix(line.size());
  }
}

Result<GoValue> call_indent(FunctionCall& call) {
  return indent(call, "indent", "");
}

Result<GoValue> call_nindent(FunctionCall& call) {
  return indent(call, "nindent", "\n");
}

/// An empty `old` stands before each rune and at the end.
Result<std::string> replace_nothing(FunctionCall& call, std::string_view replacement, std::string_view text) {
  TRY(reserve(call, (count_runes(text) + 1) * replacement.size() + text.size(), "replace"));
  std::string result(replacement);
  while (!text.empty()) {
    const std::size_t length = first_rune(text).length;
    result += text.substr(0, length);
    result += replacement;
    text.remove_prefix(length);
  }
  return result;
}

Result<std::string> replace(FunctionCall& call, std::string_view old, std::string_view replacement,
                            std::string_view text) {
  if (old.empty()) return replace_nothing(call, replacement, text);
  std::string result;
  for (std::size_t at = text.find(old); at != std::string_view::npos; at = text.find(old)) {
    result += text.substr(0, at);
    result += replacement;
    text.remove_prefix(at + old.size());
    TRY(reserve(call, result.size(), "replace"));
  }
  result += text;
  return result;
}

Result<GoValue> call_replace(FunctionCall& call) {
  const std::string_view old = call.arguments[0].as_text();
  const std::string_view text = call.arguments[2].as_text();
  if (old == call.arguments[1].as_text() || (!old.empty() && text.find(old) == std::string_view::npos))
    return call.arguments[2];
  TRY_ASSIGN(const std::string result, replace(call, old, call.arguments[1].as_text(), text));
  return text_result(call, result);
}

Result<GoValue> call_plural(FunctionCall& call) {
  return call.arguments[2].as_int() == 1 ? call.arguments[0] : call.arguments[1];
}

/// The values that are not nil, with a space between two of them, each as `append` writes it.
template <class Append>
Result<GoValue> join_with_spaces(FunctionCall& call, Append append) {
  std::string result;
  bool first = true;
  for (const GoValue& value : call.arguments) {
    if (value.is_nil()) continue;
    if (!first) result += ' ';
    first = false;
    TRY(append(result, value));
  }
  return text_result(call, result);
}

Result<GoValue> call_quote(FunctionCall& call) {
  return join_with_spaces(call, [&](std::string& out, GoValue value) -> Status {
    TRY_ASSIGN(const std::string_view text, plain_text(value, call.arena()));
    append_quoted(out, text);
    return {};
  });
}

Result<GoValue> call_squote(FunctionCall& call) {
  return join_with_spaces(call, [&](std::string& out, GoValue value) -> Status {
    out += '\'';
    TRY(append_v(out, value, call.arena()));
    out += '\'';
    return {};
  });
}

Result<GoValue> call_cat(FunctionCall& call) {
  return join_with_spaces(call, [&](std::string& out, GoValue value) { return append_v(out, value, call.arena()); });
}

Result<GoValue> call_to_string(FunctionCall& call) {
  TRY_ASSIGN(const std::string_view text, plain_text(call.arguments[0], call.arena()));
  return GoValue::string(text);
}

constexpr std::array k_functions{
    GoFunction{"cat", k_takes<any>, k_variadic, &call_cat},
    GoFunction{"indent", k_takes<int_, string>, k_fixed, &call_indent},
    GoFunction{"nindent", k_takes<int_, string>, k_fixed, &call_nindent},
    GoFunction{"plural", k_takes<string, string, int_>, k_fixed, &call_plural},
    GoFunction{"quote", k_takes<any>, k_variadic, &call_quote},
    GoFunction{"repeat", k_takes<int_, string>, k_fixed, &call_repeat},
    GoFunction{"replace", k_takes<string, string, string>, k_fixed, &call_replace},
    GoFunction{"squote", k_takes<any>, k_variadic, &call_squote},
    GoFunction{"toString", k_takes<any>, k_fixed, &call_to_string},
};

}  // namespace

std::span<const GoFunction> text_making_functions() {
  return k_functions;
}

}  // namespace reconciled::helm
