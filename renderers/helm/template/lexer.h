// Cuts the text of a template into tokens, as text/template's lexer does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reconciled::helm {

enum class TokenKind : std::uint8_t {
  error,  ///< its text is the message
  boolean,
  character,  ///< a printable ASCII character that means nothing by itself, such as a comma
  character_constant,
  complex,
  assign,
  declare,
  end_of_file,
  field,
  identifier,
  left_delimiter,
  left_parenthesis,
  number,
  pipe,
  raw_string,
  right_delimiter,
  right_parenthesis,
  space,
  string,
  text,
  variable,
  // The words of the language come last, see is_keyword.
  block,
  break_,
  continue_,
  dot,
  define,
  else_,
  end,
  if_,
  nil,
  range,
  template_,
  with
};
constexpr bool is_keyword(TokenKind kind) {
  return kind >= TokenKind::block;
}

struct Token {
  TokenKind kind = TokenKind::end_of_file;
  std::uint32_t position = 0;  ///< byte offset in the text
  std::uint32_t line = 0;      ///< from 1
  std::string_view text;
};

/// As Go prints it in an error: `"foo"`, `<end>`, `EOF`.
std::string describe(const Token& token);

/// The text must be shorter than 4 GiB and outlive the lexer and its tokens.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : m_text(text) {}
  void next(Token& token);

 private:
  static constexpr std::uint32_t k_end = 0xFFFFFFFF;

  // Each writes the token that it reads.
  bool lex_text(Token& token);
  bool lex_left_delimiter(Token& token);
  bool lex_comment(Token& token);
  void lex_right_delimiter(Token& token);
  void lex_inside_action(Token& token);
  void lex_space(Token& token);
  void lex_identifier(Token& token);
  void lex_field_or_variable(Token& token, TokenKind kind);
  void lex_quoted(Token& token, char quote);
  void lex_raw_string(Token& token);
  void lex_number(Token& token);
  void lex_symbol(Token& token, std::uint32_t rune);
  bool scan_number();

  [[nodiscard]] std::string_view rest() const { return m_text.substr(m_at); }
  [[nodiscard]] std::uint32_t peek() const;
  std::uint32_t take();
  bool accept(std::string_view valid);
  /// Letters, digits and underscores, as many as there are.
  void take_alphanumerics();
  void accept_run(std::string_view valid);
  [[nodiscard]] bool at_terminator() const;
  /// Whether a right delimiter comes, and whether it trims.
  struct Delimiter {
    bool found = false;
    bool trims = false;
  };
  [[nodiscard]] Delimiter at_right_delimiter() const;
  void emit(Token& token, TokenKind kind);
  /// Of a token without line breaks.
  void emit_line(Token& token, TokenKind kind);
  void ignore();
  void error(Token& token, std::string message);

  std::string_view m_text;
  std::uint32_t m_at = 0;
  std::uint32_t m_start = 0;
  std::uint32_t m_line = 1;        // at m_at, kept up to date by emit and ignore
  std::uint32_t m_start_line = 1;  // at m_start
  int m_parentheses = 0;
  bool m_inside_action = false;
  std::string m_message;
};

}  // namespace reconciled::helm
