#include "base/utf8.h"
#include "base/yaml_scanner.h"

#include <algorithm>
#include <cstring>

namespace reconciled {
namespace {

constexpr std::string_view k_in_directive = "while scanning a directive";
constexpr std::string_view k_in_version = "while scanning a %YAML directive";
constexpr std::string_view k_in_tag_directive = "while scanning a %TAG directive";
constexpr std::string_view k_in_tag = "while scanning a tag";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_alpha(char c) {
  const char lower = static_cast<char>(c | 0x20);
  return is_digit(c) || (lower >= 'a' && lower <= 'z') || c == '_' || c == '-';
}
bool is_uri_character(char c) {
  return is_alpha(c) || (c != '\0' && std::string_view(";/?:@&=+$,.!~*'()[]%").find(c) != std::string_view::npos);
}
int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Where go-yaml's reader stops at a text: it takes 512 bytes at a time, and none of a piece with an error in it.
struct Fault {
  std::size_t offset = 0;
  std::string_view problem;
};

/// Whether eight bytes are all printable ASCII.
bool are_printable(const char* bytes) {
  constexpr std::uint64_t k_ones = 0x0101010101010101;
  constexpr std::uint64_t k_high = 0x80 * k_ones;
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  const std::uint64_t deletes = word ^ (0x7F * k_ones);
  return ((word | (word - 0x20 * k_ones) | (deletes - k_ones)) & k_high) == 0;
}

std::optional<Fault> find_fault(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    while (at + sizeof(std::uint64_t) <= text.size() && are_printable(text.data() + at)) at += sizeof(std::uint64_t);
    if (at == text.size()) break;
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      if (byte < 0x20 ? byte == '\t' || byte == '\n' || byte == '\r' : byte != 0x7F) {
        ++at;
        continue;
      }
      return Fault{at, "control characters are not allowed"};
    }
    const std::size_t width = (byte & 0xE0U) == 0xC0 ? 2 : (byte & 0xF0U) == 0xE0 ? 3 : (byte & 0xF8U) == 0xF0 ? 4 : 0;
    if (width == 0) return Fault{at, "invalid leading UTF-8 octet"};
    if (at + width > text.size()) return Fault{at, "incomplete UTF-8 octet sequence"};
    for (std::size_t i = 1; i < width; ++i) {
      if ((static_cast<unsigned char>(text[at + i]) & 0xC0U) != 0x80) return Fault{at, "invalid trailing UTF-8 octet"};
    }
    std::uint32_t value = byte & (0xFFU >> (width + 1));
    for (std::size_t i = 1; i < width; ++i) value = value << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
    if (value < (width == 2 ? 0x80U : width == 3 ? 0x800U : 0x10000U))
      return Fault{at, "invalid length of a UTF-8 sequence"};
    if ((value >= 0xD800 && value <= 0xDFFF) || value > 0x10FFFF) return Fault{at, "invalid Unicode character"};
    if ((value < 0xA0 && value != 0x85) || value == 0xFFFE || value == 0xFFFF)
      return Fault{at, "control characters are not allowed"};
    at += width;
  }
  return std::nullopt;
}

}  // namespace

void YamlScanner::find_wall(std::string_view text, std::size_t skipped) {
  constexpr std::size_t k_piece = 512;
  const auto fault = find_fault(text);
  if (!fault) return;
  std::size_t wall = 0;
  for (std::size_t end = k_piece - skipped; end <= fault->offset; end = wall + k_piece) {
    wall = end;
    while ((static_cast<unsigned char>(text[wall]) & 0xC0U) == 0x80U) --wall;  // a character that is cut waits
  }
  if (fault->problem.starts_with("incomplete")) wall = fault->offset;  // more of it might have come
  m_wall = wall;
  m_wall_failure.stage = YamlFailure::Stage::reader;
  m_wall_failure.problem = fault->problem;
  m_wall_failure.problem_place.offset = static_cast<std::uint32_t>(fault->offset);
}

bool YamlScanner::fail_tag(bool directive, const YamlPlace& place, std::string_view problem) {
  return fail(directive ? "while parsing a %TAG directive" : "while parsing a tag", place, problem);
}

bool YamlScanner::scan_directive(YamlToken& token) {
  token.start = place();
  skip_ascii(1);
  const std::size_t begin = m_at;
  while (is_alpha(at())) skip_ascii(1);
  const std::string_view name(m_text + begin, m_at - begin);
  if (name.empty()) return fail(k_in_directive, token.start, "could not find expected directive name");
  if (!is_blank_or_end()) return fail(k_in_directive, token.start, "found unexpected non-alphabetical character");
  if (name == "YAML") {
    if (!scan_version(token, token.start)) return false;
  } else if (name == "TAG") {
    if (!scan_tag_directive(token, token.start)) return false;
  } else {
    return fail(k_in_directive, token.start, "found unknown directive name");
  }
  token.end = place();
  skip_blanks_and_comment();
  if (!is_break_or_end()) return fail(k_in_directive, token.start, "did not find expected comment or line break");
  if (is_break()) skip_line();
  return true;
}

bool YamlScanner::scan_version(YamlToken& token, const YamlPlace& start) {
  token.kind = YamlToken::Kind::version_directive;
  while (is_blank()) skip_ascii(1);
  if (!scan_version_number(token.major, start)) return false;
  if (at() != '.') return fail(k_in_version, start, "did not find expected digit or '.' character");
  skip_ascii(1);
  return scan_version_number(token.minor, start);
}

bool YamlScanner::scan_version_number(int& number, const YamlPlace& start) {
  constexpr int k_most_digits = 2;
  int length = 0;
  for (; is_digit(at()); skip_ascii(1)) {
    if (++length > k_most_digits) return fail(k_in_version, start, "found extremely long version number");
    number = number * 10 + (at() - '0');
  }
  return length > 0 || fail(k_in_version, start, "did not find expected version number");
}

bool YamlScanner::scan_tag_directive(YamlToken& token, const YamlPlace& start) {
  token.kind = YamlToken::Kind::tag_directive;
  std::string handle;
  std::string prefix;
  while (is_blank()) skip_ascii(1);
  if (!scan_tag_handle(true, start, handle)) return false;
  if (!is_blank()) return fail(k_in_tag_directive, start, "did not find expected whitespace");
  while (is_blank()) skip_ascii(1);
  if (!scan_tag_uri(true, true, "", start, prefix)) return false;
  if (!is_blank_or_end()) return fail(k_in_tag_directive, start, "did not find expected whitespace or line break");
  token.text = keep(handle);
  token.suffix = keep(prefix);
  return true;
}

bool YamlScanner::scan_anchor(YamlToken& token) {
  const bool anchor = at() == '&';
  token.kind = anchor ? YamlToken::Kind::anchor : YamlToken::Kind::alias;
  token.start = place();
  skip_ascii(1);
  const std::size_t begin = m_at;
  while (is_alpha(at())) skip_ascii(1);
  token.text = {m_text + begin, m_at - begin};
  token.end = place();
  const bool ends = is_blank_or_end() || std::string_view("?:,]}%@`").find(at()) != std::string_view::npos;
  if (!token.text.empty() && ends) return true;
  return fail(anchor ? "while scanning an anchor" : "while scanning an alias", token.start,
              "did not find expected alphabetic or numeric character");
}

bool YamlScanner::scan_tag(YamlToken& token) {
  token.kind = YamlToken::Kind::tag;
  token.start = place();
  std::string handle;
  std::string suffix;
  if (at(1) == '<') {
    skip_ascii(2);
    if (!scan_tag_uri(false, true, "", token.start, suffix)) return false;
    if (at() != '>') return fail(k_in_tag, token.start, "did not find the expected '>'");
    skip_ascii(1);
  } else {
    if (!scan_tag_handle(false, token.start, handle)) return false;
    if (handle.size() > 1 && handle.back() == '!') {
      if (!scan_tag_uri(false, false, "", token.start, suffix)) return false;
    } else {
      if (!scan_tag_uri(false, false, handle, token.start, suffix)) return false;
      handle = "!";
      if (suffix.empty()) std::swap(handle, suffix);  // the tag "!"
    }
  }
  const bool flow_entry = m_rules == YamlRules::common && m_flow_level > 0 && at() == ',';
  if (!is_blank_or_end() && !flow_entry)
    return fail(k_in_tag, token.start, "did not find expected whitespace or line break");
  token.text = keep(handle);
  token.suffix = keep(suffix);
  token.end = place();
  return true;
}

bool YamlScanner::scan_tag_handle(bool directive, const YamlPlace& start, std::string& handle) {
  if (at() != '!') return fail_tag(directive, start, "did not find expected '!'");
  read(handle);
  while (is_alpha(at())) read(handle);
  if (at() == '!')
    read(handle);
  else if (directive && handle != "!")
    return fail_tag(directive, start, "did not find expected '!'");
  return true;
}

bool YamlScanner::scan_tag_uri(bool directive, bool verbatim, std::string_view head, const YamlPlace& start,
                               std::string& uri) {
  bool has_tag = !head.empty();
  if (head.size() > 1) uri = head.substr(1);
  const bool stops_at_flow = !verbatim && m_rules == YamlRules::common;
  const auto is_flow = [](char c) { return c == ',' || c == '[' || c == ']'; };
  while (is_uri_character(at()) && !(stops_at_flow && is_flow(at()))) {
    if (at() != '%')
      read(uri);
    else if (!scan_uri_escape(directive, start, uri))
      return false;
    has_tag = true;
  }
  return has_tag || fail_tag(directive, start, "did not find expected tag URI");
}

/// One character, as the octets of its UTF-8.
bool YamlScanner::scan_uri_escape(bool directive, const YamlPlace& start, std::string& uri) {
  std::size_t left = 0;
  do {
    if (at() != '%' || hex_digit(at(1)) < 0 || hex_digit(at(2)) < 0)
      return fail_tag(directive, start, "did not find URI escaped octet");
    const auto octet = static_cast<unsigned>(hex_digit(at(1)) * 16 + hex_digit(at(2)));
    if (left == 0) {
      left = octet < 0x80              ? 1
             : (octet & 0xE0U) == 0xC0 ? 2
             : (octet & 0xF0U) == 0xE0 ? 3
             : (octet & 0xF8U) == 0xF0 ? 4
                                       : 0;
      if (left == 0) return fail_tag(directive, start, "found an incorrect leading UTF-8 octet");
    } else if ((octet & 0xC0U) != 0x80) {
      return fail_tag(directive, start, "found an incorrect trailing UTF-8 octet");
    }
    uri += static_cast<char>(octet);
    skip_ascii(3);
  } while (--left > 0);
  return true;
}

}  // namespace reconciled
