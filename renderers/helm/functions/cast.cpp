#include "renderers/helm/functions/cast.h"

#include "renderers/helm/functions/go_number.h"

#include <limits>
#include <string_view>

namespace reconciled::helm {
namespace {

/// "5.00" and "5.0" without what follows the 5; "5." and "5.10" stay as they are.
std::string_view without_zero_fraction(std::string_view text) {
  const std::size_t point = text.find_last_not_of('0');
  const bool is_zero_fraction = point != std::string_view::npos && text[point] == '.' && point + 1 < text.size();
  return is_zero_fraction ? text.substr(0, point) : text;
}

std::int64_t int_of_text(std::string_view text) {
  const auto parsed = parse_go_int(without_zero_fraction(text), 0);
  return parsed && parsed->in_range ? parsed->value : 0;
}

}  // namespace

std::int64_t truncate_to_int64(double number) {
  constexpr double k_limit = 9223372036854775808.0;
  if (number >= -k_limit && number < k_limit) return static_cast<std::int64_t>(number);
  return std::numeric_limits<std::int64_t>::min();
}

std::int64_t to_int64(GoValue value) {
  if (value.type() == GoType::duration) return 0;  // a type of its own, which cast does not know
  switch (value.kind()) {
    case GoKind::boolean: return value.as_bool() ? 1 : 0;
    case GoKind::integer: return value.as_int();
    case GoKind::unsigned_integer: return static_cast<std::int64_t>(value.as_uint());
    case GoKind::floating: return truncate_to_int64(value.as_double());
    case GoKind::string: return int_of_text(value.as_text());
    case GoKind::invalid:
    case GoKind::interface:
    case GoKind::complex:
    case GoKind::slice:
    case GoKind::map:
    case GoKind::structure:
    case GoKind::pointer:
    case GoKind::function: return 0;
  }
  return 0;
}

double to_float64(GoValue value) {
  if (value.type() == GoType::duration) return 0;
  switch (value.kind()) {
    case GoKind::boolean: return value.as_bool() ? 1 : 0;
    case GoKind::integer: return static_cast<double>(value.as_int());
    case GoKind::unsigned_integer: return static_cast<double>(value.as_uint());
    case GoKind::floating: return value.as_double();
    case GoKind::string: return parse_go_float(value.as_text()).value_or(0);
    case GoKind::invalid:
    case GoKind::interface:
    case GoKind::complex:
    case GoKind::slice:
    case GoKind::map:
    case GoKind::structure:
    case GoKind::pointer:
    case GoKind::function: return 0;
  }
  return 0;
}

}  // namespace reconciled::helm
