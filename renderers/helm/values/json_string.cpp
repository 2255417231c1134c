#include "renderers/helm/values/json_string.h"

#include "base/json_escape.h"
#include "base/utf8.h"

#include <array>
#include <charconv>

namespace reconciled::helm {
namespace {

constexpr std::string_view k_hex = "0123456789abcdef";
constexpr std::uint32_t k_replacement = 0xFFFD;

constexpr std::array<bool, 256> make_plain() {
  std::array<bool, 256> plain{};
  for (std::size_t i = 0x20; i < 0x80; ++i) plain[i] = i != '"' && i != '\\' && i != '<' && i != '>' && i != '&';
  return plain;
}
constexpr std::array<bool, 256> k_plain = make_plain();

/// A character beyond ASCII; how many bytes it takes.
std::size_t append_wide(std::string& out, std::string_view text) {
  const CodePoint point = first_code_point(text);
  if (point.length == 0) {
    out += "\\ufffd";
    return 1;
  }
  if (point.value == 0x2028 || point.value == 0x2029)
    (out += "\\u202") += k_hex[point.value & 15];
  else
    out += text.substr(0, point.length);
  return point.length;
}

std::uint32_t hex_at(std::string_view text, std::size_t at) {
  std::uint32_t value = 0;
  std::from_chars(text.data() + at, text.data() + at + 4, value, 16);
  return value;
}

/// Reads \uXXXX at the beginning, with its other half where it is a surrogate; how many bytes it takes.
std::size_t append_unicode_escape(std::string& out, std::string_view text) {
  std::uint32_t point = hex_at(text, 2);
  std::size_t length = 6;
  if (point >= 0xD800 && point < 0xE000) {
    const bool pair = point < 0xDC00 && text.substr(6, 2) == "\\u";
    const std::uint32_t low = pair ? hex_at(text, 8) : 0;
    if (low >= 0xDC00 && low < 0xE000) {
      point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
      length = 12;
    } else {
      point = k_replacement;
    }
  }
  append_utf8(out, point);
  return length;
}

char unescaped(char c) {
  switch (c) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return c;
  }
}

}  // namespace

void append_go_json_string(std::string& out, std::string_view text, JsonHtml html) {
  out += '"';
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool markup = c == '<' || c == '>' || c == '&';
    if (k_plain[c] || (markup && html == JsonHtml::keep)) {
      ++i;
      continue;
    }
    out += text.substr(done, i - done);
    if (c >= 0x80) {
      i += append_wide(out, text.substr(i));
    } else {
      append_json_escape(out, c);
      ++i;
    }
    done = i;
  }
  out += text.substr(done);
  out += '"';
}

std::string unescape_json_string(std::string_view inside) {
  std::string out;
  out.reserve(inside.size());
  for (std::size_t i = 0; i < inside.size();) {
    const auto c = static_cast<unsigned char>(inside[i]);
    if (c >= 0x80) {
      const CodePoint point = first_code_point(inside.substr(i));
      append_utf8(out, point.length == 0 ? k_replacement : point.value);
      i += point.length == 0 ? 1 : point.length;
    } else if (c != '\\') {
      out += inside[i++];
    } else if (inside[i + 1] == 'u') {
      i += append_unicode_escape(out, inside.substr(i));
    } else {
      out += unescaped(inside[i + 1]);
      i += 2;
    }
  }
  return out;
}

}  // namespace reconciled::helm
