#include "sandbox/quantity.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace reconciled::sandbox {
namespace {

__extension__ typedef __int128 Wide;

constexpr std::array<std::string_view, 10> k_decimal = {"n", "u", "m", "", "k", "M", "G", "T", "P", "E"};
constexpr std::array<std::string_view, 7> k_binary = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
constexpr std::size_t k_max_digits = 24;

enum class Notation { decimal, exponent, binary };

struct Quantity {
  Wide digits = 0;  ///< value = digits * 10^exponent
  int exponent = 0;
  Notation notation = Notation::decimal;
  bool negative = false;
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool read_suffix(std::string_view suffix, Quantity& out) {
  for (std::size_t index = 0; index < k_decimal.size(); ++index) {
    if (suffix != k_decimal[index]) continue;
    out.exponent += 3 * (static_cast<int>(index) - 3);
    return true;
  }
  for (std::size_t index = 1; index < k_binary.size(); ++index) {
    if (suffix != k_binary[index]) continue;
    for (std::size_t power = 0; power < index; ++power) out.digits *= 1024;
    out.notation = Notation::binary;
    return true;
  }
  if (suffix[0] != 'e' && suffix[0] != 'E') return false;
  suffix.remove_prefix(1);
  if (!suffix.empty() && suffix[0] == '+') suffix.remove_prefix(1);
  int power = 0;
  const auto [end, error] = std::from_chars(suffix.data(), suffix.data() + suffix.size(), power);
  if (error != std::errc() || end != suffix.data() + suffix.size() || power < -18 || power > 18) return false;
  out.exponent += power;
  out.notation = Notation::exponent;
  return true;
}

std::optional<Quantity> parse(std::string_view text) {
  Quantity out;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    out.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  std::size_t at = 0;
  std::size_t digits = 0;
  bool fraction = false;
  for (; at < text.size() && (is_digit(text[at]) || text[at] == '.'); ++at) {
    if (text[at] == '.') {
      if (fraction) return std::nullopt;
      fraction = true;
      continue;
    }
    if (++digits > k_max_digits) return std::nullopt;
    out.digits = out.digits * 10 + (text[at] - '0');
    if (fraction) --out.exponent;
  }
  if (digits == 0) return std::nullopt;
  if (!read_suffix(text.substr(at), out)) return std::nullopt;
  return out;
}

std::string format_digits(Wide value) {
  if (value == 0) return "0";
  std::string out;
  for (; value > 0; value /= 10) out.push_back(static_cast<char>('0' + static_cast<int>(value % 10)));
  std::reverse(out.begin(), out.end());
  return out;
}

/// Divides by ten until the exponent is reached, rounding up.
void raise_exponent(Quantity& quantity, int exponent) {
  bool rest = false;
  while (quantity.exponent < exponent) {
    rest = rest || quantity.digits % 10 != 0;
    quantity.digits /= 10;
    ++quantity.exponent;
  }
  if (rest) ++quantity.digits;
}

std::string format_binary(Quantity quantity) {
  raise_exponent(quantity, 0);
  for (; quantity.exponent > 0; --quantity.exponent) quantity.digits *= 10;
  std::size_t power = 0;
  while (power + 1 < k_binary.size() && quantity.digits != 0 && quantity.digits % 1024 == 0) {
    quantity.digits /= 1024;
    ++power;
  }
  return format_digits(quantity.digits) + std::string(k_binary[power]);
}

std::string format_decimal(Quantity quantity) {
  raise_exponent(quantity, -9);
  if (quantity.digits == 0) return "0";
  while (quantity.digits % 10 == 0) {
    quantity.digits /= 10;
    ++quantity.exponent;
  }
  while (quantity.exponent % 3 != 0 || quantity.exponent > 18) {
    quantity.digits *= 10;
    --quantity.exponent;
  }
  const std::string digits = format_digits(quantity.digits);
  if (quantity.notation == Notation::exponent)
    return quantity.exponent == 0 ? digits : digits + "e" + std::to_string(quantity.exponent);
  return digits + std::string(k_decimal[static_cast<std::size_t>(quantity.exponent / 3 + 3)]);
}

bool below_1024(const Quantity& quantity) {
  Quantity rounded = quantity;
  const bool exact = quantity.exponent >= 0;
  raise_exponent(rounded, 0);
  for (int power = rounded.exponent; power > 0; --power) rounded.digits *= 10;
  return rounded.digits < 1024 || (!exact && rounded.digits == 1024);
}

}  // namespace

std::optional<std::string> canonical_quantity(std::string_view text) {
  const std::optional<Quantity> quantity = parse(text);
  if (!quantity) return std::nullopt;
  std::string out = quantity->notation == Notation::binary && !below_1024(*quantity) ? format_binary(*quantity)
                                                                                     : format_decimal(*quantity);
  if (quantity->negative && out != "0") out.insert(out.begin(), '-');
  return out;
}

}  // namespace reconciled::sandbox
