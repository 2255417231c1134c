#include "renderers/helm/values/json.h"
#include "tests/parity/make_chart.h"

#include <array>

namespace reconciled::parity {
namespace {

constexpr std::array<std::string_view, 30> k_names{
    "a", "b",    "c", "name",  "image", "tag",   "a-b",  "a_b", "0",     "1",      "a b", " a", "a ", "true", "null",
    "é", "日本", "x", "a\\.b", "a\\,b", "a\\=b", "a\\[", "\\",  "a\\\\", "global", "A",   "",   "*",  "#",    "a/b"};
constexpr std::array<std::string_view, 52> k_values{"1",
                                                    "0",
                                                    "-1",
                                                    "+5",
                                                    "007",
                                                    "1.5",
                                                    "1e3",
                                                    "0x1F",
                                                    "true",
                                                    "True",
                                                    "false",
                                                    "null",
                                                    "NULL",
                                                    "~",
                                                    "",
                                                    "a",
                                                    "abc",
                                                    "a b",
                                                    " a ",
                                                    "é",
                                                    "a\\,b",
                                                    "a=b",
                                                    "a.b",
                                                    "a[0]",
                                                    "{",
                                                    "}",
                                                    "{a,b}",
                                                    "{}",
                                                    "{a}",
                                                    "{1,2}",
                                                    "{a,{b}}",
                                                    "{a,b",
                                                    "{,}",
                                                    "{true,null,x}",
                                                    "\\{a\\}",
                                                    "\"x\"",
                                                    "'x'",
                                                    "a\\",
                                                    "\\,",
                                                    "\\=",
                                                    "9223372036854775807",
                                                    "9223372036854775808",
                                                    "-9223372036854775808",
                                                    "1_000",
                                                    "yes",
                                                    "a\nb",
                                                    "[1]",
                                                    "{a}b",
                                                    "a{b}",
                                                    "\xFF",
                                                    "http://h/p?q=1",
                                                    "{ a , b }"};
constexpr std::array<std::string_view, 18> k_indices{"0", "1",  "2",  "3",  "0",     "1",     "10", "-1",  "",
                                                     "a", "00", "01", "+1", "65536", "65537", " 1", "1.5", "1e1"};

std::string make_path(Dice& dice) {
  std::string path;
  for (std::size_t parts = 1 + dice.below(dice.one_in(60) ? 40 : 3); parts > 0; --parts) {
    if (!path.empty()) path += '.';
    path += dice.one_in(4) ? dice.pick_of(k_names) : k_names[dice.below(6)];
    for (std::size_t more = dice.one_in(3) ? 1 + dice.below(2) : 0; more > 0; --more) {
      const std::string_view index = dice.one_in(12) ? dice.pick_of(k_indices) : k_indices[dice.below(6)];
      if (index.size() < 5 || dice.one_in(50)) ((path += '[') += index) += ']';
    }
  }
  return path;
}

}  // namespace

std::string make_setting(Dice& dice) {
  std::string text;
  for (std::size_t count = 1 + dice.below(3); count > 0; --count) {
    text += make_path(dice);
    if (!dice.one_in(60)) text += '=';
    constexpr std::size_t k_good = 24;
    text += dice.one_in(12)  ? make_text(dice)
            : dice.one_in(3) ? std::string(dice.pick_of(k_values))
                             : std::string(k_values[dice.below(k_good)]);
    if (count > 1 || dice.one_in(20)) text += ',';
  }
  return dice.one_in(16) ? damage(dice, std::move(text)) : text;
}

std::string make_json_setting(Dice& dice) {
  std::string text;
  for (std::size_t count = 1 + dice.below(2); count > 0; --count) {
    text += make_path(dice) + "=";
    std::string json = make_json(dice);
    text += json.size() < 200 ? json : "{\"a\":[1,null]}";
    if (count > 1 || dice.one_in(20)) text += ',';
  }
  return dice.one_in(8) ? damage(dice, std::move(text)) : text;
}

}  // namespace reconciled::parity
