#include "renderers/substitution/native_text.h"

#include "stacks/conventions/names.h"

#include <algorithm>
#include <array>
#include <utility>

namespace reconciled::substitution {
namespace {

constexpr std::string_view k_grammar =
    "an expression is ${name}, ${name@text}, ${name@json} or ${name:-default}; write $${ for a text that is none, or "
    "set "
    "substitution.mode to flux for the functions of a shell";

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

constexpr std::array k_conversions{std::pair{std::string_view("text"), Conversion::text},
                                   std::pair{std::string_view("json"), Conversion::json}};

class Parser {
 public:
  Parser(std::string_view text, Budget& budget) : m_text(text), m_budget(budget) {}

  /// Up to the end, or in an expression up to the brace that closes it.
  // NOLINTNEXTLINE(misc-no-recursion): depth is bounded
  Result<std::vector<NativePiece>> pieces(std::uint32_t depth) {
    std::vector<NativePiece> pieces;
    std::string text;
    while (m_at < m_text.size() && !(depth > 0 && m_text[m_at] == '}')) {
      const std::size_t dollars = std::min(m_text.find_first_not_of('$', m_at), m_text.size()) - m_at;
      if (dollars == 0 || !m_text.substr(m_at + dollars).starts_with('{')) {
        text += m_text.substr(m_at, std::max<std::size_t>(dollars, 1));
        m_at += std::max<std::size_t>(dollars, 1);
        continue;
      }
      text.append(dollars / 2, '$');
      m_at += dollars + 1;
      if (dollars % 2 == 0) {
        text += '{';
        continue;
      }
      if (!text.empty()) pieces.push_back({std::exchange(text, {}), nullptr});
      TRY_ASSIGN(auto made, expression(depth + 1));
      pieces.push_back({{}, std::move(made)});
    }
    if (!text.empty()) pieces.push_back({std::move(text), nullptr});
    return pieces;
  }

 private:
  // NOLINTNEXTLINE(misc-no-recursion): depth is bounded
  Result<std::unique_ptr<NativeExpression>> expression(std::uint32_t depth) {
    if (depth > m_budget.max_depth())
      return fail(ErrorKind::limit,
                  "expressions stand in each other deeper than " + std::to_string(m_budget.max_depth()) + " times");
    if (!m_budget.step()) return fail(m_budget.error("reading expressions"));
    auto made = std::make_unique<NativeExpression>();
    made->variable = word();
    if (!is_variable_name(made->variable)) return refuse("an expression begins with no name of a variable");
    if (take("@")) {
      const std::string wanted = word();
      const auto* const row = std::ranges::find(k_conversions, wanted, [](const auto& pair) { return pair.first; });
      if (row == k_conversions.end()) return refuse("an expression asks for an unknown conversion");
      made->conversion = row->second;
    }
    if (take(":-") || take(":=")) {
      TRY_ASSIGN(made->fallback, pieces(depth));
    }
    if (!take("}")) return refuse("an expression does not end as it should");
    return made;
  }

  std::string word() {
    const std::size_t begin = m_at;
    while (m_at < m_text.size() && is_name_character(m_text[m_at])) ++m_at;
    return std::string(m_text.substr(begin, m_at - begin));
  }
  bool take(std::string_view wanted) {
    if (!m_text.substr(m_at).starts_with(wanted)) return false;
    m_at += wanted.size();
    return true;
  }
  [[nodiscard]] static tl::unexpected<Error> refuse(const char* message) {
    return fail(ErrorKind::render, message, {}, std::string(k_grammar));
  }

  std::string_view m_text;
  Budget& m_budget;
  std::size_t m_at = 0;
};

}  // namespace

Result<std::vector<NativePiece>> parse_native_text(std::string_view text, Budget& budget) {
  if (!budget.step(1 + text.size() / 16) || !budget.take(text.size())) return fail(budget.error("reading expressions"));
  return Parser(text, budget).pieces(0);
}

}  // namespace reconciled::substitution
