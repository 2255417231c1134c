#include "tests/config/input.h"

#include <doctest/doctest.h>

using namespace reconciled;
using namespace reconciled::test;

TEST_CASE("duplicate keys are refused at the second one") {
  CHECK(problems_of("log: {level: info}\nprune: {maxCount: 1, maxCount: 2}\nlog: {level: warn}\n") ==
        "config.yaml:4:22: the key \"maxCount\" is given twice, first in line 4\n"
        "config.yaml:5:1: the key \"log\" is given twice, first in line 3\n");
}

TEST_CASE("anchors, aliases, merge keys and tags are refused") {
  CHECK(problems_of("log: &a {level: info}\n").find("config.yaml:3:6: settings have no anchors and aliases") == 0);
  CHECK(problems_of("installation: !env NAME\n").find("settings have no tags but !!str") != std::string::npos);
  CHECK(problems_of("log: !!map {level: info}\n").find("settings have no tags but !!str") != std::string::npos);
  CHECK(problems_of("<<: {log: {level: info}}\n").find("unknown key \"<<\"") != std::string::npos);
  CHECK(settings_of("installation: !!str 123\n").installation == "123");
}

TEST_CASE("broken YAML has a line and a column") {
  CHECK(problems_of("log: {level: info\nprune: 1\n").find("config.yaml:") == 0);
  CHECK(problems_of("log:\n\tlevel: info\n").find("config.yaml:4:") == 0);
  CHECK(problems_of("a: [1, 2\n").find("this is no YAML") != std::string::npos);
  CHECK(problems_of("log: *nowhere\n").find("config.yaml:3:6: ") == 0);
}

TEST_CASE("a second document is refused") {
  const auto problems = problems_of("---\nlog: {level: warn}\n");
  CHECK(problems.find("a settings file is one YAML document") != std::string::npos);
}

TEST_CASE("a file that is no map is refused") {
  SettingsInput input;
  input.files = {{"list.yaml", "- a\n- b\n"}, {"text.yaml", "hello\n"}};
  CHECK(problems_of(input) ==
        "list.yaml:1:1: a settings file is a map of settings\ntext.yaml:1:1: a settings file is a map of settings\n");
}

TEST_CASE("keys that are no texts are refused") {
  CHECK(problems_of("[a, b]: c\n").find("a key of a map is a text") != std::string::npos);
  CHECK(problems_of("? {a: b}\n: c\n").find("a key of a map is a text") != std::string::npos);
}

TEST_CASE("depth, count and size are bounded") {
  CHECK(
      problems_of("a: " + std::string(100, '[') + std::string(100, ']') + "\n").find("nested deeper than 64 levels") !=
      std::string::npos);
  std::string many = "a: [";
  for (int i = 0; i < 110'000; ++i) many += "1,";
  CHECK(problems_of(many + "1]\n").find("more than 100000 values") != std::string::npos);
  CHECK(
      problems_of("# " + std::string(1 << 20, 'x') + "\n").find("config.yaml: the file is larger than 1048576 bytes") ==
      0);
}

TEST_CASE("hostile nesting ends quickly") {
  for (const std::string opening : {"[", "{", "- ", "? ", "[{", "{[", "{a: "}) {
    CAPTURE(opening);
    std::string text;
    for (int i = 0; i < 20'000; ++i) text += opening;
    CHECK_FALSE(problems_of(text).empty());
  }
}

TEST_CASE("a byte order mark, CRLF and a document start are fine") {
  SettingsInput input;
  input.files = {{"bom.yaml", "\xEF\xBB\xBF---\r\napiVersion: reconcile/v1\r\nkind: Config\r\ninstallation: blue\r\n"}};
  CHECK(settings_of(input).installation == "blue");
}
