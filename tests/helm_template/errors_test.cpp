#include "renderers/helm/values/warning.h"
#include "tests/helm_template/scene.h"

using namespace reconciled;
using namespace reconciled::helm;

namespace {

/// The error of a template `a` that includes `b`, as the profile words it.
std::string worded(std::string_view inner, HelmProfile profile) {
  TemplateScene scene;
  REQUIRE(scene.parse("b", inner).empty());
  REQUIRE(scene.parse("a", "x: {{ include \"b\" . }}").empty());
  scene.run("a", scene.json("{}"));
  return as_execution_error("a", profile, scene.failure).message;
}

}  // namespace

TEST_CASE("Helm 4 shows a block a link where it can read the whole chain") {
  CHECK(worded("\n{{ .a.b }}", HelmProfile::helm4) ==
        "a:1:6\n  executing \"a\" at <include \"b\" .>:\n    error calling include:\nb:2:5\n  executing \"b\" at "
        "<.a.b>:\n"
        "    nil pointer evaluating interface {}.b");
  CHECK(worded("{{ include \"none\" . }}", HelmProfile::helm4) ==
        "a:1:6\n  executing \"a\" at <include \"b\" .>:\n    error calling include:\nb:1:3\n"
        "  executing \"b\" at <include \"none\" .>:\n    error calling include:\n"
        "template: no template \"none\" associated with template \"gotpl\"");
}

TEST_CASE("white space of Unicode at the end of Helm 4's blocks is lost") {
  CHECK(worded("{{ range \"x\u00A0\" }}{{ end }}", HelmProfile::helm4) ==
        "a:1:6\n  executing \"a\" at <include \"b\" .>:\n    error calling include:\nb:1:9\n  executing \"b\" at "
        "<\"x\u00A0\">:\n    range can't iterate over x");
}

TEST_CASE("the error of a function keeps the raw chain, and Helm 3 always does") {
  const std::string raw =
      "template: a:1:6: executing \"a\" at <include \"b\" .>: error calling include: template: b:1:3: executing \"b\" "
      "at "
      "<index .l 3>: error calling index: index of untyped nil";
  CHECK(worded("{{ index .l 3 }}", HelmProfile::helm4) == raw);
  CHECK(worded("{{ index .l 3 }}", HelmProfile::helm3) == raw);
  CHECK(worded("{{ .a.b }}", HelmProfile::helm3) ==
        "template: a:1:6: executing \"a\" at <include \"b\" .>: error calling include: template: b:1:5: executing "
        "\"b\" at "
        "<.a.b>: nil pointer evaluating interface {}.b");
}

TEST_CASE("what an author says is shown alone, with the outermost place") {
  for (const HelmProfile profile : {HelmProfile::helm4, HelmProfile::helm3}) {
    CHECK(worded("{{ required \"say: why\" .a }}", profile) == "execution error at (a:1:6): say: why");
    CHECK(worded("{{ tpl \"{{ fail .m }}\" (dict \"m\" \"two\\nlines\") }}", profile) ==
          "execution error at (a:1:6): two\nlines");
  }
}

TEST_CASE("a failure tells where its outermost call stands and where each wrapped text begins") {
  TemplateScene scene;
  REQUIRE(scene.parse("b", "\n  {{ index .l 3 }}").empty());
  REQUIRE(scene.parse("a", "x\n {{ include \"b\" . }}").empty());
  const std::string message = scene.run("a", scene.json("{}"));
  CHECK(scene.failure.error.where == Where{"a", 2, 5});
  REQUIRE(scene.failure.links.size() == 2);
  CHECK(message.substr(scene.failure.links[0]).starts_with("template: b:2:5: executing"));
  CHECK(message.substr(scene.failure.links[1]) == "index of untyped nil");
}

TEST_CASE("an error of the syntax keeps its place and the last part of its message") {
  CHECK(as_parse_error("a", Error(ErrorKind::render, "template: dir/a.yaml:3: function \"x\" not defined")).message ==
        "parse error at (dir/a.yaml:3): function \"x\" not defined");
  CHECK(as_parse_error("a", Error(ErrorKind::render, "template: a:1: template: multiple definition of template \"x\""))
            .message == "parse error at (a:1): multiple definition of template \"x\"");
  CHECK(as_parse_error("a", Error(ErrorKind::limit, "too large")).message == "parse error in (a): too large");
}

TEST_CASE("a value that is not there leaves nothing in a rendered file") {
  CHECK(without_no_value("<no value>a<no value><no value>b<no") == "ab<no");
  CHECK(as_warning("x") == "HELM_ERR_STARTxHELM_ERR_END");
}
