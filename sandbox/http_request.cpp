#include "sandbox/http_request.h"

#include <optional>

namespace reconciled::sandbox {
namespace {

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

enum class Plus : bool { literal, space };

std::optional<std::string> decode(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%') {
      if (at + 2 >= text.size()) return std::nullopt;
      const auto high = hex_digit(text[at + 1]);
      const auto low = hex_digit(text[at + 2]);
      if (!high || !low) return std::nullopt;
      out.push_back(static_cast<char>(*high * 16 + *low));
      at += 2;
    } else {
      out.push_back(text[at] == '+' && plus == Plus::space ? ' ' : text[at]);
    }
  }
  return out;
}

}  // namespace

bool read_target(std::string_view target, ApiRequest& request) {
  const std::size_t mark = target.find('?');
  auto path = decode(target.substr(0, mark), Plus::literal);
  if (!path) return false;
  request.path = std::move(*path);
  std::string_view query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    const std::size_t equals = pair.find('=');
    auto name = decode(pair.substr(0, equals), Plus::space);
    auto value = equals == std::string_view::npos ? std::optional<std::string>("")
                                                  : decode(pair.substr(equals + 1), Plus::space);
    if (!name || !value) return false;
    if (!name->empty()) request.query.emplace_back(std::move(*name), std::move(*value));
  }
  return true;
}

}  // namespace reconciled::sandbox
