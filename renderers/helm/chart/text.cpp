#include "renderers/helm/chart/text.h"

#include "base/unicode.h"
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

std::string clean_path(std::string_view path) {
  const bool rooted = path.starts_with('/');
  std::vector<std::string_view> names;
  for (const auto name : split(path, '/')) {
    if (name.empty() || name == ".") continue;
    if (name != ".." || ((names.empty() || names.back() == "..") && !rooted)) {
      names.push_back(name);
    } else if (!names.empty()) {
      names.pop_back();
    }
  }
  std::string cleaned(rooted ? "/" : "");
  for (const auto name : names) {
    if (!cleaned.empty() && cleaned.back() != '/') cleaned += '/';
    cleaned += name;
  }
  return cleaned.empty() ? "." : cleaned;
}

}  // namespace reconciled::helm
