#include "base/json.h"
#include "base/key_cache.h"
#include "base/node_cache.h"
#include "base/number.h"
#include "base/utf8.h"

#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>

namespace reconciled {
namespace {

// Written by hand, and not a library's DOM turned into Values: lists of a cluster are tens of megabytes, where
// nlohmann_json takes ten times the memory of the text (see bench/base_json.cpp).

constexpr std::uint32_t k_deepest = 4096;  ///< whatever the budget says: nesting takes the stack

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Whether one of eight bytes ends a run of plain string bytes: a quote, a backslash, a control character or no ASCII.
constexpr bool has_special(std::uint64_t word) {
  constexpr std::uint64_t k_ones = 0x0101010101010101U;
  constexpr std::uint64_t k_highs = 0x8080808080808080U;
  const std::uint64_t quote = word ^ (k_ones * '"');
  const std::uint64_t slash = word ^ (k_ones * '\\');
  return ((word | (word - k_ones * 0x20) | ((quote - k_ones) & ~quote) | ((slash - k_ones) & ~slash)) & k_highs) != 0;
}

class JsonReader {
 public:
  JsonReader(std::string_view text, Budget& budget, DuplicateKeys duplicates)
      : m_begin(text.data()),
        m_at(text.data()),
        m_end(text.data() + text.size()),
        m_budget(budget),
        m_duplicates(duplicates),
        m_max_depth(std::min(budget.max_depth(), k_deepest)),
        m_strings(text.size()),
        m_nodes(text.size()) {}

  Result<Value> read() {
    skip_space();
    Value value;
    if (!read_value(value, 0)) return fail(std::move(*m_error));
    skip_space();
    if (m_at != m_end) {
      refuse("there is more text after the JSON value");
      return fail(std::move(*m_error));
    }
    return value;
  }

 private:
  struct Pending {
    Value key;
    Value value;
    const char* at = nullptr;  ///< where the key begins
  };

  // Each read_ function returns false after it has set m_error.

  bool read_value(Value& out, std::uint32_t depth) {
    if (!m_budget.step()) return spent();
    if (m_at == m_end) return refuse("the text ends where a value should be");
    switch (*m_at) {
      case '{': return depth < m_max_depth ? read_map(out, depth) : too_deep();
      case '[': return depth < m_max_depth ? read_list(out, depth) : too_deep();
      case '"': return read_string(out);
      case 't': return read_word("true", Value(true), out);
      case 'f': return read_word("false", Value(false), out);
      case 'n': return read_word("null", Value(), out);
      default:
        if (*m_at == '-' || is_digit(*m_at)) return read_number(out);
        return refuse("expected a value");
    }
  }

  bool read_list(Value& out, std::uint32_t depth) {
    const std::size_t first = m_items.size();
    ++m_at;
    skip_space();
    if (m_at != m_end && *m_at == ']') {
      ++m_at;
      out = m_empty_list;
      return true;
    }
    while (true) {
      Value item;
      if (!read_value(item, depth + 1)) return false;
      m_items.push_back(std::move(item));
      skip_space();
      if (m_at == m_end) return refuse("the text ends inside a list");
      if (*m_at == ']') break;
      if (*m_at != ',') return refuse("expected \",\" or \"]\" in a list");
      ++m_at;
      skip_space();
    }
    ++m_at;
    if (!m_budget.take((m_items.size() - first) * sizeof(Value))) return spent();
    const auto begin = m_items.begin() + static_cast<std::ptrdiff_t>(first);
    const auto item_of = [&](std::size_t i) -> const Value& { return m_items[first + i]; };
    if (const Value* same = m_nodes.find(Value::Kind::list, m_items.size() - first, item_of)) {
      out = *same;
    } else {
      out = Value::list(std::vector<Value>(std::make_move_iterator(begin), std::make_move_iterator(m_items.end())));
      m_nodes.keep(out);
    }
    m_items.erase(begin, m_items.end());
    return true;
  }

  bool read_map(Value& out, std::uint32_t depth) {
    const std::size_t first = m_entries.size();
    ++m_at;
    skip_space();
    if (m_at != m_end && *m_at == '}') {
      ++m_at;
      out = m_empty_map;
      return true;
    }
    while (true) {
      if (m_at == m_end) return refuse("the text ends inside a map");
      if (*m_at != '"') return refuse("expected a key in double quotes");
      Pending entry;
      entry.at = m_at;
      if (!read_string(entry.key)) return false;
      skip_space();
      if (m_at == m_end || *m_at != ':') return refuse("expected \":\" after a key");
      ++m_at;
      skip_space();
      if (!read_value(entry.value, depth + 1)) return false;
      m_entries.push_back(std::move(entry));
      skip_space();
      if (m_at == m_end) return refuse("the text ends inside a map");
      if (*m_at == '}') break;
      if (*m_at != ',') return refuse("expected \",\" or \"}\" in a map");
      ++m_at;
      skip_space();
    }
    ++m_at;
    return close_map(out, first);
  }

  bool close_map(Value& out, std::size_t first) {
    if (!m_budget.take((m_entries.size() - first) * sizeof(Value::Entry))) return spent();
    const auto key_of = [&](std::size_t i) { return m_entries[first + i].key.as_string(); };
    const auto child_of = [&](std::size_t i) -> const Value& {
      const Pending& entry = m_entries[first + i / 2];
      return i % 2 == 0 ? entry.key : entry.value;
    };
    if (const Value* same = m_nodes.find(Value::Kind::map, (m_entries.size() - first) * 2, child_of)) {
      out = *same;
      drop_entries(first);
      return true;
    }
    if (const auto pair = m_repeated.find(m_entries.size() - first, key_of)) {
      if (m_duplicates == DuplicateKeys::refuse) {
        m_at = m_entries[first + pair->second].at;
        return refuse("the key \"" + std::string(key_of(pair->second)) + "\" is there twice");
      }
      out = Value::map();
      for (std::size_t i = first; i < m_entries.size(); ++i) {
        out.edit(m_entries[i].key.as_string()) = std::move(m_entries[i].value);
      }
    } else {
      std::vector<Value::Entry> entries;
      entries.reserve(m_entries.size() - first);
      for (std::size_t i = first; i < m_entries.size(); ++i) {
        entries.push_back({std::move(m_entries[i].key), std::move(m_entries[i].value)});
      }
      out = Value::map_of_distinct(std::move(entries));
      m_nodes.keep(out);
    }
    drop_entries(first);
    return true;
  }

  void drop_entries(std::size_t first) {
    m_entries.erase(m_entries.begin() + static_cast<std::ptrdiff_t>(first), m_entries.end());
  }

  bool read_word(std::string_view word, Value value, Value& out) {
    if (!std::string_view(m_at, static_cast<std::size_t>(m_end - m_at)).starts_with(word)) {
      return refuse("expected a value");
    }
    m_at += word.size();
    out = std::move(value);
    return true;
  }

  bool read_number(Value& out) {
    const char* const start = m_at;
    if (*m_at == '-') ++m_at;
    if (m_at == m_end || !is_digit(*m_at)) return refuse("expected a digit");
    if (*m_at == '0' && m_end - m_at > 1 && is_digit(m_at[1])) return refuse("a number must not begin with 0");
    skip_digits();
    bool integer = true;
    if (m_at != m_end && *m_at == '.') {
      integer = false;
      ++m_at;
      if (!skip_digits()) return refuse("expected a digit after the point");
    }
    if (m_at != m_end && (*m_at == 'e' || *m_at == 'E')) {
      integer = false;
      ++m_at;
      if (m_at != m_end && (*m_at == '+' || *m_at == '-')) ++m_at;
      if (!skip_digits()) return refuse("expected a digit in the exponent");
    }
    if (integer) {
      std::int64_t number = 0;
      if (std::from_chars(start, m_at, number).ec == std::errc()) {
        out = Value(number);
        return true;
      }
    }
    const auto number = parse_double(std::string_view(start, static_cast<std::size_t>(m_at - start)));
    if (!number) {
      m_at = start;
      return refuse("the number is larger than a double can hold");
    }
    out = Value(*number);
    return true;
  }

  bool skip_digits() {
    const char* const start = m_at;
    while (m_at != m_end && is_digit(*m_at)) ++m_at;
    return m_at != start;
  }

  void skip_plain() {
    while (m_end - m_at >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, m_at, sizeof word);
      if (has_special(word)) break;
      m_at += 8;
    }
    while (m_at != m_end && *m_at != '"' && *m_at != '\\' && static_cast<unsigned char>(*m_at) >= 0x20 &&
           static_cast<unsigned char>(*m_at) < 0x80) {
      ++m_at;
    }
  }

  bool read_string(Value& out) {
    const char* const start = ++m_at;
    skip_plain();
    if (m_at != m_end && *m_at == '"') {
      const std::string_view text(start, static_cast<std::size_t>(m_at - start));
      ++m_at;
      return keep_string(text, out);
    }
    m_text.assign(start, m_at);
    while (true) {
      if (m_at == m_end) return refuse("the text ends inside a string");
      if (*m_at == '"') break;
      if (*m_at == '\\') {
        if (!read_escape()) return false;
      } else if (static_cast<unsigned char>(*m_at) < 0x20) {
        return refuse("a control character must be written as an escape");
      } else {
        const auto point = first_code_point({m_at, static_cast<std::size_t>(m_end - m_at)});
        if (point.length == 0) return refuse("the text is not UTF-8");
        m_text.append(m_at, point.length);
        m_at += point.length;
      }
      const char* const plain = m_at;
      skip_plain();
      m_text.append(plain, m_at);
    }
    ++m_at;
    return keep_string(m_text, out);
  }

  bool keep_string(std::string_view text, Value& out) {
    if (!m_budget.take(text.size())) return spent();
    out = m_strings.get(text);
    return true;
  }

  bool read_escape() {
    const char* const start = m_at++;
    if (m_at == m_end) return refuse("the text ends inside a string");
    switch (*m_at++) {
      case '"': m_text += '"'; return true;
      case '\\': m_text += '\\'; return true;
      case '/': m_text += '/'; return true;
      case 'b': m_text += '\b'; return true;
      case 'f': m_text += '\f'; return true;
      case 'n': m_text += '\n'; return true;
      case 'r': m_text += '\r'; return true;
      case 't': m_text += '\t'; return true;
      case 'u': break;
      default: m_at = start; return refuse("unknown escape");
    }
    auto unit = read_hex();
    if (!unit) return fail_at(start, "\\u needs four hexadecimal digits");
    if (*unit >= 0xDC00 && *unit < 0xE000) return fail_at(start, "a low surrogate stands alone");
    if (*unit >= 0xD800 && *unit < 0xDC00) {
      if (m_end - m_at < 2 || m_at[0] != '\\' || m_at[1] != 'u') return fail_at(start, "a high surrogate stands alone");
      m_at += 2;
      const auto low = read_hex();
      if (!low || *low < 0xDC00 || *low >= 0xE000) return fail_at(start, "a high surrogate stands alone");
      unit = 0x10000 + ((*unit - 0xD800) << 10) + (*low - 0xDC00);
    }
    append_utf8(m_text, *unit);
    return true;
  }

  std::optional<std::uint32_t> read_hex() {
    std::uint32_t unit = 0;
    if (m_end - m_at < 4) return std::nullopt;
    const auto end = std::from_chars(m_at, m_at + 4, unit, 16);
    if (end.ec != std::errc() || end.ptr != m_at + 4) return std::nullopt;
    m_at += 4;
    return unit;
  }

  void skip_space() {
    while (m_at != m_end && (*m_at == ' ' || *m_at == '\n' || *m_at == '\r' || *m_at == '\t')) ++m_at;
  }

  [[nodiscard]] Where here() const {
    Where where;
    where.line = 1;
    const char* line = m_begin;
    for (const char* c = m_begin; c != m_at; ++c) {
      if (*c != '\n') continue;
      ++where.line;
      line = c + 1;
    }
    where.column = static_cast<std::uint32_t>(m_at - line) + 1;
    return where;
  }

  bool refuse(std::string why) {
    std::string message = std::move(why);
    if (m_at == m_begin && m_at == m_end) message = "the text is empty";
    m_error = Error(ErrorKind::render, "not valid JSON: " + message, here());
    return false;
  }
  bool fail_at(const char* at, std::string why) {
    m_at = at;
    return refuse(std::move(why));
  }
  bool too_deep() {
    m_error = Error(ErrorKind::limit, "the JSON nests deeper than " + std::to_string(m_max_depth) + " levels", here());
    return false;
  }
  bool spent() {
    m_error = m_budget.error("reading JSON", here());
    return false;
  }

  const char* m_begin;
  const char* m_at;
  const char* m_end;
  Budget& m_budget;
  DuplicateKeys m_duplicates;
  std::uint32_t m_max_depth;
  std::optional<Error> m_error;
  std::string m_text;              // of a string with escapes
  std::vector<Value> m_items;      // of the lists that are open
  std::vector<Pending> m_entries;  // of the maps that are open
  const Value m_empty_list = Value::list();
  const Value m_empty_map = Value::map();
  StringCache m_strings;
  NodeCache m_nodes;
  RepeatedKeys m_repeated;
};

}  // namespace

Result<Value> parse_json(std::string_view text, Budget& budget, DuplicateKeys duplicates) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return JsonReader(text, budget, duplicates).read();
}

}  // namespace reconciled
