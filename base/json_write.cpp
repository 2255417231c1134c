#include "base/json.h"
#include "base/json_escape.h"
#include "base/number.h"
#include "base/utf8.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

namespace reconciled {
namespace {

/// Whether none of eight bytes is a control character, a quote, a backslash or beyond ASCII. May say no for nothing.
bool is_plain_word(const char* text) {
  constexpr std::uint64_t k_ones = 0x0101010101010101U;
  constexpr std::uint64_t k_high = 0x8080808080808080U;
  std::uint64_t word = 0;
  std::memcpy(&word, text, sizeof word);
  const auto has_zero = [](std::uint64_t bytes) { return (bytes - k_ones) & ~bytes & k_high; };
  const std::uint64_t control = (word - k_ones * 0x20) & k_high;
  return (control | (word & k_high) | has_zero(word ^ k_ones * '"') | has_zero(word ^ k_ones * '\\')) == 0;
}

class JsonWriter {
 public:
  JsonWriter(std::string& out, JsonStyle style) : m_out(out), m_style(style) {}

  void write(const Value& value) {
    switch (value.kind()) {
      case Value::Kind::null: m_out += "null"; return;
      case Value::Kind::boolean: m_out += value.as_bool() ? "true" : "false"; return;
      case Value::Kind::integer: write_integer(value.as_integer()); return;
      case Value::Kind::number: write_number(value.as_double()); return;
      case Value::Kind::string: append_json_string(m_out, value.as_string()); return;
      case Value::Kind::list: write_list(value); return;
      case Value::Kind::map: write_map(value); return;
    }
  }

 private:
  void write_integer(std::int64_t number) {
    char text[24];
    m_out.append(text, std::to_chars(text, text + sizeof text, number).ptr);
  }

  /// JSON has no infinity; the readers let none in.
  void write_number(double number) {
    if (std::isfinite(number))
      append_double(m_out, number);
    else
      m_out += "null";
  }

  void write_list(const Value& list) {
    if (list.size() == 0) {
      m_out += "[]";
      return;
    }
    open('[');
    bool first = true;
    for (const Value& item : list.items()) {
      separate(first);
      write(item);
    }
    close(']');
  }

  void write_map(const Value& map) {
    if (map.size() == 0) {
      m_out += "{}";
      return;
    }
    open('{');
    bool first = true;
    const auto entries = map.entries();
    const auto write_entry = [&](const Value::Entry& entry) {
      separate(first);
      append_json_string(m_out, entry.key.as_string());
      m_out += m_style == JsonStyle::pretty ? ": " : ":";
      write(entry.value);
    };
    const auto by_key = [](const Value::Entry& a, const Value::Entry& b) {
      return a.key.as_string() < b.key.as_string();
    };
    if (m_style != JsonStyle::canonical || std::ranges::is_sorted(entries, by_key)) {
      std::ranges::for_each(entries, write_entry);
    } else {
      std::vector<const Value::Entry*> sorted;
      sorted.reserve(entries.size());
      for (const auto& entry : entries) sorted.push_back(&entry);
      std::ranges::sort(sorted, [&](const auto* a, const auto* b) { return by_key(*a, *b); });
      for (const auto* entry : sorted) write_entry(*entry);
    }
    close('}');
  }

  void open(char bracket) {
    m_out += bracket;
    ++m_depth;
  }
  void separate(bool& first) {
    if (!first) m_out += ',';
    first = false;
    break_line();
  }
  void close(char bracket) {
    --m_depth;
    break_line();
    m_out += bracket;
  }
  void break_line() {
    if (m_style != JsonStyle::pretty) return;
    m_out += '\n';
    m_out.append(m_depth * 2, ' ');
  }

  std::string& m_out;
  JsonStyle m_style;
  std::size_t m_depth = 0;
};

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0;
  const auto flush = [&](std::size_t to) { out.append(text, plain, to - plain); };
  for (std::size_t i = 0; i < text.size();) {
    if (text.size() - i >= sizeof(std::uint64_t) && is_plain_word(text.data() + i)) {
      i += sizeof(std::uint64_t);
      continue;
    }
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
      ++i;
      continue;
    }
    if (c < 0x80) {
      flush(i);
      append_json_escape(out, c);
      plain = ++i;
      continue;
    }
    const auto point = first_code_point(text.substr(i));
    const bool separator = point.value == 0x2028 || point.value == 0x2029;
    if (point.length != 0 && !separator) {
      i += point.length;
      continue;
    }
    flush(i);
    if (separator)
      out += point.value == 0x2028 ? "\\u2028" : "\\u2029";
    else
      out += "\\ufffd";
    plain = i += std::max<std::size_t>(point.length, 1);
  }
  flush(text.size());
  out += '"';
}

void append_json(std::string& out, const Value& value, JsonStyle style) {
  JsonWriter(out, style).write(value);
}

std::string format_json(const Value& value, JsonStyle style) {
  std::string out;
  append_json(out, value, style);
  return out;
}

}  // namespace reconciled
