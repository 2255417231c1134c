// Prints Go values by a verb, as fmt's printer does.
#pragma once

#include "renderers/helm/values/arena.h"
#include "renderers/helm/values/format.h"
#include "renderers/helm/values/format_text.h"
#include "renderers/helm/values/go_value.h"

#include <string>

namespace reconciled::helm {

class ValuePrinter {
 public:
  ValuePrinter(std::string& out, Arena& arena);
  /// What a verb prints for an operand; the flags are those of `text()`.
  void print(GoValue value, char32_t verb);
  /// As print, but a pointer is printed as what it points to, and String() of its pointer counts.
  void print_addressed(GoValue value);
  /// What fmt writes in place of a value that the verb does not fit: `%!d(string=hi)`.
  void bad_verb(GoValue value, char32_t verb);

  [[nodiscard]] TextFormatter& text() { return m_text; }
  /// False once the text has outgrown the budget or is nested too deeply: print nothing more then.
  [[nodiscard]] bool good();
  [[nodiscard]] Error error() const;

 private:
  void print_nested(GoValue value, char32_t verb, std::uint32_t depth);
  void print_content(GoValue value, char32_t verb, std::uint32_t depth);
  bool print_by_method(GoValue value, char32_t verb);
  void print_bool(GoValue value, char32_t verb);
  void print_integer(GoValue value, char32_t verb);
  void print_float(double number, FloatSize size, GoValue whole, char32_t verb);
  void print_complex(GoValue value, char32_t verb);
  void print_string(std::string_view text, GoValue whole, char32_t verb);
  void print_bytes(GoValue value, char32_t verb, std::string_view type_name);
  void print_bytes_as_list(GoValue value, char32_t verb, std::string_view type_name);
  void print_list(GoValue value, char32_t verb, std::uint32_t depth);
  void print_map(GoValue value, char32_t verb, std::uint32_t depth);
  void print_struct(GoValue value, char32_t verb, std::uint32_t depth);
  void print_pointer(GoValue value, char32_t verb);
  void separate(bool is_first);
  /// In hexadecimal with 0x, whatever the flags say of it.
  void print_address(std::uint64_t number, bool with_prefix);

  std::string& m_out;
  Arena& m_arena;
  TextFormatter m_text;
  std::size_t m_largest;
  bool m_is_too_deep = false;
  bool m_is_error = false;
};

}  // namespace reconciled::helm
