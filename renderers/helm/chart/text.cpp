#include "renderers/helm/chart/text.h"

#include "base/utf8.h"

namespace reconciled::helm {
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

bool is_space(std::uint32_t c) {
  if (c < 0x80) return c == ' ' || (c >= '\t' && c <= '\r');
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
         c == 0x202F || c == 0x205F || c == 0x3000;
}

std::string_view trim_space(std::string_view text) {
  while (!text.empty()) {
    const auto point = first_code_point(text);
    if (point.length == 0 || !is_space(point.value)) break;
    text.remove_prefix(point.length);
  }
  while (!text.empty()) {
    const auto point = last_code_point(text);
    if (!is_space(point.value)) break;
    text.remove_suffix(point.length);
  }
  return text;
}

std::string_view without_bom(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace reconciled::helm
