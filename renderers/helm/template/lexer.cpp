#include "renderers/helm/template/lexer.h"

#include "base/unicode.h"
#include "renderers/helm/values/format_text.h"
#include "renderers/helm/values/quote.h"

#include <algorithm>
#include <array>
#include <utility>

namespace reconciled::helm {
namespace {

constexpr std::string_view k_left = "{{";
constexpr std::string_view k_right = "}}";
constexpr std::string_view k_spaces = " \t\r\n";
constexpr std::uint32_t k_marker_length = 2;  // of a trim marker: the minus and the space

constexpr std::array<std::pair<std::string_view, TokenKind>, 12> k_keywords{{
    {".", TokenKind::dot},
    {"block", TokenKind::block},
    {"break", TokenKind::break_},
    {"continue", TokenKind::continue_},
    {"define", TokenKind::define},
    {"else", TokenKind::else_},
    {"end", TokenKind::end},
    {"if", TokenKind::if_},
    {"nil", TokenKind::nil},
    {"range", TokenKind::range},
    {"template", TokenKind::template_},
    {"with", TokenKind::with},
}};

/// ASCII letters, digits and the underscore.
constexpr std::array<bool, 0x100> k_is_word = [] {
  std::array<bool, 0x100> is_word{};
  for (const char c : std::string_view("_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    is_word.at(static_cast<unsigned char>(c)) = true;
  return is_word;
}();

bool is_blank(std::uint32_t rune) {
  return rune == ' ' || rune == '\t' || rune == '\r' || rune == '\n';
}

bool is_alphanumeric(std::uint32_t rune) {
  if (rune < 0x80) return k_is_word[rune];
  return rune <= 0x10FFFF && (is_letter(rune) || is_decimal_digit(rune));
}

bool has_left_marker(std::string_view text) {
  return text.size() >= 2 && text[0] == '-' && is_blank(static_cast<unsigned char>(text[1]));
}

bool has_right_marker(std::string_view text) {
  return text.size() >= 2 && is_blank(static_cast<unsigned char>(text[0])) && text[1] == '-';
}

/// As %#U.
std::string code_point_text(std::uint32_t rune) {
  std::string text;
  TextFormatter formatter(text);
  formatter.flags.sharp = true;
  formatter.unicode(rune);
  return text;
}

}  // namespace

std::string describe(const Token& token) {
  if (token.kind == TokenKind::end_of_file) return "EOF";
  if (token.kind == TokenKind::error) return std::string(token.text);
  if (is_keyword(token.kind)) return "<" + std::string(token.text) + ">";
  if (token.text.size() <= 10) return quoted(token.text);
  std::string text;
  TextFormatter formatter(text);
  formatter.flags.has_precision = true;
  formatter.flags.precision = 10;
  formatter.quoted_string(token.text);
  return text + "...";
}

inline std::uint32_t Lexer::peek() const {
  if (m_at >= m_text.size()) return k_end;
  const auto byte = static_cast<unsigned char>(m_text.data()[m_at]);
  return byte < 0x80 ? byte : first_rune(rest()).value;
}

inline std::uint32_t Lexer::take() {
  if (m_at >= m_text.size()) return k_end;
  if (const auto byte = static_cast<unsigned char>(m_text.data()[m_at]); byte < 0x80) {
    ++m_at;
    return byte;
  }
  const Rune rune = first_rune(rest());
  m_at += static_cast<std::uint32_t>(rune.length);
  return rune.value;
}

inline bool Lexer::accept(std::string_view valid) {
  if (m_at >= m_text.size() || valid.find(m_text.data()[m_at]) == std::string_view::npos) return false;
  ++m_at;
  return true;
}

inline void Lexer::take_alphanumerics() {
  const char* const text = m_text.data();
  const std::size_t size = m_text.size();
  std::size_t at = m_at;
  while (true) {
    while (at < size && k_is_word[static_cast<unsigned char>(text[at])]) ++at;
    m_at = static_cast<std::uint32_t>(at);
    if (at >= size || static_cast<unsigned char>(text[at]) < 0x80 || !is_alphanumeric(peek())) return;
    take();
    at = m_at;
  }
}

inline void Lexer::accept_run(std::string_view valid) {
  while (accept(valid)) {
  }
}

inline void Lexer::emit_line(Token& token, TokenKind kind) {
  token.kind = kind;
  token.position = m_start;
  token.line = m_start_line;
  token.text = {m_text.data() + m_start, m_at - m_start};
  m_start = m_at;
}

inline void Lexer::emit(Token& token, TokenKind kind) {
  const std::uint32_t start = m_start;
  emit_line(token, kind);
  m_start = start;
  ignore();
}

inline void Lexer::ignore() {
  const char* at = m_text.data() + m_start;
  const char* const end = m_text.data() + m_at;
  if (end - at < 32) {
    for (; at != end; ++at) m_line += *at == '\n' ? 1 : 0;
  } else {
    m_line += static_cast<std::uint32_t>(std::count(at, end, '\n'));
  }
  m_start = m_at;
  m_start_line = m_line;
}

void Lexer::error(Token& token, std::string message) {
  m_message = std::move(message);
  token = {TokenKind::error, m_start, m_start_line, m_message};
  m_text = {};
  m_at = m_start = 0;
}

inline Lexer::Delimiter Lexer::at_right_delimiter() const {
  const char* const at = m_text.data() + m_at;
  const std::size_t left = m_text.size() - m_at;
  if (left < 2) return {};
  if (at[0] == '}') return {at[1] == '}', false};
  const bool trims =
      left >= 4 && at[1] == '-' && at[2] == '}' && at[3] == '}' && is_blank(static_cast<unsigned char>(at[0]));
  return {trims, trims};
}

inline bool Lexer::at_terminator() const {
  const std::uint32_t rune = peek();
  if (rune == k_end || is_blank(rune)) return true;
  if (rune == '.' || rune == ',' || rune == '|' || rune == ':' || rune == ')' || rune == '(') return true;
  return rune == '}' && rest().starts_with(k_right);
}

void Lexer::next(Token& token) {
  if (m_inside_action) return lex_inside_action(token);
  while (!lex_text(token) && !lex_left_delimiter(token)) {
  }
}

/// Up to the next action. False when there is no text before it.
inline bool Lexer::lex_text(Token& token) {
  const std::size_t found = m_text.find(k_left, m_at);
  if (found == std::string_view::npos) {
    m_at = static_cast<std::uint32_t>(m_text.size());
    emit(token, m_at > m_start ? TokenKind::text : TokenKind::end_of_file);
    return true;
  }
  std::string_view text = m_text.substr(m_at, found - m_at);
  if (has_left_marker(m_text.substr(found + k_left.size()))) text = text.substr(0, text.find_last_not_of(k_spaces) + 1);
  m_at += static_cast<std::uint32_t>(text.size());
  emit(token, TokenKind::text);
  m_at = static_cast<std::uint32_t>(found);
  ignore();
  return !token.text.empty();
}

/// False after a comment, which is no token.
inline bool Lexer::lex_left_delimiter(Token& token) {
  m_at += static_cast<std::uint32_t>(k_left.size());
  const std::uint32_t marker = has_left_marker(rest()) ? k_marker_length : 0;
  if (rest().substr(marker).starts_with("/*")) {
    m_at += marker;
    ignore();
    return lex_comment(token);
  }
  emit_line(token, TokenKind::left_delimiter);
  m_inside_action = true;
  m_at += marker;
  ignore();
  m_parentheses = 0;
  return true;
}

/// True when it gives an error.
bool Lexer::lex_comment(Token& token) {
  const std::size_t end = m_text.find("*/", m_at + 2);
  if (end == std::string_view::npos) {
    error(token, "unclosed comment");
    return true;
  }
  m_at = static_cast<std::uint32_t>(end) + 2;
  const Delimiter delimiter = at_right_delimiter();
  if (!delimiter.found) {
    error(token, "comment ends before closing delimiter");
    return true;
  }
  m_at += static_cast<std::uint32_t>(k_right.size()) + (delimiter.trims ? k_marker_length : 0);
  if (delimiter.trims) accept_run(k_spaces);
  ignore();
  return false;
}

inline void Lexer::lex_right_delimiter(Token& token) {
  const bool trims = at_right_delimiter().trims;
  if (trims) {
    m_at += k_marker_length;
    ignore();
  }
  m_at += static_cast<std::uint32_t>(k_right.size());
  emit_line(token, TokenKind::right_delimiter);
  if (trims) {
    accept_run(k_spaces);
    ignore();
  }
  m_inside_action = false;
}

void Lexer::lex_inside_action(Token& token) {
  if (at_right_delimiter().found) {
    if (m_parentheses == 0) return lex_right_delimiter(token);
    return error(token, "unclosed left paren");
  }
  const std::uint32_t rune = peek();
  if (rune == k_end) return error(token, "unclosed action");
  if (is_blank(rune)) return lex_space(token);
  if (is_alphanumeric(rune)) return rune >= '0' && rune <= '9' ? lex_number(token) : lex_identifier(token);
  if (rune == '+' || rune == '-') return lex_number(token);
  take();
  if (rune == '.') {
    if (m_at < m_text.size() && (m_text[m_at] < '0' || m_text[m_at] > '9'))
      return lex_field_or_variable(token, TokenKind::field);
    --m_at;
    return lex_number(token);
  }
  return lex_symbol(token, rune);
}

/// A character that says by itself what begins, already taken.
inline void Lexer::lex_symbol(Token& token, std::uint32_t rune) {
  switch (rune) {
    case '=': return emit_line(token, TokenKind::assign);
    case ':': return take() == '=' ? emit(token, TokenKind::declare) : error(token, "expected :=");
    case '|': return emit_line(token, TokenKind::pipe);
    case '"':
    case '\'': return lex_quoted(token, static_cast<char>(rune));
    case '`': return lex_raw_string(token);
    case '$': return lex_field_or_variable(token, TokenKind::variable);
    case '(': ++m_parentheses; return emit_line(token, TokenKind::left_parenthesis);
    case ')':
      return --m_parentheses < 0 ? error(token, "unexpected right paren")
                                 : emit_line(token, TokenKind::right_parenthesis);
    default:
      if (rune < 0x7F && rune > ' ') return emit(token, TokenKind::character);
      return error(token, "unrecognized character in action: " + code_point_text(rune));
  }
}

inline void Lexer::lex_space(Token& token) {
  std::uint32_t count = 0;
  for (; m_at < m_text.size() && is_blank(static_cast<unsigned char>(m_text[m_at])); ++count) ++m_at;
  // The last space may belong to the trim marker of the right delimiter.
  const std::string_view last = m_text.substr(m_at - 1);
  if (has_right_marker(last) && last.substr(k_marker_length).starts_with(k_right)) {
    --m_at;
    if (count == 1) return lex_right_delimiter(token);
  }
  return emit(token, TokenKind::space);
}

inline void Lexer::lex_identifier(Token& token) {
  take_alphanumerics();
  if (!at_terminator()) return error(token, "bad character " + code_point_text(peek()));
  const std::string_view word = m_text.substr(m_start, m_at - m_start);
  constexpr std::size_t k_longest_keyword = 8;
  if (word.size() <= k_longest_keyword) {
    for (const auto& [name, kind] : k_keywords) {
      if (word.front() == name.front() && word == name) return emit_line(token, kind);
    }
  }
  return emit_line(token, word == "true" || word == "false" ? TokenKind::boolean : TokenKind::identifier);
}

/// The dot or dollar is taken.
inline void Lexer::lex_field_or_variable(Token& token, TokenKind kind) {
  if (at_terminator()) return emit_line(token, kind == TokenKind::variable ? kind : TokenKind::dot);
  take_alphanumerics();
  if (!at_terminator()) return error(token, "bad character " + code_point_text(peek()));
  return emit_line(token, kind);
}

/// The opening quote is taken.
void Lexer::lex_quoted(Token& token, char quote) {
  while (true) {
    std::uint32_t rune = take();
    if (rune == '\\') {
      rune = take();
      if (rune != k_end && rune != '\n') continue;
    }
    if (rune == k_end || rune == '\n')
      return error(token, quote == '"' ? "unterminated quoted string" : "unterminated character constant");
    if (rune == static_cast<unsigned char>(quote))
      return emit_line(token, quote == '"' ? TokenKind::string : TokenKind::character_constant);
  }
}

void Lexer::lex_raw_string(Token& token) {
  const std::size_t end = m_text.find('`', m_at);
  if (end == std::string_view::npos) return error(token, "unterminated raw quoted string");
  m_at = static_cast<std::uint32_t>(end) + 1;
  return emit(token, TokenKind::raw_string);
}

void Lexer::lex_number(Token& token) {
  const auto bad = [&] { error(token, "bad number syntax: " + quoted(m_text.substr(m_start, m_at - m_start))); };
  if (!scan_number()) return bad();
  if (peek() != '+' && peek() != '-') return emit_line(token, TokenKind::number);
  if (!scan_number() || m_text[m_at - 1] != 'i') return bad();
  return emit(token, TokenKind::complex);
}

bool Lexer::scan_number() {
  constexpr std::string_view k_decimal = "0123456789_";
  constexpr std::string_view k_hexadecimal = "0123456789abcdefABCDEF_";
  accept("+-");
  std::string_view digits = k_decimal;
  if (accept("0")) {
    if (accept("xX")) {
      digits = k_hexadecimal;
    } else if (accept("oO")) {
      digits = "01234567_";
    } else if (accept("bB")) {
      digits = "01_";
    }
  }
  accept_run(digits);
  if (accept(".")) accept_run(digits);
  if ((digits == k_decimal && accept("eE")) || (digits == k_hexadecimal && accept("pP"))) {
    accept("+-");
    accept_run(k_decimal);
  }
  accept("i");
  if (!is_alphanumeric(peek())) return true;
  take();
  return false;
}

}  // namespace reconciled::helm
