#include "base/number.h"
#include "renderers/helm/values/json.h"
#include "renderers/helm/values/json_string.h"
#include "renderers/helm/values/map_builder.h"
#include "renderers/helm/values/quote.h"

#include <string>

namespace reconciled::helm {
namespace {

constexpr std::uint32_t k_deepest = 10'000;

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// A byte as encoding/json names it: quoted, the two quotes the other way round than strconv does.
std::string name_of(char c) {
  if (c == '\'') return R"('\'')";
  if (c == '"') return R"('"')";
  std::string text;
  append_rune(text, static_cast<unsigned char>(c));
  const std::string quoted_text = quoted(text);
  return "'" + quoted_text.substr(1, quoted_text.size() - 2) + "'";
}

std::string_view type_of(JsonTarget target) {
  return target == JsonTarget::map ? "map[string]interface {}" : "[]interface {}";
}

/// Reads values. Each function returns false after it has set the error of the syntax, which spoils everything; a
/// number out of range only leaves a nil.
class Decoder {
 public:
  Decoder(std::string_view text, Arena& arena) : m_text(text), m_arena(arena), m_builder(arena) {}

  JsonRead read(JsonTarget target) {
    JsonRead result;
    if (target == JsonTarget::map) result.value = GoValue::map(make_map(m_arena));
    if (target == JsonTarget::list) result.value = make_list(m_arena, {});
    GoValue value;
    if (!read_value(value, 1) || !expect_end()) {
      result.error = m_syntax_error;
      return result;
    }
    const bool fits = target == JsonTarget::any || (target == JsonTarget::map ? value.is_map() : value.is_list());
    if (fits) {
      result.value = value;
      result.error = m_range_error;
    } else if (value.is_nil() && m_is_null) {
      result.value = target == JsonTarget::map ? GoValue::map(nullptr) : GoValue::list(nullptr);
    } else {
      result.error = "json: cannot unmarshal " + std::string(kind_of(value)) + " into Go value of type " +
                     std::string(type_of(target));
    }
    return result;
  }

 private:
  static std::string_view kind_of(GoValue value) {
    if (value.is_map()) return "object";
    if (value.is_list()) return "array";
    if (value.is_string()) return "string";
    return value.type() == GoType::boolean ? "bool" : "number";
  }

  bool unexpected(std::string_view where) {
    m_syntax_error = m_at == m_text.size() ? "unexpected end of JSON input"
                                           : "invalid character " + name_of(m_text[m_at]) + " " + std::string(where);
    return false;
  }
  /// The same inside a word, a number or an escape, where the end of the text counts as a space.
  bool unexpected_inside(std::string_view where) {
    const char found = m_at == m_text.size() ? ' ' : m_text[m_at];
    m_syntax_error = "invalid character " + name_of(found) + " " + std::string(where);
    return false;
  }

  void skip_space() {
    while (m_at < m_text.size() &&
           (m_text[m_at] == ' ' || m_text[m_at] == '\n' || m_text[m_at] == '\r' || m_text[m_at] == '\t')) {
      ++m_at;
    }
  }
  [[nodiscard]] bool is_at(char c) const { return m_at < m_text.size() && m_text[m_at] == c; }
  [[nodiscard]] bool is_at_digit() const { return m_at < m_text.size() && is_digit(m_text[m_at]); }

  bool expect_end() {
    skip_space();
    return m_at == m_text.size() || unexpected("after top-level value");
  }

  bool read_value(GoValue& value, std::uint32_t depth) {
    skip_space();
    if (m_at == m_text.size()) return unexpected("");
    switch (m_text[m_at]) {
      case '{': return read_map(value, depth);
      case '[': return read_list(value, depth);
      case '"': return read_string(value);
      case 't': value = GoValue::boolean(true); return read_word("true");
      case 'f': value = GoValue::boolean(false); return read_word("false");
      case 'n':
        value = GoValue::nil();
        m_is_null = depth == 1;
        return read_word("null");
      case '-': return read_number(value);
      default: return is_at_digit() ? read_number(value) : unexpected("looking for beginning of value");
    }
  }

  bool read_word(std::string_view word) {
    for (std::size_t i = 0; i < word.size(); ++i, ++m_at) {
      if (is_at(word[i])) continue;
      return unexpected_inside("in literal " + std::string(word) + " (expecting '" + word[i] + "')");
    }
    return true;
  }

  bool read_number(GoValue& value) {
    const std::size_t begin = m_at;
    if (is_at('-')) ++m_at;
    if (is_at('0')) {
      ++m_at;
    } else {
      if (!is_at_digit()) return unexpected_inside("in numeric literal");
      while (is_at_digit()) ++m_at;
    }
    if (is_at('.')) {
      ++m_at;
      if (!is_at_digit()) return unexpected_inside("after decimal point in numeric literal");
      while (is_at_digit()) ++m_at;
    }
    if (is_at('e') || is_at('E')) {
      ++m_at;
      if (is_at('+') || is_at('-')) ++m_at;
      if (!is_at_digit()) return unexpected_inside("in exponent of numeric literal");
      while (is_at_digit()) ++m_at;
    }
    const std::string_view text = m_text.substr(begin, m_at - begin);
    const auto number = parse_double(text);
    if (number) {
      value = GoValue::number(*number);
    } else {
      value = GoValue::nil();
      if (m_range_error.empty())
        m_range_error = "json: cannot unmarshal number " + std::string(text) + " into Go value of type float64";
    }
    return true;
  }

  bool read_string(GoValue& value) {
    std::string_view text;
    if (!read_text(text)) return false;
    value = GoValue::string(text);
    return true;
  }

  /// A string; its text lies in the arena.
  bool read_text(std::string_view& text) {
    const std::size_t begin = ++m_at;
    bool is_plain = true;
    for (; !is_at('"'); ++m_at) {
      if (m_at == m_text.size()) return unexpected("");
      const auto c = static_cast<unsigned char>(m_text[m_at]);
      if (c < 0x20) return unexpected("in string literal");
      is_plain = is_plain && c != '\\' && c < 0x80;
      if (c == '\\' && !check_escape()) return false;
    }
    const std::string_view inside = m_text.substr(begin, m_at++ - begin);
    text = m_arena.copy(is_plain ? inside : std::string_view(unescape_json_string(inside)));
    return true;
  }

  /// Leaves the position on the last character of the escape.
  bool check_escape() {
    ++m_at;
    if (m_at < m_text.size() && m_text[m_at] != 'u' &&
        std::string_view("bfnrt\\/\"").find(m_text[m_at]) != std::string_view::npos) {
      return true;
    }
    if (!is_at('u')) return unexpected_inside("in string escape code");
    for (int i = 0; i < 4; ++i) {
      ++m_at;
      const char c = m_at < m_text.size() ? static_cast<char>(m_text[m_at] | 0x20) : '\0';
      if (!is_at_digit() && (c < 'a' || c > 'f')) return unexpected_inside("in \\u hexadecimal character escape");
    }
    return true;
  }

  bool enter(std::uint32_t depth) {
    if (depth > k_deepest) return unexpected("exceeded max depth");
    ++m_at;
    skip_space();
    return true;
  }

  bool read_list(GoValue& value, std::uint32_t depth) {
    if (!enter(depth)) return false;
    const std::size_t mark = m_builder.mark();
    while (!is_at(']')) {
      GoValue item;
      if (!read_value(item, depth + 1)) return false;
      m_builder.add(item);
      skip_space();
      if (is_at(']')) break;
      if (!is_at(',')) return unexpected("after array element");
      ++m_at;
      skip_space();
      if (is_at(']')) return unexpected("looking for beginning of value");
    }
    ++m_at;
    value = m_builder.close_list(mark);
    return true;
  }

  bool read_map(GoValue& value, std::uint32_t depth) {
    if (!enter(depth)) return false;
    const std::size_t mark = m_builder.mark();
    for (bool first = true; !(first && is_at('}')); first = false) {
      if (!is_at('"')) return unexpected("looking for beginning of object key string");
      std::string_view key;
      if (!read_text(key)) return false;
      skip_space();
      if (!is_at(':')) return unexpected("after object key");
      ++m_at;
      GoValue item;
      if (!read_value(item, depth + 1)) return false;
      m_builder.add(key, item);
      skip_space();
      if (is_at('}')) break;
      if (!is_at(',')) return unexpected("after object key:value pair");
      ++m_at;
      skip_space();
    }
    ++m_at;
    value = GoValue::map(m_builder.close_map(mark));
    return true;
  }

  std::string_view m_text;
  Arena& m_arena;
  MapBuilder m_builder;
  std::size_t m_at = 0;
  bool m_is_null = false;
  std::string m_syntax_error;
  std::string m_range_error;
};

}  // namespace

JsonRead read_json(std::string_view text, JsonTarget target, Arena& arena) {
  return Decoder(text, arena).read(target);
}

Result<GoValue> from_json(std::string_view text, JsonTarget target, Arena& arena) {
  JsonRead read = read_json(text, target, arena);
  if (!read.error.empty()) return fail(ErrorKind::render, std::move(read.error));
  return read.value;
}

}  // namespace reconciled::helm
