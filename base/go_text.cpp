#include "base/go_text.h"

#include "base/unicode.h"
#include "base/utf8.h"

#include <algorithm>
#include <charconv>

namespace reconciled {
namespace {

/// The last code point of a text and its length; a broken byte counts as one of its own.
CodePoint last_code_point(std::string_view text) {
  for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
    const auto point = first_code_point(text.substr(text.size() - length));
    if (point.length == length) return point;
  }
  return {0xFFFD, 1};
}

}  // namespace

std::string_view trim_space_left(std::string_view text) {
  while (!text.empty()) {
    const auto point = first_code_point(text);
    if (point.length == 0 || !is_space(point.value)) break;
    text.remove_prefix(point.length);
  }
  return text;
}

std::string_view trim_space(std::string_view text) {
  text = trim_space_left(text);
  while (!text.empty()) {
    const auto point = last_code_point(text);
    if (!is_space(point.value)) break;
    text.remove_suffix(point.length);
  }
  return text;
}

std::string to_lower(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto point = first_code_point(text);
    if (point.length == 0) {
      out += text.front();
    } else {
      append_utf8(out, to_lower(point.value));
    }
    text.remove_prefix(std::max<std::size_t>(point.length, 1));
  }
  return out;
}

std::string_view without_bom(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return text;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace reconciled
