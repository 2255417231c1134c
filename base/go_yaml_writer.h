// Writes YAML as go-yaml does, byte for byte: what toYaml, toYamlPretty and kustomize print.
#pragma once

#include "base/go_float.h"
#include "base/go_yaml_dialect.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

/// One document, appended to a string as its values are told: `begin_map(2); key("a"); integer(1); key("b");
/// begin_list(0); end_list(); end_map();`. The caller brings keys in order (`natural_less`) and sizes that are true;
/// the line break at the end of the document is written with its last value. Then the next document may follow, with
/// what separates them appended by the caller. The string must outlive the writer.
class GoYamlWriter {
 public:
  GoYamlWriter(std::string& out, GoYaml flavour) : m_out(&out), m_flavour(flavour) {}

  void null() { plain("null"); }
  void boolean(bool flag) { plain(flag ? "true" : "false"); }
  void integer(std::int64_t number);
  void unsigned_integer(std::uint64_t number);
  void number(double number, FloatSize size = FloatSize::float64);
  /// Quoted when it would read back as something else; bytes that are no UTF-8 become !!binary.
  void string(std::string_view text);
  /// A short text without spaces that stands as it is: a number or a timestamp that the caller has formatted.
  void plain(std::string_view text);

  void begin_map(std::size_t size) { begin_collection(size, true); }
  void key(std::string_view text);
  void end_map() { end_collection(); }
  void begin_list(std::size_t size) { begin_collection(size, false); }
  void end_list() { end_collection(); }

 private:
  enum class Place : std::uint8_t { root, item, value, simple_key, complex_key };
  enum class Style : std::uint8_t { plain, single_quoted, double_quoted, literal };
  struct Level {
    std::int32_t outer_indent = 0;
    bool is_map = false;
    bool is_empty = false;
  };
  /// What a text holds that decides how it can be written.
  struct Shape {
    bool multiline = false;
    bool may_be_plain = true;
    bool may_be_single_quoted = true;
    bool may_be_literal = true;
    bool has_newline = false;
    bool has_other_break = false;  ///< U+2028 or U+2029
    bool is_ascii = true;
  };

  [[nodiscard]] Shape shape_of(std::string_view text) const;
  [[nodiscard]] Style style_of(std::string_view text, const Shape& shape) const;
  [[nodiscard]] bool reads_as_text(std::string_view text) const;

  void begin_value();
  void end_value();
  void begin_collection(std::size_t size, bool is_map);
  void end_collection();

  void scalar(std::string_view text, const Shape& shape, Style style);
  void binary(std::string_view bytes);
  void write_plain(std::string_view text, const Shape& shape);
  void write_single_quoted(std::string_view text);
  void write_double_quoted(std::string_view text);
  void write_escape(std::uint32_t point);
  void write_literal(std::string_view text, const Shape& shape);
  void write_literal_hints(std::string_view text);

  [[nodiscard]] bool is_past_margin() const;
  void put(char c) {
    *m_out += c;
    ++m_column;
  }
  void put_break();
  void write_character(std::string_view text, std::size_t& at);
  void write_break(std::string_view text, std::size_t& at);
  void write_indent();
  void write_indicator(std::string_view text, bool needs_space, bool keeps_indention);

  std::string* m_out;
  GoYaml m_flavour;
  std::vector<Level> m_levels;
  Place m_place = Place::root;  // of the next value
  std::int32_t m_indent = -1;
  std::int32_t m_column = 0;  // in characters
  bool m_whitespace = true;   // nothing needs a space before it here
  bool m_indention = true;    // this line has nothing but indentation and indicators of blocks so far
};

/// The order of keys in a map that go-yaml prints: runs of digits by their number, letters behind other characters.
/// Not a strict weak order for odd keys (numbers above int64), so sort with std::stable_sort, which is safe then.
bool natural_less(std::string_view a, std::string_view b, GoYaml flavour);

}  // namespace reconciled
