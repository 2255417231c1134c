#include "renderers/substitution/flux_parser.h"

#include "base/unicode.h"
#include "base/utf8.h"

namespace reconciled::substitution {
namespace {

enum class Escapes : bool { none, slashes };

class Parser {
 public:
  Parser(std::string_view text, Budget& budget)
      : m_text(text.substr(0, text.find('\0'))), m_whole(text), m_budget(budget) {}

  Result<std::vector<FluxPiece>> parse() {
    std::vector<FluxPiece> pieces;
    while (!ends()) {
      if (begins_expression()) {
        TRY_ASSIGN(auto piece, expression(1));
        pieces.push_back(std::move(piece));
      } else {
        TRY_ASSIGN(auto piece, literal());
        pieces.push_back(std::move(piece));
      }
    }
    return pieces;
  }

 private:
  using Expression = std::unique_ptr<FluxExpression>;

  [[nodiscard]] std::string_view rest() const { return m_text.substr(m_at); }
  [[nodiscard]] bool ends() const { return m_at == m_text.size(); }
  [[nodiscard]] bool at(char c) const { return !ends() && m_text[m_at] == c; }
  [[nodiscard]] bool at_one_of(std::string_view characters) const {
    return !ends() && characters.find(m_text[m_at]) != std::string_view::npos;
  }
  [[nodiscard]] bool begins_expression() const { return rest().starts_with("${"); }

  [[nodiscard]] static tl::unexpected<Error> fault(const char* message) { return fail(ErrorKind::render, message); }
  [[nodiscard]] static tl::unexpected<Error> bad_substitution() { return fault("bad substitution"); }

  Result<FluxPiece> charged(std::string text) {
    if (!m_budget.step() || !m_budget.take(text.size())) return fail(m_budget.error("reading expressions"));
    return FluxPiece{std::move(text), nullptr};
  }

  Result<FluxPiece> literal() {
    std::string text;
    while (!ends() && !begins_expression()) {
      if (rest().starts_with("$$")) ++m_at;
      text += m_text[m_at++];
    }
    return charged(std::move(text));
  }

  // NOLINTNEXTLINE(misc-no-recursion): depth is bounded
  Result<FluxPiece> expression(std::uint32_t depth) {
    if (depth > m_budget.max_depth())
      return fail(ErrorKind::limit,
                  "expressions stand in each other deeper than " + std::to_string(m_budget.max_depth()) + " times");
    if (!m_budget.step()) return fail(m_budget.error("reading expressions"));
    m_at += 2;
    FluxPiece piece{{}, std::make_unique<FluxExpression>()};
    FluxExpression& made = *piece.expression;
    if (at('#')) {
      made.function = m_text[m_at++];
      made.variable = name();
      if (made.variable.empty()) return bad_substitution();
      TRY(close());
      return piece;
    }
    made.variable = name();
    if (made.variable.empty()) return fault("unable to parse variable name");
    TRY(function(made, depth));
    return piece;
  }

  std::string name() {
    const std::size_t begin = m_at;
    while (true) {
      const CodePoint point = first_code_point(rest());
      if (point.length == 0 || !(is_letter(point.value) || is_decimal_digit(point.value) || point.value == '_')) break;
      m_at += point.length;
    }
    return std::string(m_text.substr(begin, m_at - begin));
  }

  // NOLINTNEXTLINE(misc-no-recursion): depth is bounded
  Status function(FluxExpression& made, std::uint32_t depth) {
    if (at(':')) return fallback_or_substring(made, depth);
    if (at('=')) {
      made.function = m_text[m_at++];
      return fallback(made, depth);
    }
    if (at_one_of(",^")) {
      take_operator(made, ",^");
      return close();
    }
    if (at('/')) return replacement(made, depth);
    if (at_one_of("#%")) {
      take_operator(made, m_text.substr(m_at, 1));
      TRY(argument(made, "}", Escapes::none, depth));
      return close();
    }
    if (!at('}')) return fault("missing closing brace");
    return close();
  }

  /// One or two of the characters.
  void take_operator(FluxExpression& made, std::string_view characters) {
    while (made.function.size() < 2 && at_one_of(characters)) made.function += m_text[m_at++];
  }

  // NOLINTNEXTLINE(misc-no-recursion): depth is bounded
  Status fallback_or_substring(FluxExpression& made, std::uint32_t depth) {
    ++m_at;
    made.function = ':';
    if (at_one_of("=-?+")) {
      made.function += m_text[m_at++];
      return fallback(made, depth);
    }
    // Flux steps back over the colon by the length of what follows it.
    if (m_at == m_whole.size() || first_code_point(rest()).length > 1) return bad_substitution();
    TRY(argument(made, ":}", Escapes::none, depth));
    if (at(':')) {
      while (at(':')) ++m_at;
      TRY(argument(made, "}", Escapes::none, depth));
    }
    return close();
  }

  // NOLINTNEXTLINE(misc-no-recursion): depth is bounded
  Status fallback(FluxExpression& made, std::uint32_t depth) {
    while (!at('}')) TRY(argument(made, "}", Escapes::none, depth));
    return close();
  }

  // NOLINTNEXTLINE(misc-no-recursion): depth is bounded
  Status replacement(FluxExpression& made, std::uint32_t depth) {
    made.function = m_text[m_at++];
    if (at_one_of("/#%")) made.function += m_text[m_at++];
    TRY(argument(made, "/", Escapes::slashes, depth));
    if (!at('/')) return bad_substitution();
    while (at('/')) ++m_at;
    if (!at('}')) TRY(argument(made, "}", Escapes::slashes, depth));
    return close();
  }

  /// An expression, or the text before one of `ends_at` and the next expression, which must not be empty.
  // NOLINTNEXTLINE(misc-no-recursion): depth is bounded
  Status argument(FluxExpression& made, std::string_view ends_at, Escapes escapes, std::uint32_t depth) {
    if (begins_expression()) {
      TRY_ASSIGN(auto inner, expression(depth + 1));
      made.arguments.push_back(std::move(inner));
      return {};
    }
    std::string text;
    while (!ends() && !begins_expression()) {
      const auto next = rest().substr(0, 2);
      if (escapes == Escapes::slashes && (next == "$$" || next == "\\/" || next == "\\\\"))
        ++m_at;
      else if (at_one_of(ends_at))
        break;
      text += m_text[m_at++];
    }
    if (text.empty()) return fault("unable to parse substitution within function");
    TRY_ASSIGN(auto piece, charged(std::move(text)));
    made.arguments.push_back(std::move(piece));
    return {};
  }

  Status close() {
    if (!at('}')) return bad_substitution();
    ++m_at;
    return {};
  }

  std::string_view m_text;   // as far as it counts
  std::string_view m_whole;  // also what stands behind a NUL
  Budget& m_budget;
  std::size_t m_at = 0;
};

}  // namespace

Result<std::vector<FluxPiece>> parse_flux_text(std::string_view text, Budget& budget) {
  return Parser(text, budget).parse();
}

}  // namespace reconciled::substitution
