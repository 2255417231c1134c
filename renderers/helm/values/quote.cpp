#include "renderers/helm/values/quote.h"

#include "base/unicode.h"
#include "base/utf8.h"

#include <array>
#include <utility>

namespace reconciled::helm {
namespace {

constexpr std::uint32_t k_replacement = 0xFFFD;
constexpr std::uint32_t k_largest_rune = 0x10FFFF;
constexpr std::string_view k_hex = "0123456789abcdef";

/// Letter of an escape and what it stands for.
constexpr std::array<std::pair<char, char>, 7> k_escapes{
    {{'a', '\a'}, {'b', '\b'}, {'f', '\f'}, {'n', '\n'}, {'r', '\r'}, {'t', '\t'}, {'v', '\v'}}};

bool is_rune(std::uint32_t code_point) {
  return code_point < 0xD800 || (code_point > 0xDFFF && code_point <= k_largest_rune);
}

void append_hex(std::string& out, std::uint32_t number, int digits) {
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out += k_hex[(number >> shift) & 0xF];
}

void append_escaped(std::string& out, std::uint32_t rune, char quote, QuoteRange range) {
  if (rune == static_cast<unsigned char>(quote) || rune == '\\') {
    out += '\\';
    out += static_cast<char>(rune);
    return;
  }
  if ((range == QuoteRange::printable || rune < 0x80) && is_printable(rune)) {
    append_utf8(out, rune);
    return;
  }
  for (const auto& [letter, value] : k_escapes) {
    if (rune != static_cast<unsigned char>(value)) continue;
    out += '\\';
    out += letter;
    return;
  }
  if (rune < ' ' || rune == 0x7F) {
    out += "\\x";
    append_hex(out, rune, 2);
  } else if (rune < 0x10000) {
    out += "\\u";
    append_hex(out, rune, 4);
  } else {
    out += "\\U";
    append_hex(out, rune, 8);
  }
}

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 16;
}

/// `count` digits of a base.
std::optional<std::uint32_t> read_digits(std::string_view text, std::size_t count, int base) {
  if (text.size() < count) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text.substr(0, count)) {
    const int digit = digit_value(c);
    if (digit >= base) return std::nullopt;
    value = value * static_cast<std::uint64_t>(base) + static_cast<std::uint64_t>(digit);
  }
  if (value > 0xFFFFFFFF) return std::nullopt;
  return static_cast<std::uint32_t>(value);
}

/// What follows a backslash; the length counts the backslash.
std::optional<LiteralCharacter> unquote_escape(std::string_view text, char quote) {
  if (text.size() < 2) return std::nullopt;
  const char kind = text[1];
  for (const auto& [letter, value] : k_escapes) {
    if (kind == letter) return LiteralCharacter{static_cast<unsigned char>(value), true, 2};
  }
  if (kind == 'x' || kind == 'u' || kind == 'U') {
    const std::size_t count = kind == 'x' ? 2 : kind == 'u' ? 4 : 8;
    const auto value = read_digits(text.substr(2), count, 16);
    if (!value || (kind != 'x' && !is_rune(*value))) return std::nullopt;
    return LiteralCharacter{*value, kind == 'x', count + 2};
  }
  if (kind >= '0' && kind <= '7') {
    const auto value = read_digits(text.substr(1), 3, 8);
    if (!value || *value > 0xFF) return std::nullopt;
    return LiteralCharacter{*value, true, 4};
  }
  if (kind == '\\' || (kind == quote && (kind == '"' || kind == '\'')))
    return LiteralCharacter{static_cast<unsigned char>(kind), true, 2};
  return std::nullopt;
}

std::optional<std::string> unquote_raw(std::string_view inside) {
  if (inside.find('`') != std::string_view::npos) return std::nullopt;
  std::string out(inside);
  std::erase(out, '\r');
  return out;
}

}  // namespace

Rune first_rune(std::string_view text) {
  if (text.empty()) return {};
  if (static_cast<unsigned char>(text[0]) < 0x80) return {static_cast<unsigned char>(text[0]), 1};
  const CodePoint found = first_code_point(text);
  return found.length == 0 ? Rune{k_replacement, 1} : Rune{found.value, found.length};
}

std::size_t count_runes(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(first_rune(text).length);
  return count;
}

void append_rune(std::string& out, std::uint32_t code_point) {
  append_utf8(out, is_rune(code_point) ? code_point : k_replacement);
}

void append_quoted(std::string& out, std::string_view text, QuoteRange range) {
  out += '"';
  while (!text.empty()) {
    const Rune rune = first_rune(text);
    if (rune.length == 1 && rune.value == k_replacement) {
      out += "\\x";
      append_hex(out, static_cast<unsigned char>(text[0]), 2);
    } else {
      append_escaped(out, rune.value, '"', range);
    }
    text.remove_prefix(rune.length);
  }
  out += '"';
}

std::string quoted(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

void append_quoted_rune(std::string& out, std::uint32_t code_point, QuoteRange range) {
  out += '\'';
  append_escaped(out, is_rune(code_point) ? code_point : k_replacement, '\'', range);
  out += '\'';
}

bool can_backquote(std::string_view text) {
  while (!text.empty()) {
    const Rune rune = first_rune(text);
    text.remove_prefix(rune.length);
    if (rune.length > 1) {
      if (rune.value == 0xFEFF) return false;
      continue;
    }
    if (rune.value == k_replacement || rune.value == '`' || rune.value == 0x7F) return false;
    if (rune.value < ' ' && rune.value != '\t') return false;
  }
  return true;
}

std::optional<LiteralCharacter> unquote_character(std::string_view text, char quote) {
  if (text.empty() || text[0] == quote) return std::nullopt;
  if (text[0] == '\\') return unquote_escape(text, quote);
  const Rune rune = first_rune(text);
  return LiteralCharacter{rune.value, rune.value < 0x80, rune.length};
}

std::optional<std::string> unquote(std::string_view literal) {
  if (literal.size() < 2 || literal.front() != literal.back()) return std::nullopt;
  const char quote = literal.front();
  literal = literal.substr(1, literal.size() - 2);
  if (quote == '`') return unquote_raw(literal);
  if (quote != '"' || literal.find('\n') != std::string_view::npos) return std::nullopt;
  std::string out;
  out.reserve(literal.size());
  while (!literal.empty()) {
    const auto character = unquote_character(literal, quote);
    if (!character) return std::nullopt;
    if (character->is_byte) {
      out += static_cast<char>(character->value);
    } else {
      append_rune(out, character->value);
    }
    literal.remove_prefix(character->length);
  }
  return out;
}

}  // namespace reconciled::helm
