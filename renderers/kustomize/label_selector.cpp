#include "renderers/kustomize/node_edit.h"
#include "renderers/kustomize/selector.h"

#include <algorithm>

namespace reconciled::kustomize {
namespace {

using Operator = LabelSelector::Operator;
using Requirement = LabelSelector::Requirement;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_symbol(char c) {
  return std::string_view("=!(),><").find(c) != std::string_view::npos;
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// Letters and digits at both ends, these and "-_." between.
bool is_label_part(std::string_view text) {
  if (text.empty() || text.size() > 63 || !is_letter_or_digit(text.front()) || !is_letter_or_digit(text.back()))
    return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.'; });
}

bool is_subdomain(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  const auto fine = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  while (true) {
    const auto dot = text.find('.');
    const auto part = text.substr(0, dot);
    if (part.empty() || !fine(part.front()) || !fine(part.back())) return false;
    if (!std::all_of(part.begin(), part.end(), [&](char c) { return fine(c) || c == '-'; })) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

Status check_key(std::string_view key) {
  const auto slash = key.find('/');
  const bool good = slash == std::string_view::npos
                        ? is_label_part(key)
                        : is_subdomain(key.substr(0, slash)) && is_label_part(key.substr(slash + 1));
  if (good) return {};
  return fail_render("unable to parse requirement: invalid label key \"" + std::string(key) + "\"");
}

class SelectorParser {
 public:
  explicit SelectorParser(std::string_view text) { scan(text); }

  Result<std::vector<Requirement>> parse() {
    std::vector<Requirement> requirements;
    while (!at_end()) {
      if (!is_word(peek()) && peek() != "!") return expected("!, identifier, or 'end of string'");
      TRY_ASSIGN(auto requirement, parse_requirement());
      requirements.push_back(std::move(requirement));
      if (at_end()) break;
      if (next() != ",") {
        --m_at;
        return expected("',' or 'end of string'");
      }
      if (at_end() || (!is_word(peek()) && peek() != "!")) return expected("identifier after ','");
    }
    return requirements;
  }

 private:
  static bool is_word(std::string_view token) { return !token.empty() && !is_symbol(token.front()); }
  void scan(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
      if (is_space(text[i])) {
        ++i;
        continue;
      }
      const std::size_t begin = i;
      if (is_symbol(text[i])) {
        ++i;
        if (i < text.size() && text[i] == '=' && (text[begin] == '=' || text[begin] == '!')) ++i;
      } else {
        while (i < text.size() && !is_symbol(text[i]) && !is_space(text[i])) ++i;
      }
      m_tokens.push_back(text.substr(begin, i - begin));
    }
  }
  [[nodiscard]] bool at_end() const { return m_at >= m_tokens.size(); }
  [[nodiscard]] std::string_view peek() const { return at_end() ? std::string_view() : m_tokens[m_at]; }
  std::string_view next() { return at_end() ? std::string_view() : m_tokens[m_at++]; }
  tl::unexpected<Error> expected(std::string_view what) const {
    return fail_render("found '" + std::string(peek()) + "', expected: " + std::string(what));
  }

  Result<Requirement> parse_requirement() {
    Requirement made;
    const bool negated = peek() == "!";
    if (negated) ++m_at;
    if (!is_word(peek())) return expected("identifier");
    made.key = next();
    TRY(check_key(made.key));
    if (negated || at_end() || peek() == ",") {
      made.op = negated ? Operator::absent : Operator::exists;
      return made;
    }
    const auto token = next();
    if (token == "in" || token == "notin") {
      made.op = token == "in" ? Operator::equals : Operator::not_equals;
      TRY(parse_values(made));
    } else if (token == "=" || token == "==" || token == "!=" || token == ">" || token == "<") {
      made.op = token == "!="  ? Operator::not_equals
                : token == ">" ? Operator::greater
                : token == "<" ? Operator::less
                               : Operator::equals;
      made.values.emplace_back(at_end() || peek() == "," ? std::string_view() : next());
      if (!made.values.front().empty() && is_symbol(made.values.front().front())) {
        --m_at;
        return expected("identifier");
      }
    } else {
      --m_at;
      return expected("'=', '!=', '==', 'in', notin'");
    }
    for (const auto& value : made.values) {
      if (!value.empty() && !is_label_part(value))
        return fail_render("unable to parse requirement: invalid label value: \"" + value + "\": at key: \"" +
                           made.key + "\"");
    }
    return made;
  }
  Status parse_values(Requirement& made) {
    if (next() != "(") {
      --m_at;
      return expected("'('");
    }
    bool wants_value = true;
    for (;;) {
      if (at_end()) return expected("',', or identifier");
      const auto token = next();
      if (token == ")") {
        if (wants_value) made.values.emplace_back();
        return {};
      }
      if (token == ",") {
        if (wants_value) made.values.emplace_back();
        wants_value = true;
      } else if (is_word(token) && wants_value) {
        made.values.emplace_back(token);
        wants_value = false;
      } else {
        --m_at;
        return expected("',' or ')'");
      }
    }
  }

  std::vector<std::string_view> m_tokens;
  std::size_t m_at = 0;
};

bool compares(std::string_view value, std::string_view bound, Operator op) {
  long a = 0, b = 0;
  if (!is_whole_number(value, a) || !is_whole_number(bound, b)) return false;
  return op == Operator::greater ? a > b : a < b;
}

bool is_met(const Requirement& requirement, const TextMap& labels) {
  const auto it =
      std::find_if(labels.begin(), labels.end(), [&](const auto& label) { return label.first == requirement.key; });
  const bool has = it != labels.end();
  const auto listed = [&] {
    return std::find(requirement.values.begin(), requirement.values.end(), it->second) != requirement.values.end();
  };
  switch (requirement.op) {
    case Operator::equals: return has && listed();
    case Operator::not_equals: return !has || !listed();
    case Operator::exists: return has;
    case Operator::absent: return !has;
    case Operator::greater:
    case Operator::less: break;
  }
  return has && compares(it->second, requirement.values.front(), requirement.op);
}

}  // namespace

Result<LabelSelector> LabelSelector::parse(std::string_view text) {
  LabelSelector selector;
  TRY_ASSIGN(selector.m_requirements, SelectorParser(text).parse());
  return selector;
}

bool LabelSelector::matches(const TextMap& labels) const {
  return std::all_of(m_requirements.begin(), m_requirements.end(),
                     [&](const Requirement& requirement) { return is_met(requirement, labels); });
}

}  // namespace reconciled::kustomize
