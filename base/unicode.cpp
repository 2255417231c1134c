#include "base/unicode.h"

#include "base/unicode_tables.h"

#include <algorithm>
#include <span>

namespace reconciled {
namespace {

using unicode::CaseRun;
using unicode::Range;

bool is_in(std::span<const Range> ranges, std::uint32_t point) noexcept {
  const auto found = std::ranges::lower_bound(ranges, point, {}, &Range::last);
  return found != ranges.end() && found->first <= point;
}

std::uint32_t change(std::span<const CaseRun> runs, std::uint32_t point) noexcept {
  const auto found = std::ranges::lower_bound(runs, point, {}, &CaseRun::last);
  if (found == runs.end() || found->first > point || (point - found->first) % found->stride != 0) return point;
  return point + static_cast<std::uint32_t>(found->delta);
}

}  // namespace

bool is_letter(std::uint32_t code_point) noexcept {
  if (code_point < 0x80) return (code_point | 0x20U) - 'a' < 26;
  return is_in(unicode::k_letters, code_point);
}

bool is_decimal_digit(std::uint32_t code_point) noexcept {
  if (code_point < 0x80) return code_point - '0' < 10;
  return is_in(unicode::k_decimal_digits, code_point);
}

bool is_printable(std::uint32_t code_point) noexcept {
  if (code_point < 0x80) return code_point >= 0x20 && code_point < 0x7F;
  return is_in(unicode::k_printable, code_point);
}

bool is_upper(std::uint32_t code_point) noexcept {
  return is_in(unicode::k_upper, code_point);
}

bool is_lower(std::uint32_t code_point) noexcept {
  return is_in(unicode::k_lower, code_point);
}

bool is_space(std::uint32_t code_point) noexcept {
  return code_point == ' ' || (code_point >= '\t' && code_point <= '\r') || code_point == 0x85 || code_point == 0xA0 ||
         code_point == 0x1680 || (code_point >= 0x2000 && code_point <= 0x200A) || code_point == 0x2028 ||
         code_point == 0x2029 || code_point == 0x202F || code_point == 0x205F || code_point == 0x3000;
}

std::uint32_t to_upper(std::uint32_t code_point) noexcept {
  return change(unicode::k_to_upper, code_point);
}
std::uint32_t to_lower(std::uint32_t code_point) noexcept {
  return change(unicode::k_to_lower, code_point);
}
std::uint32_t to_title(std::uint32_t code_point) noexcept {
  return change(unicode::k_to_title, code_point);
}

}  // namespace reconciled
