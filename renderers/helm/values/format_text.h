// The plain values that fmt writes, with its flags, width and precision.
#pragma once

#include "base/go_float.h"
#include "renderers/helm/values/quote.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace reconciled::helm {

/// What stands between `%` and the verb.
struct FormatFlags {
  bool has_width = false;
  bool has_precision = false;
  bool minus = false;
  bool plus = false;
  bool sharp = false;
  bool space = false;
  bool zero = false;
  bool plus_v = false;   ///< %+v
  bool sharp_v = false;  ///< %#v
  int width = 0;
  int precision = 0;
};

enum class HexCase : std::uint8_t { lower, upper };

/// Appends to a text. Widths are at most a million; who calls bounds how many there are.
class TextFormatter {
 public:
  explicit TextFormatter(std::string& out) : m_out(out) {}
  FormatFlags flags;

  void pad(std::string_view text);
  void boolean(bool flag) { pad(flag ? "true" : "false"); }
  /// `is_signed` tells that `number` is an int64 in two's complement; `verb` O adds 0o.
  struct Integer {
    std::uint64_t number = 0;
    bool is_signed = false;
  };
  void integer(Integer value, unsigned base, char32_t verb, HexCase hex = HexCase::lower);
  void unicode(std::uint64_t number);             ///< %U
  void character(std::uint64_t number);           ///< %c
  void quoted_character(std::uint64_t number);    ///< %q of an integer
  void string(std::string_view text);             ///< %s
  void quoted_string(std::string_view text);      ///< %q
  void hex(std::string_view bytes, HexCase hex);  ///< %x of a string or bytes
  /// `precision` is the verb's default.
  void floating(double number, FloatSize size, char verb, int precision);

 private:
  void padding(std::size_t count);
  [[nodiscard]] std::string_view truncated(std::string_view text) const;
  void pad_with_spaces(std::string_view text);
  void restore_zeros(std::string& number, char verb, int precision) const;

  std::string& m_out;
};

}  // namespace reconciled::helm
