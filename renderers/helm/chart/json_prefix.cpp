#include "renderers/helm/chart/json_prefix.h"

#include "renderers/helm/values/json.h"

#include <algorithm>

namespace reconciled::helm {
namespace {

std::size_t string_length(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      return i + 1;
  }
  return text.size();
}

/// Of a list or a map, up to the bracket that closes it.
std::size_t nested_length(std::string_view text) {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      i += string_length(text.substr(i)) - 1;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return i + 1;
    }
  }
  return text.size();
}

/// How far the value goes that begins here, if it is one at all.
std::size_t value_length(std::string_view text) {
  if (text.empty()) return 0;
  if (text.front() == '"') return string_length(text);
  if (text.front() == '{' || text.front() == '[') return nested_length(text);
  for (const std::string_view word : {"true", "false", "null"}) {
    if (text.starts_with(word)) return word.size();
  }
  return std::min(text.find_first_not_of("+-.0123456789eE"), text.size());
}

}  // namespace

Result<GoValue> read_json_prefix(std::string_view& text, Arena& arena) {
  const auto begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  const auto length = value_length(text.substr(begin));
  TRY_ASSIGN(const auto value, from_json(text.substr(begin, length), JsonTarget::any, arena));
  text.remove_prefix(begin + length);
  return value;
}

}  // namespace reconciled::helm
