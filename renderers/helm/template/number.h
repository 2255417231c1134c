// The numbers that templates hold: Go's constants, whose type depends on where they stand.
#pragma once

#include "renderers/helm/template/lexer.h"
#include "renderers/helm/values/go_value.h"

#include <string>
#include <string_view>

namespace reconciled::helm {

/// A constant may be several kinds of number at once: 3.0 is also the integer 3.
struct NumberConstant {
  std::string_view text;  ///< as written
  bool is_int = false;
  bool is_uint = false;
  bool is_float = false;
  bool is_complex = false;
  std::int64_t as_int = 0;
  std::uint64_t as_uint = 0;
  double as_float = 0;
  GoComplex as_complex;

  /// What it is where nothing asks for a type; `invalid` when it is an integer that no int holds. A complex value
  /// points into this object.
  [[nodiscard]] GoValue ideal() const;
};

/// Empty on success, else what is wrong, as strconv says it. `kind` is number, complex or character_constant.
std::string read_number(std::string_view text, TokenKind kind, NumberConstant& number);

}  // namespace reconciled::helm
