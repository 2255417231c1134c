#include "renderers/helm/crypto/pem.h"

#include "base/base64.h"

#include <algorithm>

namespace reconciled::helm {
namespace {

constexpr std::string_view k_begin = "-----BEGIN ";
constexpr std::string_view k_end = "\n-----END ";
constexpr std::string_view k_dashes = "-----";

/// Takes a line off, without its end and the white space before that.
std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  while (line.ends_with(' ') || line.ends_with('\t')) line.remove_suffix(1);
  return line;
}

/// The block whose end stands at `end`; nothing when it is none.
std::optional<PemBlock> read_block(std::string_view text, std::size_t end) {
  const std::size_t begin = text.substr(0, end).rfind(k_begin);
  if (begin == std::string_view::npos || (begin > 0 && text[begin - 1] != '\n')) return std::nullopt;
  std::string_view body = text.substr(begin + k_begin.size(), end + 1 - begin - k_begin.size());
  std::string_view type = take_line(body);
  if (!type.ends_with(k_dashes)) return std::nullopt;
  type.remove_suffix(k_dashes.size());
  while (true) {
    std::string_view after = body;
    if (body.empty() || take_line(after).find(':') == std::string_view::npos) break;
    body = after;  // a header
  }
  std::string_view trailer = text.substr(end + k_end.size());
  if (take_line(trailer) != std::string(type) + std::string(k_dashes)) return std::nullopt;
  std::string digits(body);
  std::erase_if(digits, [](char c) { return c == ' ' || c == '\t'; });
  auto bytes = decode_base64(digits);
  if (!bytes) return std::nullopt;
  return PemBlock{std::string(type), std::move(*bytes)};
}

}  // namespace

std::optional<PemBlock> read_pem(std::string_view text) {
  for (std::size_t end = text.find(k_end); end != std::string_view::npos; end = text.find(k_end, end + k_end.size())) {
    if (auto block = read_block(text, end)) return block;
  }
  return std::nullopt;
}

std::string format_pem(std::string_view type, std::string_view bytes) {
  constexpr std::size_t k_width = 64;
  const std::string digits = encode_base64(bytes);
  std::string text = std::string(k_begin) + std::string(type) + "-----\n";
  for (std::size_t i = 0; i < digits.size(); i += k_width) {
    text += digits.substr(i, k_width);
    text += '\n';
  }
  text += k_end.substr(1);
  text += type;
  text += "-----\n";
  return text;
}

}  // namespace reconciled::helm
