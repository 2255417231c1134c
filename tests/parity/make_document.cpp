#include "base/budget.h"
#include "renderers/helm/values/yaml.h"
#include "tests/parity/generator.h"

#include <array>

namespace reconciled::parity {
namespace {

using helm::Arena;

/// A document by the grammar of YAML, in every style that it has.
class YamlMaker {
 public:
  explicit YamlMaker(Dice& dice) : m_dice(dice) {}

  std::string make() {
    if (m_dice.one_in(10)) m_out += m_dice.pick_of(k_beginnings);
    node(0, 4, true);
    if (m_dice.one_in(8)) m_out += m_dice.pick_of(k_ends);
    return std::move(m_out);
  }

 private:
  static constexpr std::array<std::string_view, 12> k_beginnings{
      "---\n", "# c\n",   "%YAML 1.1\n---\n", "%YAML 1.2\n---\n",
      "\n\n",  "--- ",    "\xEF\xBB\xBF",     "%TAG !e! tag:e,2000:\n---\n",
      "...\n", "--- |\n", "---\n---\n",       "%FOO bar\n---\n"};
  static constexpr std::array<std::string_view, 8> k_ends{"...\n", "---\n",  "---\nb: 1\n", "# end",
                                                          "\n\n",  "...\nx", "--- [\n",     "%"};
  static constexpr std::array<std::string_view, 14> k_properties{
      "&a ",          "&b ",       "!!str ", "!!int ",  "!!float ",
      "!!binary ",    "!!null ",   "!x ",    "! ",      "!<tag:yaml.org,2002:bool> ",
      "!!timestamp ", "&a !!str ", "!e!x ",  "!!merge "};

  void line(std::size_t indent) {
    if (m_dice.one_in(15)) m_out += m_dice.one_in(3) ? " " : " # note";
    m_out += m_dice.one_in(40) ? "\r\n" : "\n";
    if (m_dice.one_in(40)) m_out += m_dice.one_in(2) ? "\n" : std::string(m_dice.below(6), ' ') + "# c\n";
    m_out.append(m_dice.one_in(60) ? m_dice.below(8) : indent, ' ');
  }

  void node(std::size_t indent, std::uint32_t depth, bool root = false) {
    if (m_dice.one_in(14)) m_out += m_dice.pick_of(k_properties);
    if (m_dice.one_in(25)) {
      m_out += m_dice.one_in(2) ? "*a" : "*b";
      return;
    }
    if (depth == 0 || (!root && m_dice.one_in(2))) return scalar(indent);
    switch (m_dice.below(7)) {
      case 0: return flow(depth);
      case 1:
      case 2: return list(indent, depth, root);
      case 3:
      case 4:
      case 5: return map(indent, depth, root);
      default: return scalar(indent);
    }
  }

  void plain() {
    std::string text = make_text(m_dice);
    if (!m_dice.one_in(6)) {
      for (char& c : text) {
        if (c == '\n' || c == '\r') c = ' ';
      }
    }
    m_out += text;
  }

  void scalar(std::size_t indent) {
    switch (m_dice.below(9)) {
      case 0: return single_quoted(indent);
      case 1: return double_quoted(indent);
      case 2: return block(indent);
      case 3: return continued(indent);
      case 4: return;
      default: return plain();
    }
  }

  void continued(std::size_t indent) {
    for (std::size_t i = 1 + m_dice.below(3); i > 0; --i) {
      m_out += "w" + std::to_string(m_dice.below(5));
      line(indent + m_dice.below(3));
    }
    m_out += "end";
  }

  void single_quoted(std::size_t indent) {
    m_out += '\'';
    for (const char c : make_text(m_dice)) m_out += c == '\'' ? std::string("''") : std::string(1, c);
    if (m_dice.one_in(4)) {
      line(indent + 1);
      m_out += "x";
    }
    if (!m_dice.one_in(30)) m_out += '\'';
  }

  void double_quoted(std::size_t indent) {
    static constexpr std::array<std::string_view, 22> k_escapes{
        "\\n", "\\t", "\\\"", "\\\\", "\\/", "\\x41", "\\u00e9", "\\U0001F600", "\\ud800", "\\0", "\\e",
        "\\_", "\\N", "\\L",  "\\P",  "\\ ", "\\q",   "\\x4",    "\\'",         "\\b",     "\\a", "\\uFEFF"};
    m_out += '"';
    for (const char c : make_text(m_dice)) m_out += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    if (m_dice.one_in(2)) m_out += m_dice.pick_of(k_escapes);
    if (m_dice.one_in(5)) {
      if (m_dice.one_in(2)) m_out += '\\';
      line(indent + 1);
      m_out += "x";
    }
    if (!m_dice.one_in(30)) m_out += '"';
  }

  void block(std::size_t indent) {
    static constexpr std::array<std::string_view, 12> k_headers{"|",  ">",   "|-",  ">-",    "|+", ">+",
                                                                "|2", "|1-", ">+1", "| # c", "|0", "|-+"};
    m_out +=
        m_dice.one_in(2) ? m_dice.pick_of(std::array<std::string_view, 3>{"|", "|-", ">"}) : m_dice.pick_of(k_headers);
    const std::size_t inner = indent + (m_dice.one_in(10) ? 1 : 2);
    m_out += '\n';
    for (std::size_t i = m_dice.below(4); i > 0; --i) {
      if (m_dice.one_in(4)) {
        m_out += '\n';
        continue;
      }
      m_out.append(inner + (m_dice.one_in(5) ? m_dice.below(3) : 0), ' ');
      plain();
      m_out += '\n';
    }
    if (m_dice.one_in(10)) m_out += "\n\n";
    m_out.append(indent, ' ');
  }

  void key() {
    if (m_dice.one_in(30)) {
      m_out += "<<";
    } else if (m_dice.one_in(20)) {
      m_out += m_dice.pick_of(k_properties);
      plain();
    } else {
      m_out += make_key(m_dice);
    }
  }

  void list(std::size_t indent, std::uint32_t depth, bool root) {
    const std::size_t inner = root || m_dice.one_in(3) ? indent : indent + 2;
    for (std::size_t i = m_dice.below(4); i > 0; --i) {
      if (!root || !m_out.empty()) line(inner);
      m_out += m_dice.one_in(40) ? "-" : "- ";
      node(inner + 2, depth - 1);
    }
    if (root) m_out += '\n';
  }

  void map(std::size_t indent, std::uint32_t depth, bool root) {
    const std::size_t inner = root ? indent : indent + (m_dice.one_in(3) ? 0 : 2);
    for (std::size_t i = 1 + m_dice.below(4); i > 0; --i) {
      if (!root || !m_out.empty()) line(inner);
      if (m_dice.one_in(25)) {
        m_out += "? ";
        node(inner + 2, depth - 1);
        line(inner);
      } else {
        key();
      }
      m_out += m_dice.one_in(60) ? ":" : ": ";
      node(inner, depth - 1);
    }
    if (root) m_out += '\n';
  }

  void flow(std::uint32_t depth) {
    const bool is_map = m_dice.one_in(2);
    m_out += is_map ? '{' : '[';
    for (std::size_t i = m_dice.below(4); i > 0; --i) {
      if (is_map || m_dice.one_in(8)) {
        m_out += m_dice.one_in(4) ? "\"" + std::string("k") + "\"" : make_key(m_dice);
        m_out += m_dice.one_in(6) ? ":" : ": ";
      }
      if (depth > 1 && m_dice.one_in(4))
        flow(depth - 1);
      else if (m_dice.one_in(3))
        double_quoted(2);
      else
        plain();
      if (i > 1 || m_dice.one_in(10)) m_out += m_dice.one_in(10) ? ",\n  " : ", ";
    }
    if (!m_dice.one_in(30)) m_out += is_map ? '}' : ']';
  }

  Dice& m_dice;
  std::string m_out;
};

}  // namespace

std::string make_yaml(Dice& dice) {
  if (dice.one_in(3)) {
    std::string text = YamlMaker(dice).make();
    return dice.one_in(6) ? damage(dice, std::move(text)) : text;
  }
  Budget budget;
  Arena arena(budget);
  const auto text = helm::to_yaml(make_value(dice, ValueTypes::json, 4, arena), arena);
  std::string document(text.value_or("a: 1\n"));
  return dice.one_in(4) ? damage(dice, std::move(document)) : document;
}

std::string make_json(Dice& dice) {
  Budget budget;
  Arena arena(budget);
  const auto form = dice.one_in(3) ? helm::JsonForm::pretty : helm::JsonForm::raw;
  std::string text(helm::to_json(make_value(dice, ValueTypes::json, 4, arena), arena, form).value_or("{}"));
  return dice.one_in(4) ? damage(dice, std::move(text)) : text;
}

std::string damage(Dice& dice, std::string text) {
  static constexpr std::array<std::string_view, 40> k_pieces{
      " ",        "\n",   ":",    "-",     "\"",  "'",  "{",  "}",    "[",  "]",
      ",",        "#",    "&a",   "*a",    "!",   "|",  ">",  "?",    "\t", "%",
      "@",        "`",    "\\",   "\\u12", "0",   "e",  ".",  "null", "  ", "\r",
      "\xC2\x85", "\xFF", "\x01", "---",   "...", ": ", "- ", "tru",  "1e", "\\ud83d\\ude00"};
  for (std::size_t i = dice.below(3); i > 0 && !text.empty(); --i) {
    const std::size_t at = dice.below(text.size());
    const std::size_t length = std::min(text.size() - at, 1 + dice.below(dice.one_in(3) ? 20 : 2));
    switch (dice.below(3)) {
      case 0: text.erase(at, length); break;
      case 1: text.insert(at, dice.pick_of(k_pieces)); break;
      default: text.insert(at, text.substr(at, length)); break;
    }
  }
  return text;
}

}  // namespace reconciled::parity
