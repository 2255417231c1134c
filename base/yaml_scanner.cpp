#include "base/yaml_scanner.h"

#include "base/utf8.h"

#include <algorithm>
#include <cstring>

namespace reconciled {
namespace {

using Kind = YamlToken::Kind;

constexpr std::size_t k_look_ahead = 16;
constexpr std::uint32_t k_longest_key = 1024;
constexpr std::size_t k_deepest = 10'000;

}  // namespace

YamlScanner::YamlScanner(std::string_view text, std::size_t skipped, YamlRules rules)
    : m_buffer(std::make_unique_for_overwrite<char[]>(text.size() + k_look_ahead)),
      m_text(m_buffer.get()),
      m_size(text.size()),
      m_rules(rules) {
  std::ranges::copy(text, m_buffer.get());
  std::memset(m_buffer.get() + text.size(), 0, k_look_ahead);
  m_simple_keys.emplace_back();
  find_wall(text, skipped);
  if (m_wall) std::memset(m_buffer.get() + *m_wall, 0, m_size - *m_wall);
}

bool YamlScanner::is_document_indicator() const {
  if (m_at != m_line_begin) return false;
  const bool dashes = at() == '-' && at(1) == '-' && at(2) == '-';
  const bool dots = at() == '.' && at(1) == '.' && at(2) == '.';
  return (dashes || dots) && is_blank_or_end(3);
}

YamlPlace YamlScanner::place() const {
  return {static_cast<std::uint32_t>(m_at), static_cast<std::uint32_t>(m_at - m_wide), m_line,
          static_cast<std::uint32_t>(column())};
}

void YamlScanner::skip_line() {
  if (at() == '\r' && at(1) == '\n')
    m_at += 2;
  else
    skip();
  ++m_line;
  m_line_begin = m_at;
  m_line_wide = m_wide;
}

void YamlScanner::read(std::string& out) {
  const std::size_t begin = m_at;
  skip();
  out.append(m_text + begin, m_at - begin);
}

void YamlScanner::read_line(std::string& out) {
  if (!is_break()) return;
  const std::size_t begin = m_at;
  skip_line();
  // LS and PS stay what they are, all others become LF.
  if (m_text[begin] == '\xE2')
    out.append(m_text + begin, m_at - begin);
  else
    out += '\n';
}

void YamlScanner::skip_blanks_and_comment() {
  while (is_blank()) skip_ascii(1);
  if (at() != '#') return;
  while (!is_break_or_end()) skip();
}

std::string_view YamlScanner::keep(std::string_view text) {
  constexpr std::size_t k_chunk = 16U << 10;
  if (text.empty()) return {};
  if (text.size() > m_kept_left) {
    m_kept_left = std::max(k_chunk, text.size());
    m_kept.push_back(std::make_unique_for_overwrite<char[]>(m_kept_left));
    m_kept_next = m_kept.back().get();
  }
  std::memcpy(m_kept_next, text.data(), text.size());
  const std::string_view kept(m_kept_next, text.size());
  m_kept_next += text.size();
  m_kept_left -= text.size();
  return kept;
}

bool YamlScanner::fail(std::string_view context, const YamlPlace& context_place, std::string_view problem) {
  m_failed = true;
  if (meets_wall()) return false;
  m_failure = {YamlFailure::Stage::scanner, std::string(problem), std::string(context), place(), context_place, true};
  return false;
}

/// Whether the scanner has looked at what the reader cannot give; the failure is the reader's then.
bool YamlScanner::meets_wall() {
  constexpr std::size_t k_looked_at = 4;
  if (!m_wall || m_at + k_looked_at <= *m_wall) return false;
  m_failed = true;
  m_failure = m_wall_failure;
  return true;
}

// --- tokens

const YamlToken* YamlScanner::peek() {
  if (m_failed) return nullptr;
  if (!m_available && !fetch_more()) return nullptr;
  return &m_tokens[m_head];
}

void YamlScanner::take() {
  m_available = false;
  ++m_taken;
  if (++m_head == m_tokens.size()) {
    m_tokens.clear();
    m_head = 0;
  }
}

bool YamlScanner::fetch_more() {
  while (true) {
    if (m_head != m_tokens.size()) {
      const std::uint32_t level = m_tokens[m_head].key_level;
      if (level == 0 || level > m_simple_keys.size() || m_simple_keys[level - 1].number != m_taken) break;
      bool valid = false;
      if (!check_simple_key(m_simple_keys[level - 1], valid)) return false;
      if (!valid) break;
    }
    if (!fetch_next()) return false;
  }
  m_available = true;
  return true;
}

bool YamlScanner::fetch_next() {
  if (!m_started) {
    if (m_wall == std::size_t{0}) return !meets_wall();
    m_started = true;
    append({.kind = Kind::stream_start, .start = place(), .end = place()});
    return true;
  }
  skip_to_token();
  if (meets_wall()) return false;
  unroll_indent(column());
  if (is_end()) return fetch_stream_end();
  return fetch_indicator() && !meets_wall();
}

bool YamlScanner::fetch_indicator() {
  if (m_at == m_line_begin) {
    if (at() == '%') return fetch_directive();
    if (is_document_indicator())
      return fetch_document_indicator(at() == '-' ? Kind::document_start : Kind::document_end);
  }
  const bool in_flow = m_flow_level > 0;
  switch (at()) {
    case '[': return fetch_flow_start(Kind::flow_sequence_start);
    case '{': return fetch_flow_start(Kind::flow_mapping_start);
    case ']': return fetch_flow_end(Kind::flow_sequence_end);
    case '}': return fetch_flow_end(Kind::flow_mapping_end);
    case ',': return fetch_flow_entry();
    case '-':
      if (is_blank_or_end(1)) return fetch_block_entry();
      break;
    case '?':
      if (in_flow || is_blank_or_end(1)) return fetch_key();
      break;
    case ':':
      if (in_flow || is_blank_or_end(1)) return fetch_value();
      break;
    default: break;
  }
  return fetch_block_or_scalar();
}

bool YamlScanner::fetch_block_or_scalar() {
  const bool in_flow = m_flow_level > 0;
  switch (at()) {
    case '*':
    case '&': return fetch_scanned(&YamlScanner::scan_anchor);
    case '!': return fetch_scanned(&YamlScanner::scan_tag);
    case '\'':
    case '"': return fetch_scanned(&YamlScanner::scan_quoted);
    case '|':
    case '>':
      if (!in_flow) return fetch_block_scalar();
      break;
    case '-':
    case '?':
    case ':': return fetch_scanned(&YamlScanner::scan_plain);  // no indicator here
    case '\t':
    case '#':
    case '%':
    case '@':
    case '`': break;
    default: return fetch_scanned(&YamlScanner::scan_plain);
  }
  return fail("while scanning for the next token", place(), "found character that cannot start any token");
}

void YamlScanner::append(YamlToken token) {
  m_tokens.push_back(token);
}

void YamlScanner::append_indicator(Kind kind, std::size_t length) {
  const YamlPlace start = place();
  skip_ascii(length);
  append({.kind = kind, .start = start, .end = place()});
}

void YamlScanner::insert(std::uint64_t number, YamlToken token) {
  if (number < m_taken) {  // too late
    m_tokens.push_back(token);
    return;
  }
  m_tokens.insert(m_tokens.begin() + static_cast<std::ptrdiff_t>(m_head + (number - m_taken)), token);
}

bool YamlScanner::fetch_stream_end() {
  if (m_at != m_line_begin) {  // on a line of its own
    ++m_line;
    m_line_begin = m_at;
    m_line_wide = m_wide;
  }
  unroll_indent(-1);
  if (!remove_simple_key()) return false;
  m_simple_key_allowed = false;
  append({.kind = Kind::stream_end, .start = place(), .end = place()});
  return true;
}

bool YamlScanner::fetch_directive() {
  unroll_indent(-1);
  if (!remove_simple_key()) return false;
  m_simple_key_allowed = false;
  YamlToken token;
  if (!scan_directive(token)) return false;
  append(token);
  return true;
}

bool YamlScanner::fetch_document_indicator(Kind kind) {
  unroll_indent(-1);
  if (!remove_simple_key()) return false;
  m_simple_key_allowed = false;
  append_indicator(kind, 3);
  return true;
}

bool YamlScanner::fetch_flow_start(Kind kind) {
  if (!save_simple_key()) return false;
  const bool is_key = m_simple_key_allowed;
  const auto level = static_cast<std::uint32_t>(m_simple_keys.size());
  m_simple_keys.push_back({.number = m_taken + (m_tokens.size() - m_head), .place = place()});
  if (++m_flow_level > k_deepest) return fail("while increasing flow level", place(), "exceeded max depth of 10000");
  m_simple_key_allowed = true;
  append_indicator(kind, 1);
  if (is_key) m_tokens.back().key_level = level;
  return true;
}

bool YamlScanner::fetch_flow_end(Kind kind) {
  if (!remove_simple_key()) return false;
  if (m_flow_level > 0) {
    --m_flow_level;
    const std::uint64_t number = m_simple_keys.back().number;
    m_simple_keys.pop_back();
    // go-yaml forgets that an empty collection may be a key: `{}: 1` is not what it looks like.
    const std::size_t index = m_head + (number - m_taken);
    if (m_rules == YamlRules::go && number >= m_taken && index < m_tokens.size()) m_tokens[index].key_level = 0;
  }
  m_simple_key_allowed = false;
  append_indicator(kind, 1);
  return true;
}

bool YamlScanner::fetch_flow_entry() {
  if (!remove_simple_key()) return false;
  m_simple_key_allowed = true;
  append_indicator(Kind::flow_entry, 1);
  return true;
}

bool YamlScanner::fetch_block_entry() {
  if (m_flow_level == 0) {  // in flow the parser knows better what to say
    if (!m_simple_key_allowed) return fail("", place(), "block sequence entries are not allowed in this context");
    if (!roll_indent(column(), std::nullopt, Kind::block_sequence_start, place())) return false;
  }
  if (!remove_simple_key()) return false;
  m_simple_key_allowed = true;
  append_indicator(Kind::block_entry, 1);
  return true;
}

bool YamlScanner::fetch_key() {
  if (m_flow_level == 0) {
    if (!m_simple_key_allowed) return fail("", place(), "mapping keys are not allowed in this context");
    if (!roll_indent(column(), std::nullopt, Kind::block_mapping_start, place())) return false;
  }
  if (!remove_simple_key()) return false;
  m_simple_key_allowed = m_flow_level == 0;
  append_indicator(Kind::key, 1);
  return true;
}

bool YamlScanner::fetch_value() {
  SimpleKey& key = m_simple_keys.back();
  bool valid = false;
  if (!check_simple_key(key, valid)) return false;
  if (valid) {
    const SimpleKey found = key;
    key.possible = false;
    insert(found.number, {.kind = Kind::key, .start = found.place, .end = found.place});
    if (!roll_indent(static_cast<std::int32_t>(found.place.column), found.number, Kind::block_mapping_start,
                     found.place)) {
      return false;
    }
    m_simple_key_allowed = false;
  } else {
    if (m_flow_level == 0) {
      if (!m_simple_key_allowed) return fail("", place(), "mapping values are not allowed in this context");
      if (!roll_indent(column(), std::nullopt, Kind::block_mapping_start, place())) return false;
    }
    m_simple_key_allowed = m_flow_level == 0;
  }
  append_indicator(Kind::value, 1);
  return true;
}

/// Anchors, aliases, tags and scalars: each may begin a simple key, and none follows it.
bool YamlScanner::fetch_scanned(bool (YamlScanner::*scan)(YamlToken& token)) {
  if (!save_simple_key()) return false;
  YamlToken token;
  if (m_simple_key_allowed) token.key_level = static_cast<std::uint32_t>(m_simple_keys.size());
  m_simple_key_allowed = false;
  if (!(this->*scan)(token)) return false;
  append(token);
  return true;
}

bool YamlScanner::fetch_block_scalar() {
  if (!remove_simple_key()) return false;
  m_simple_key_allowed = true;
  YamlToken token;
  if (!scan_block_scalar(token)) return false;
  append(token);
  return true;
}

// --- keys and indentation

void YamlScanner::skip_printable() {
  std::size_t end = m_at;
  while (m_text[end] >= ' ' && m_text[end] != '\x7F') ++end;
  m_at = end;
}

void YamlScanner::skip_to_token() {
  constexpr std::string_view k_bom = "\xEF\xBB\xBF";
  while (true) {
    if (m_at == 0 && std::string_view(m_text, std::min<std::size_t>(m_size, 3)) == k_bom) skip();
    while (at() == ' ' || (at() == '\t' && (m_flow_level > 0 || !m_simple_key_allowed))) skip_ascii(1);
    if (at() == '#') {
      skip_printable();
      while (!is_break_or_end()) skip();
    }
    if (!is_break()) return;
    skip_line();
    if (m_flow_level == 0) m_simple_key_allowed = true;
  }
}

bool YamlScanner::check_simple_key(SimpleKey& key, bool& valid) {
  valid = key.possible;
  if (!valid) return true;
  if (key.place.line == m_line && key.place.index + k_longest_key >= m_at - m_wide) return true;
  if (key.required) return fail("while scanning a simple key", key.place, "could not find expected ':'");
  key.possible = valid = false;
  return true;
}

bool YamlScanner::save_simple_key() {
  if (!m_simple_key_allowed) return true;
  if (!remove_simple_key()) return false;
  m_simple_keys.back() = {true, m_flow_level == 0 && m_indent == column(), m_taken + (m_tokens.size() - m_head),
                          place()};
  return true;
}

bool YamlScanner::remove_simple_key() {
  SimpleKey& key = m_simple_keys.back();
  if (key.possible && key.required)
    return fail("while scanning a simple key", key.place, "could not find expected ':'");
  key.possible = false;
  return true;
}

bool YamlScanner::roll_indent(std::int32_t column, std::optional<std::uint64_t> number, Kind kind,
                              const YamlPlace& place) {
  if (m_flow_level > 0 || m_indent >= column) return true;
  m_indents.push_back(m_indent);
  m_indent = column;
  if (m_indents.size() > k_deepest)
    return fail("while increasing indent level", m_simple_keys.back().place, "exceeded max depth of 10000");
  const YamlToken token{.kind = kind, .start = place, .end = place};
  if (number)
    insert(*number, token);
  else
    append(token);
  return true;
}

void YamlScanner::unroll_indent(std::int32_t column) {
  if (m_flow_level > 0) return;
  while (m_indent > column) {
    append({.kind = Kind::block_end, .start = place(), .end = place()});
    m_indent = m_indents.back();
    m_indents.pop_back();
  }
}

}  // namespace reconciled
