#include "renderers/helm/functions/families.h"
#include "tests/helm_functions/function_scene.h"

#include <doctest/doctest.h>

namespace reconciled::helm {
namespace {

using testing::FunctionScene;

struct Case {
  std::string_view pattern;
  std::string_view text;
  std::string_view expected;
};

/// A list in brackets, as %q shows it.
std::string show_list(FunctionScene& scene, std::string_view function, std::string_view pattern, std::string_view text,
                      std::int64_t limit) {
  const auto list = scene.call(function, {GoValue::string(pattern), GoValue::string(text), GoValue::integer(limit)});
  if (!list) return "error: " + list.error().message;
  std::string shown;
  for (const GoValue item : list->items()) shown += "[" + std::string(item.as_text()) + "]";
  return shown;
}

TEST_CASE("the first match is the leftmost, by the first alternative") {
  FunctionScene scene(regex_functions());
  for (const auto& [pattern, text, expected] : std::vector<Case>{
           {"a|ab", "xab", "a"},
           {"a+?", "aaa", "a"},
           {"(?U)a+", "aaa", "a"},
           {"(?i)SS", "xſs", "ſs"},
           {"b", "aaa", ""},
           {".", "\xff", "\xff"},
           {"a.c", "a\nc", ""},
           {"(?s)a.c", "a\nc", "a\nc"},
           {R"(\Qa.b\E)", "axb a.b", "a.b"},
           {"(?<n>a)(?P<n>b)", "ab", "ab"},
       }) {
    CAPTURE(pattern);
    CHECK(scene.show("regexFind", {pattern, text}) == expected);
    CHECK(scene.show("mustRegexFind", {pattern, text}) == expected);
    CHECK(scene.show("regexMatch", {pattern, text}) == (expected.empty() ? "false" : "true"));
  }
}

TEST_CASE("replacements know groups by number and name") {
  FunctionScene scene(regex_functions());
  struct Replace {
    std::string_view pattern;
    std::string_view text;
    std::string_view with;
    std::string_view expected;
  };
  for (const auto& [pattern, text, with, expected] : std::vector<Replace>{
           {"a(x*)b", "-ab-axxb-", "${1}W", "-W-xxW-"},
           {"a(x*)b", "-ab-axxb-", "$1W", "---"},  // a group of the name 1W there is none
           {"(?P<k>\\w+)=(?<v>\\w+)", "a=1 b=2", "$v:$k", "1:a 2:b"},
           {"a", "banana", "$$", "b$n$n$"},
           {"a", "banana", "$ ${", "b$ ${n$ ${n$ ${"},
           {"a*", "baaac", "<$0>", "<>b<aaa>c<>"},
           {"x*", "é", "-", "-é-"},
           {"\\B", "éa", "-", "-éa"},
           {"^a", "aaa", "b", "baa"},
           {"\\b", "ab cd", "|", "|ab| |cd|"},
           {"b|", "ab", "-", "-a-"},
           {"(a)|(b)", "ab", "$2$1.", "a.b."},
           {"a", "a", "$01$1$99999999999", ""},
       }) {
    CAPTURE(pattern);
    CAPTURE(with);
    CHECK(scene.show("regexReplaceAll", {pattern, text, with}) == expected);
  }
  CHECK(scene.show("regexReplaceAllLiteral", {"a(x*)b", "-ab-axxb-", "${1}"}) == "-${1}-${1}-");
}

TEST_CASE("all matches and what is between them") {
  FunctionScene scene(regex_functions());
  CHECK(show_list(scene, "regexFindAll", "a*", "baaac", -1) == "[][aaa][]");
  CHECK(show_list(scene, "regexFindAll", "[2,4,6,8]", "123456789", 2) == "[2][4]");
  CHECK(show_list(scene, "regexFindAll", "x", "abc", -1) == "");
  CHECK(show_list(scene, "regexSplit", "a*", "baaac", -1) == "[b][c]");
  CHECK(show_list(scene, "regexSplit", "z+", "pizza", -1) == "[pi][a]");
  CHECK(show_list(scene, "regexSplit", "a", "banana", 2) == "[b][nana]");
  CHECK(show_list(scene, "regexSplit", "a", "banana", 0) == "");
  CHECK(show_list(scene, "regexSplit", "a", "", -1) == "[]");
  CHECK(show_list(scene, "regexSplit", "", "", -1) == "");
}

TEST_CASE("errors are in Go's words, and a panic names the pattern") {
  FunctionScene scene(regex_functions());
  for (const auto& [pattern, text, expected] : std::vector<Case>{
           {"(", "", "missing closing ): `(`"},
           {"a)", "", "unexpected ): `a)`"},
           {"[a", "", "missing closing ]: `[a`"},
           {"a**", "", "invalid nested repetition operator: `**`"},
           {"*a", "", "missing argument to repetition operator: `*`"},
           {"a{1001}", "", "invalid repeat count: `{1001}`"},
           {"a+?{3,1}?", "", "invalid repeat count: `{3,1}`"},
           {"a{2}{3}", "", "invalid nested repetition operator: `{2}{3}`"},
           {"a{2}{3,}?", "", "invalid nested repetition operator: `{2}{3,}?`"},
           {"(?=a)", "", "invalid or unsupported Perl syntax: `(?=`"},
           {"(?<=a)b", "", "invalid named capture: `(?<=a)b`"},
           {"(?P<n!>a)", "", "invalid named capture: `(?P<n!>`"},
           {"\\C", "", "invalid escape sequence: `\\C`"},
           {"a\\", "", "trailing backslash at end of expression: ``"},
           {"[z-a]", "", "invalid character class range: `z-a`"},
           {"(?<n>?a)", "", "missing argument to repetition operator: `?`"},
           {"(?P<n>", "", "missing closing ): `(?P<n>`"},
           {"a\xff", "", "invalid UTF-8: `\xff`"},
       }) {
    CAPTURE(pattern);
    const std::string error = "error parsing regexp: " + std::string(expected);
    CHECK(scene.show("mustRegexFind", {pattern, text}) == "error: " + error);
    CHECK(scene.show("regexMatch", {pattern, text}) == "false");
    if (pattern != "a\xff") {
      CHECK(scene.show("regexFind", {pattern, text}) ==
            "error: regexp: Compile(`" + std::string(pattern) + "`): " + error);
    }
  }
  CHECK(scene.show("regexReplaceAll", {"`(", "", ""}) ==
        "error: regexp: Compile(\"`(\"): error parsing regexp: missing closing ): ``(`");
}

TEST_CASE("an expression that grows without measure is refused, and so is a text that does") {
  FunctionScene scene(regex_functions());
  CHECK(scene.show("mustRegexMatch", {"((a{100}){100}){100}", "a"}) ==
        "error: error parsing regexp: invalid repeat count: `{100}`");
  const std::string wide(1 << 16, '$');
  const std::string many(1 << 16, 'a');
  const auto huge =
      scene.call("regexReplaceAllLiteral", {GoValue::string("a"), GoValue::string(many), GoValue::string(wide)});
  REQUIRE(!huge);
  CHECK(huge.error().kind == ErrorKind::limit);
}

TEST_CASE("special characters are quoted") {
  FunctionScene scene(regex_functions());
  CHECK(scene.show("regexQuoteMeta", {"a.b*[c]é\\"}) == "a\\.b\\*\\[c\\]é\\\\");
}

}  // namespace
}  // namespace reconciled::helm
