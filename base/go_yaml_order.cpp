#include "base/go_yaml_writer.h"
#include "base/unicode.h"
#include "base/utf8.h"

namespace reconciled {
namespace {

constexpr std::uint32_t k_replacement = 0xFFFD;

/// The characters of a text, as Go's []rune has them: each byte that is no UTF-8 counts as U+FFFD.
class Runes {
 public:
  explicit Runes(std::string_view text) : m_text(text) {}

  [[nodiscard]] bool at_end() const { return m_at == m_text.size(); }
  [[nodiscard]] std::uint32_t peek() const {
    const auto byte = static_cast<unsigned char>(m_text[m_at]);
    if (byte < 0x80) return byte;
    const CodePoint point = first_code_point(m_text.substr(m_at));
    return point.length == 0 ? k_replacement : point.value;
  }
  void next() {
    const std::size_t length = first_code_point(m_text.substr(m_at)).length;
    m_at += length == 0 ? 1 : length;
  }

 private:
  std::string_view m_text;
  std::size_t m_at = 0;
};

struct Number {
  std::int64_t value = 0;
  std::size_t digits = 0;
};

/// The number that a run of digits begins, with Go's silent overflow.
Number number_at(Runes runes, std::int64_t before) {
  auto value = static_cast<std::uint64_t>(before);
  std::size_t digits = 0;
  for (; !runes.at_end() && is_decimal_digit(runes.peek()); runes.next()) {
    value = value * 10 + (static_cast<std::uint64_t>(runes.peek()) - '0');
    ++digits;
  }
  return {static_cast<std::int64_t>(value), digits};
}

}  // namespace

bool natural_less(std::string_view a, std::string_view b, GoYaml flavour) {
  Runes left(a);
  Runes right(b);
  bool digits = false;          // the last equal character was one
  bool after_non_zero = false;  // of the run of digits that ends here, one is not 0
  for (; !left.at_end() && !right.at_end(); left.next(), right.next()) {
    const std::uint32_t l = left.peek();
    const std::uint32_t r = right.peek();
    if (l == r) {
      digits = is_decimal_digit(l);
      after_non_zero = digits && (after_non_zero || l != '0');
      continue;
    }
    const bool left_letter = is_letter(l);
    const bool right_letter = is_letter(r);
    if (left_letter && right_letter) return l < r;
    if (left_letter || right_letter) return flavour == GoYaml::v3 && digits ? left_letter : right_letter;
    const std::int64_t before = (l == '0' || r == '0') && after_non_zero ? 1 : 0;
    const Number left_number = number_at(left, before);
    const Number right_number = number_at(right, before);
    if (left_number.value != right_number.value) return left_number.value < right_number.value;
    if (left_number.digits != right_number.digits) return left_number.digits < right_number.digits;
    return l < r;
  }
  return left.at_end() && !right.at_end();
}

}  // namespace reconciled
