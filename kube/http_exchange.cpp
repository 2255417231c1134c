#include "kube/http_exchange.h"

#include <algorithm>
#include <charconv>

namespace reconciled {

namespace {

constexpr std::size_t k_max_warnings = 64;

void skip_spaces(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

/// Takes a word up to a space.
std::string_view take_word(std::string_view& text) {
  skip_spaces(text);
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

/// Takes a quoted string with its escapes; nullopt when there is none or it does not end.
std::optional<std::string> take_quoted(std::string_view& text) {
  skip_spaces(text);
  if (!text.starts_with('"')) return std::nullopt;
  std::string content;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return content;
    }
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    content += text[i];
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> parse_warning_header(std::string_view value) {
  std::vector<std::string> texts;
  while (texts.size() < k_max_warnings) {
    const std::string_view code = take_word(value);
    if (code.size() != 3 || !std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; })) break;
    if (take_word(value).empty()) break;  // the agent
    auto text = take_quoted(value);
    if (!text) break;
    texts.push_back(std::move(*text));
    take_quoted(value);  // a date may follow
    skip_spaces(value);
    if (!value.starts_with(',')) break;
    value.remove_prefix(1);
  }
  return texts;
}

std::optional<Duration> parse_retry_after(std::string_view value) {
  skip_spaces(value);
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (error != std::errc() || end != value.data() + value.size()) return std::nullopt;
  return std::chrono::seconds(std::min<std::uint32_t>(seconds, 3600));
}

}  // namespace reconciled
