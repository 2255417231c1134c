// wrap and wrapWith: line breaks at spaces, counted in bytes.
#include "renderers/helm/functions/failure.h"
#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/signature.h"

#include <algorithm>
#include <array>
#include <string>

namespace reconciled::helm {
namespace {

using enum GoParameter;

enum class LongWords { keep, break_ };

/// Where the line that begins the text ends, and how much of the text it takes with its break.
struct Line {
  std::size_t length = 0;
  std::size_t taken = 0;
};

/// Of a text longer than `width` that does not begin with a space.
Line first_line(std::string_view text, std::size_t width, LongWords long_words) {
  const std::size_t space = text.substr(0, width + 1).rfind(' ');
  if (space != std::string_view::npos) return {space, space + 1};
  if (long_words == LongWords::break_) return {width, width};
  const std::size_t end = text.find(' ', width);
  return end == std::string_view::npos ? Line{text.size(), text.size()} : Line{end, end + 1};
}

Result<std::string> wrap(FunctionCall& call, std::string_view text, std::size_t width, std::string_view line_break,
                         LongWords long_words) {
  std::string result;
  while (text.size() > width) {
    if (text.front() == ' ') {
      text.remove_prefix(1);
      continue;
    }
    const Line line = first_line(text, width, long_words);
    result += text.substr(0, line.length);
    if (line.taken > line.length || long_words == LongWords::break_) result += line_break;
    text.remove_prefix(line.taken);
    TRY(reserve(call, result.size(), "wrap"));
  }
  result += text;
  return result;
}

std::size_t width_of(FunctionCall& call) {
  return static_cast<std::size_t>(std::max<std::int64_t>(call.arguments[0].as_int(), 1));
}

Result<GoValue> call_wrap(FunctionCall& call) {
  TRY_ASSIGN(const std::string text, wrap(call, call.arguments[1].as_text(), width_of(call), "\n", LongWords::keep));
  return text_result(call, text);
}

Result<GoValue> call_wrap_with(FunctionCall& call) {
  std::string_view line_break = call.arguments[1].as_text();
  if (line_break.empty()) line_break = "\n";
  TRY_ASSIGN(const std::string text,
             wrap(call, call.arguments[2].as_text(), width_of(call), line_break, LongWords::break_));
  return text_result(call, text);
}

constexpr std::array k_functions{
    GoFunction{"wrap", k_takes<int_, string>, k_fixed, &call_wrap},
    GoFunction{"wrapWith", k_takes<int_, string, string>, k_fixed, &call_wrap_with},
};

}  // namespace

std::span<const GoFunction> wrapping_functions() {
  return k_functions;
}

}  // namespace reconciled::helm
