#include "diff/quantity.h"

#include "base/json.h"

#include <array>
#include <optional>
#include <string>

namespace reconciled {
namespace {

// An amount in nano-units would not fit 64 bits for "100Ei", so it is kept in 128.
__extension__ typedef __int128 Amount;
constexpr Amount k_limit = static_cast<Amount>(1) << 120;

struct Suffix {
  std::string_view text;
  int base;      // 2 or 10
  int exponent;  // of the base
};
constexpr std::array k_suffixes{
    Suffix{"", 10, 0},   Suffix{"n", 10, -9}, Suffix{"u", 10, -6}, Suffix{"m", 10, -3},
    Suffix{"k", 10, 3},  Suffix{"M", 10, 6},  Suffix{"G", 10, 9},  Suffix{"T", 10, 12},
    Suffix{"P", 10, 15}, Suffix{"E", 10, 18}, Suffix{"Ki", 2, 10}, Suffix{"Mi", 2, 20},
    Suffix{"Gi", 2, 30}, Suffix{"Ti", 2, 40}, Suffix{"Pi", 2, 50}, Suffix{"Ei", 2, 60},
};

bool scale(Amount& amount, int base, int exponent, bool& rest) {
  for (; exponent > 0; --exponent) {
    if (amount > k_limit / base) return false;
    amount *= base;
  }
  for (; exponent < 0; ++exponent) {
    rest = rest || amount % base != 0;
    amount /= base;
  }
  return true;
}

bool digit(char c) {
  return c >= '0' && c <= '9';
}

std::optional<Suffix> read_suffix(std::string_view text) {
  for (const Suffix& suffix : k_suffixes) {
    if (suffix.text == text) return suffix;
  }
  if (text.size() < 2 || (text[0] != 'e' && text[0] != 'E')) return std::nullopt;
  std::size_t at = 1;
  const bool negative = text[at] == '-';
  if (text[at] == '-' || text[at] == '+') ++at;
  if (at == text.size() || text.size() - at > 3) return std::nullopt;
  int exponent = 0;
  for (; at < text.size(); ++at) {
    if (!digit(text[at])) return std::nullopt;
    exponent = exponent * 10 + (text[at] - '0');
  }
  return Suffix{"", 10, negative ? -exponent : exponent};
}

std::optional<Amount> parse_amount(std::string_view text) {
  if (text.empty() || text.size() > 64) return std::nullopt;
  const bool negative = text[0] == '-';
  if (text[0] == '-' || text[0] == '+') text.remove_prefix(1);
  Amount amount = 0;
  int fraction = 0;
  std::size_t at = 0;
  bool point = false;
  bool any = false;
  for (; at < text.size() && (digit(text[at]) || (text[at] == '.' && !point)); ++at) {
    if (text[at] == '.') {
      point = true;
      continue;
    }
    any = true;
    if (amount > k_limit / 10) return std::nullopt;
    amount = amount * 10 + (text[at] - '0');
    fraction += point ? 1 : 0;
  }
  if (!any) return std::nullopt;
  const std::optional<Suffix> suffix = read_suffix(text.substr(at));
  if (!suffix) return std::nullopt;
  bool rest = false;
  const int decimal = (suffix->base == 10 ? suffix->exponent : 0) + 9 - fraction;
  // Multiply before dividing, so that only what is below one nano is lost.
  if (suffix->base == 2 && !scale(amount, 2, suffix->exponent, rest)) return std::nullopt;
  if (!scale(amount, 10, decimal, rest)) return std::nullopt;
  if (rest) ++amount;
  return negative ? -amount : amount;
}

std::optional<Amount> amount_of(const Value& value) {
  if (value.is_string()) return parse_amount(value.as_string());
  if (value.is_number()) return parse_amount(format_json(value));
  return std::nullopt;
}

}  // namespace

bool same_quantity(const Value& a, const Value& b) {
  const std::optional<Amount> left = amount_of(a);
  const std::optional<Amount> right = amount_of(b);
  return left && right && *left == *right;
}

}  // namespace reconciled
