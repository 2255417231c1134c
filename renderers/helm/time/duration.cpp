#include "renderers/helm/time/duration.h"

#include "base/utf8.h"

#include <array>
#include <limits>
#include <optional>

namespace reconciled::helm {
namespace {

constexpr std::uint64_t k_limit = 1ULL << 63;

struct Unit {
  std::string_view name;
  std::uint64_t nanoseconds;
};
constexpr std::array k_units{
    Unit{"ns", 1},         Unit{"us", 1'000},        Unit{"\u00B5s", 1'000},    Unit{"\u03BCs", 1'000},
    Unit{"ms", 1'000'000}, Unit{"s", 1'000'000'000}, Unit{"m", 60'000'000'000}, Unit{"h", 3'600'000'000'000},
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

tl::unexpected<Error> refuse(std::string_view reason, std::string_view text) {
  return fail(ErrorKind::render, "time: " + std::string(reason) + ' ' + time_quoted(text));
}

/// Digits before the point; nothing when they are too many.
std::optional<std::uint64_t> take_whole(std::string_view& rest) {
  std::uint64_t number = 0;
  for (; !rest.empty() && is_digit(rest.front()); rest.remove_prefix(1)) {
    if (number > k_limit / 10) return std::nullopt;
    number = number * 10 + static_cast<std::uint64_t>(rest.front() - '0');
    if (number > k_limit) return std::nullopt;
  }
  return number;
}

struct Fraction {
  std::uint64_t number = 0;
  double scale = 1;  ///< the fraction is number / scale
};

/// Digits behind the point; those that do not fit any more are dropped.
Fraction take_fraction(std::string_view& rest) {
  Fraction fraction;
  bool full = false;
  for (; !rest.empty() && is_digit(rest.front()); rest.remove_prefix(1)) {
    if (full) continue;
    if (fraction.number > (k_limit - 1) / 10) {
      full = true;
      continue;
    }
    const std::uint64_t next = fraction.number * 10 + static_cast<std::uint64_t>(rest.front() - '0');
    if (next > k_limit) {
      full = true;
      continue;
    }
    fraction.number = next;
    fraction.scale *= 10;
  }
  return fraction;
}

/// One number with its unit, in nanoseconds.
Result<std::uint64_t> take_part(std::string_view& rest, std::string_view text) {
  constexpr std::string_view k_invalid = "invalid duration";
  if (rest.front() != '.' && !is_digit(rest.front())) return refuse(k_invalid, text);
  const std::size_t before = rest.size();
  const auto whole = take_whole(rest);
  if (!whole) return refuse(k_invalid, text);
  bool has_digits = rest.size() != before;
  Fraction fraction;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    const std::size_t behind = rest.size();
    fraction = take_fraction(rest);
    has_digits = has_digits || rest.size() != behind;
  }
  if (!has_digits) return refuse(k_invalid, text);
  const std::string_view name = rest.substr(0, rest.find_first_of(".0123456789"));
  if (name.empty()) return refuse("missing unit in duration", text);
  rest.remove_prefix(name.size());
  for (const Unit& unit : k_units) {
    if (unit.name != name) continue;
    if (*whole > k_limit / unit.nanoseconds) return refuse(k_invalid, text);
    std::uint64_t sum = *whole * unit.nanoseconds;
    if (fraction.number > 0) {
      sum += static_cast<std::uint64_t>(static_cast<double>(fraction.number) *
                                        (static_cast<double>(unit.nanoseconds) / fraction.scale));
      if (sum > k_limit) return refuse(k_invalid, text);
    }
    return sum;
  }
  return refuse("unknown unit " + time_quoted(name) + " in duration", text);
}

}  // namespace

Result<std::int64_t> parse_go_duration(std::string_view text) {
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "0") return 0;
  if (rest.empty()) return refuse("invalid duration", text);
  std::uint64_t sum = 0;
  while (!rest.empty()) {
    TRY_ASSIGN(const std::uint64_t part, take_part(rest, text));
    sum += part;
    if (sum > k_limit) return refuse("invalid duration", text);
  }
  if (negative) return static_cast<std::int64_t>(0 - sum);
  if (sum == k_limit) return refuse("invalid duration", text);
  return static_cast<std::int64_t>(sum);
}

std::int64_t truncated_duration(std::int64_t duration, std::int64_t step) {
  return step <= 0 ? duration : duration - duration % step;
}

std::int64_t rounded_duration(std::int64_t duration, std::int64_t step) {
  if (step <= 0) return duration;
  const std::int64_t rest = duration % step;
  const std::int64_t distance = rest < 0 ? -rest : rest;
  const std::int64_t towards_zero = duration - rest;
  if (distance < step - distance) return towards_zero;
  if (duration < 0) {
    constexpr std::int64_t k_least = std::numeric_limits<std::int64_t>::min();
    return towards_zero < k_least + step ? k_least : towards_zero - step;
  }
  constexpr std::int64_t k_most = std::numeric_limits<std::int64_t>::max();
  return towards_zero > k_most - step ? k_most : towards_zero + step;
}

std::string time_quoted(std::string_view text) {
  constexpr std::string_view k_digits = "0123456789abcdef";
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || byte < ' ') {
      quoted += {'\\', 'x', k_digits[byte >> 4], k_digits[byte & 0xF]};
    } else {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
  }
  return quoted + '"';
}

}  // namespace reconciled::helm
