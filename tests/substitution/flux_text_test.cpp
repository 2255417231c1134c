// The grammar of Flux, expression by expression. The answers are those of its own module; tests/parity asks it for
// more.
#include "renderers/substitution/flux_text.h"

#include <doctest/doctest.h>

#include <vector>

using namespace reconciled;
using namespace reconciled::substitution;

namespace {

const TextVariables k_variables{{"a", "abc"},   {"b", "/x/y/z.tar.gz"}, {"e", ""},
                                {"u", "Ünï"},   {"UP", "ABC dEF"},      {"n", "123"},
                                {"w", "a.b.c"}, {"é", "letter"},        {"long", "0123456789"}};

std::string filled(std::string_view text, UndefinedVariable undefined = UndefinedVariable::error) {
  Budget budget;
  const auto result = fill_flux_text(text, k_variables, undefined, budget);
  return result ? *result : "error: " + result.error().message;
}

struct Row {
  std::string_view text;
  std::string_view answer;
};

void check(const std::vector<Row>& rows, UndefinedVariable undefined = UndefinedVariable::error) {
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(filled(row.text, undefined) == row.answer);
  }
}

}  // namespace

TEST_CASE("values stand for their names, and dollars without braces stay") {
  check({{"", ""},
         {"x", "x"},
         {"${a}", "abc"},
         {"<${a}-${n}>", "<abc-123>"},
         {"$a", "$a"},
         {"$", "$"},
         {"cost: $5", "cost: $5"},
         {"${é}", "letter"},
         {"${#a}${#u}${#e}", "350"},
         {"\xff${a}\xff",
          "\xff"
          "abc\xff"}});
}

TEST_CASE("two dollars are one wherever they stand") {
  check({{"$$", "$"}, {"a$$b", "a$b"}, {"$${a}", "${a}"}, {"$$${a}", "$abc"}, {"$$$${a}", "$${a}"}, {"$$$", "$$"}});
}

TEST_CASE("case, parts and lengths") {
  check({{"${a^}", "Abc"},
         {"${a^^}", "ABC"},
         {"${UP,}", "aBC dEF"},
         {"${UP,,}", "abc def"},
         {"${u^^}", "ÜNÏ"},
         {"${a^,}", "abc"},
         {"${long:3}", "3456789"},
         {"${long:3:2}", "34"},
         {"${long:-3}", "0123456789"},   // a default
         {"${long: -3}", "0123456789"},  // no number
         {"${long:0:0}", ""},
         {"${long:20}", ""},
         {"${long:20:1}", ""},
         {"${long:7:9}", "789"},
         {"${long:x}", "0123456789"},
         {"${long:1:x}", "0123456789"},
         {"${long:+1}", "0123456789"},  // a default, too
         {"${long:${e}1:2}", "error: bad substitution"},
         {"${long::::2}", "error: unable to parse substitution within function"},
         {"${long:1::2}", "12"}});
}

TEST_CASE("patterns cut off beginnings and ends") {
  check({{"${b#*/}", "x/y/z.tar.gz"},
         {"${b##*/}", "z.tar.gz"},
         {"${b%.*}", "/x/y/z.tar"},
         {"${b%%.*}", "/x/y/z"},
         {"${b%/*}", "/x/y"},
         {"${a#[a-b]}", "bc"},
         {"${a##[^x]*}", ""},
         {"${a#?}", "bc"},
         {"${a%?}", "ab"},
         {"${a#x}", "abc"},
         {"${a#[}", "abc"},
         {"${a%[a-c]}", "abc"},  // the pattern is turned round
         {"${a%]c[}", "ab"},
         {"${w#*.}", "b.c"},
         {"${w##*.}", "c"},
         {"${u%ï}", "Ün"},
         {"${a#}", "error: unable to parse substitution within function"}});
}

TEST_CASE("replacements are of texts, not of patterns") {
  check({{"${w/./-}", "a-b.c"},
         {"${w//./-}", "a-b-c"},
         {"${w//./}", "abc"},
         {"${w/#a/x}", "x.b.c"},
         {"${w/#b/x}", "a.b.c"},
         {"${w/%c/x}", "a.b.x"},
         {"${w/#a/}", "a.b.c"},
         {"${b//\\//-}", "-x-y-z.tar.gz"},
         {"${b/\\/x\\/y/\\\\}", "\\/z.tar.gz"},
         {"${a//b/$$}", "a$c"},
         {"${a/b}", "error: bad substitution"},
         {"${a/b} and ${a/c}", "error: bad substitution"},
         {"${a/b} or/x}", "abc"},  // the text to be replaced is "b} or"
         {"${a//${e}/-}", "-a-b-c-"},
         {"${a/${e}/-}", "-abc"},
         {"${u//${e}/.}", ".Ü.n.ï."},
         {"${a//b//x}", "axc"}});
}

TEST_CASE("defaults count where the value is empty") {
  check({{"${a:=x}", "abc"},
         {"${no:=x}", "x"},
         {"${no=x}", "x"},
         {"${e:=x}", "x"},
         {"${e=x}", "x"},
         {"${no:-x}", "x"},
         {"${no:-}", ""},
         {"${no:?x}", "x"},
         {"${no:+x}", "x"},
         {"${a:+x}", "abc"},
         {"${no:=${a}}", "abc"},
         {"${no:=<${a}>${n}}", "<abc>123"},
         {"${no:=${other:=${n}}}", "123"},
         {"${no:=a$$b}", "a$$b"},
         {"${no:={}}", "{}"},
         {"${no:=\"x\"}", "\"x\""},
         {"${no:=", "error: unable to parse substitution within function"}});
}

TEST_CASE("what is no expression is an error with the words of Flux") {
  check({{"${a-x}", "error: missing closing brace"},
         {"${a+x}", "error: missing closing brace"},
         {"${a[@]}", "error: missing closing brace"},
         {"${a", "error: missing closing brace"},
         {"${", "error: unable to parse variable name"},
         {"${}", "error: unable to parse variable name"},
         {"${ a}", "error: unable to parse variable name"},
         {"${.Values}", "error: unable to parse variable name"},
         {"${!a}", "error: unable to parse variable name"},
         {"${#}", "error: bad substitution"},
         {"${#a:1}", "error: bad substitution"},
         {"${a:", "error: bad substitution"},
         {"${a:é}", "error: bad substitution"},
         {"${a^^^}", "error: bad substitution"},
         {"${long:3:-1}", "error: the substring ends before it begins"}});
}

TEST_CASE("what is not defined is an error, or empty where the settings say so") {
  check({{"${no}", "error: variable not set (strict mode): \"no\""},
         {"${no^^}", "error: variable not set (strict mode): \"no\""},
         {"${#no}", "error: variable not set (strict mode): \"no\""},
         {"${no/a/b}", "error: variable not set (strict mode): \"no\""},
         {"${x:=${no}}", "error: variable not set (strict mode): \"no\""},
         {"${a:=${no}}", "error: variable not set (strict mode): \"no\""}});
  check({{"<${no}>", "<>"}, {"${#no}", "0"}, {"${no^^}", ""}, {"${a:=${no}}", "abc"}}, UndefinedVariable::empty);
}

TEST_CASE("a NUL ends the text") {
  check({{{"a\0b${a}", 7}, "a"},
         {{"${a\0}", 5}, "error: missing closing brace"},
         {{"${a:\0", 5}, "error: unable to parse substitution within function"}});
}
