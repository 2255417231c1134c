#include "tests/parity/generator.h"

#include <array>
#include <bit>
#include <cmath>

namespace reconciled::parity {
namespace {

constexpr std::array<std::string_view, 145> k_words{"a",
                                                    "b",
                                                    "app",
                                                    "name",
                                                    "nginx",
                                                    "true",
                                                    "false",
                                                    "True",
                                                    "FALSE",
                                                    "yes",
                                                    "no",
                                                    "on",
                                                    "off",
                                                    "y",
                                                    "n",
                                                    "Y",
                                                    "N",
                                                    "oN",
                                                    "tRUE",
                                                    "null",
                                                    "Null",
                                                    "~",
                                                    "nil",
                                                    "",
                                                    "0",
                                                    "1",
                                                    "-1",
                                                    "+1",
                                                    "007",
                                                    "010",
                                                    "0x1F",
                                                    "0o17",
                                                    "0b101",
                                                    "-0b11",
                                                    "1_000",
                                                    "08",
                                                    "1.0",
                                                    "1.",
                                                    ".5",
                                                    "-.5",
                                                    "1e3",
                                                    "1E-7",
                                                    "1e400",
                                                    ".inf",
                                                    "-.Inf",
                                                    ".nan",
                                                    "12:30",
                                                    "12:30:45",
                                                    "1:60",
                                                    "190:20:30.15",
                                                    "2020-01-01",
                                                    "2020-1-1",
                                                    "2001-12-14t21:59:43.10-05:00",
                                                    "2001-12-14 21:59:43",
                                                    "2001-02-30",
                                                    "=",
                                                    "<<",
                                                    "-",
                                                    "--",
                                                    "---",
                                                    "...",
                                                    "?",
                                                    ":",
                                                    ",",
                                                    "[",
                                                    "]",
                                                    "{",
                                                    "}",
                                                    "#",
                                                    "&",
                                                    "*",
                                                    "!",
                                                    "|",
                                                    ">",
                                                    "'",
                                                    "\"",
                                                    "%",
                                                    "@",
                                                    "`",
                                                    "a: b",
                                                    "a:b",
                                                    "a :b",
                                                    " #c",
                                                    "a#b",
                                                    "a #b",
                                                    "- a",
                                                    "-a",
                                                    "? a",
                                                    "?a",
                                                    ": a",
                                                    ":a",
                                                    "{{ .x }}",
                                                    "{a: 1}",
                                                    "[1, 2]",
                                                    "say \"hi\"",
                                                    "it's",
                                                    "C:\\path",
                                                    "\\d+",
                                                    "http://h:80/p?q=1#f",
                                                    "1.2.3",
                                                    "v1",
                                                    "1,000",
                                                    "e3",
                                                    "0x",
                                                    "0b",
                                                    "0b2",
                                                    "_1",
                                                    "1_",
                                                    "9223372036854775807",
                                                    "9223372036854775808",
                                                    "-9223372036854775808",
                                                    "-9223372036854775809",
                                                    "18446744073709551615",
                                                    "18446744073709551616",
                                                    "0.1",
                                                    "1.5",
                                                    "100000",
                                                    "1000000",
                                                    "123456789012345678901234567890",
                                                    "é",
                                                    "ü",
                                                    "日本",
                                                    "😀",
                                                    "\u00A0",
                                                    "\u0085",
                                                    "\u2028",
                                                    "\u2029",
                                                    "\uFEFF",
                                                    "\uFFFD",
                                                    "\uE000",
                                                    "\x7F",
                                                    "\x01",
                                                    "\t",
                                                    "\n",
                                                    "\r",
                                                    "\r\n",
                                                    "\x1B",
                                                    "\xFF",
                                                    "\xC3",
                                                    "lorem ipsum dolor sit amet",
                                                    "consectetur",
                                                    "0.0",
                                                    "-0",
                                                    "+.inf",
                                                    "0777"};

constexpr std::array<std::string_view, 12> k_prose{"lorem",      "ipsum", "dolor", "sit", "amet,", "consectetur",
                                                   "adipiscing", "elit.", "a",     "é",   "it's",  "(see http://x/y)"};

constexpr std::array<std::string_view, 24> k_joins{" ",   " ",  " ",  " ", "\n",  "\n",   "\n\n", "\n ",
                                                   "  ",  ": ", ", ", "-", ".",   "/",    ":",    "\t",
                                                   " \n", "",   "",   "_", " # ", "\r\n", "=",    ","};

constexpr std::array<std::string_view, 40> k_keys{
    "a",     "b",        "c",       "name", "labels", "app", "app.kubernetes.io/name",
    "image", "tag",      "port",    "a1",   "a10",    "a2",  "a01",
    "v1",    "v1alpha1", "v1beta1", "v10",  "A",      "B",   "Z",
    "aB",    "ab",       "a-b",     "a.b",  "a_b",    "a b", "x",
    "y",     "n",        "0",       "1",    "10",     "2",   "02",
    "-",     "_a",       "true",    "é",    "key"};

constexpr std::array<double, 30> k_doubles{0.0,
                                           -0.0,
                                           1,
                                           -1,
                                           0.5,
                                           1.5,
                                           100000,
                                           123456,
                                           1e6,
                                           1234567,
                                           1e-5,
                                           1e-6,
                                           1e-7,
                                           1e20,
                                           1e21,
                                           1e22,
                                           9.2233720368547758e18,
                                           1.8446744073709552e19,
                                           9007199254740993.0,
                                           0.1,
                                           0.3,
                                           1e100,
                                           5e-324,
                                           1.7976931348623157e308,
                                           1000000.5,
                                           123456.789,
                                           3.0000001,
                                           1e15,
                                           99999.5,
                                           2147483648.0};

}  // namespace

std::string make_text(Dice& dice) {
  std::string text;
  const std::size_t words = dice.one_in(12) ? 4 + dice.below(30) : dice.below(4) == 0 ? 1 + dice.below(4) : 1;
  const bool tame = words > 4 && !dice.one_in(3);
  for (std::size_t i = 0; i < words; ++i) {
    if (i > 0) text += tame ? " " : dice.pick_of(k_joins);
    text += tame ? dice.pick_of(k_prose) : dice.pick_of(k_words);
  }
  if (dice.one_in(20)) text += std::string(1 + dice.below(3), '\n');
  if (dice.one_in(30)) text.insert(0, std::string(1 + dice.below(2), ' '));
  if (dice.one_in(200)) text += std::string(dice.below(1200), 'k');
  return text;
}

std::string make_key(Dice& dice) {
  if (dice.one_in(8)) return make_text(dice);
  std::string key(dice.pick_of(k_keys));
  if (dice.one_in(6)) key += dice.pick_of(k_keys);
  if (dice.one_in(40)) key += std::string(dice.below(300), 'q');
  return key;
}

double make_double(Dice& dice) {
  switch (dice.below(6)) {
    case 0: return dice.pick_of(k_doubles);
    case 1: return static_cast<double>(static_cast<std::int64_t>(dice.bits() >> dice.below(64)));
    case 2: return std::round(static_cast<double>(dice.below(1'000'000))) / 100;
    case 3: return static_cast<double>(dice.below(200));
    case 4: return std::ldexp(static_cast<double>(dice.bits() >> 11), static_cast<int>(dice.below(120)) - 90);
    default: {
      const auto number = std::bit_cast<double>(dice.bits());
      return std::isfinite(number) || dice.one_in(4) ? number : 0.25;
    }
  }
}

std::int64_t make_integer(Dice& dice) {
  const auto number = static_cast<std::int64_t>(dice.bits() >> dice.below(64));
  return dice.one_in(3) ? -number : number;
}

}  // namespace reconciled::parity
