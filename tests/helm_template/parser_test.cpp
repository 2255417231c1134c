#include "renderers/helm/template/parser.h"

#include "renderers/helm/template/node_text.h"
#include "tests/helm_template/scene.h"

using namespace reconciled;
using namespace reconciled::helm;

namespace {

std::string printed_again(std::string_view text) {
  Budget budget;
  const auto program = parse_program("t", text, SourceText::copy, functions_of_tests(), budget);
  if (!program) return program.error().message;
  return node_text(**program, (*program)->roots.back().root);
}

std::string repeated(std::string_view text, int count) {
  std::string result;
  for (int i = 0; i < count; ++i) result += text;
  return result;
}

}  // namespace

TEST_CASE("nodes print as Go prints them in errors") {
  struct Row {
    const char* source;
    const char* printed;
  };
  for (const Row& row : {
           Row{"a{{- /* c */ -}} b", "ab"},
           Row{"{{  print   1.50  `r` 'x'|quote }}", "{{print 1.50 `r` 'x' | quote}}"},
           Row{"{{$x:=.a.b}}{{$x.c}}", "{{$x := .a.b}}{{$x.c}}"},
           Row{"{{$x := 1}}{{$x  = ( print  $x )}}", "{{$x := 1}}{{$x = (print $x)}}"},
           Row{"{{(print 1).a.b}}", "{{(print 1).a.b}}"},
           Row{"{{if .a}}x{{else if .b}}y{{else}}z{{end}}", "{{if .a}}x{{else}}{{if .b}}y{{else}}z{{end}}{{end}}"},
           Row{"{{range $i, $e := .l}}{{break}}{{continue}}{{end}}",
               "{{range $i, $e := .l}}{{break}}{{continue}}{{end}}"},
           Row{"{{with nil}}{{.}}{{end}}", "{{with nil}}{{.}}{{end}}"},
           Row{"{{template `a\"b` .x}}{{block \"q\" true}}{{end}}",
               "{{template \"a\\\"b\" .x}}{{template \"q\" true}}"},
       }) {
    CAPTURE(row.source);
    CHECK(printed_again(row.source) == row.printed);
  }
}

TEST_CASE("an error names the file and the line") {
  Budget budget;
  const auto program = parse_program("dir/a.yaml", "a\nb\n{{ foo }}", SourceText::copy, functions_of_tests(), budget);
  REQUIRE(!program.has_value());
  CHECK(program.error().message == "template: dir/a.yaml:3: function \"foo\" not defined");
  CHECK(program.error().where.file == "dir/a.yaml");
  CHECK(program.error().where.line == 3);
}

TEST_CASE("nesting is bounded") {
  CHECK(printed_again(repeated("{{if 1}}", 400) + repeated("{{end}}", 400)).starts_with("{{if 1}}"));
  CHECK(printed_again(repeated("{{if 1}}", 100000)).find("nested too deeply") != std::string::npos);
  CHECK(printed_again("{{if 1}}" + repeated("{{else if 1}}", 100000)).find("nested too deeply") != std::string::npos);
  CHECK(printed_again("{{" + repeated("(", 100000)) == "template: t:1: max expression depth exceeded");
}

TEST_CASE("what a budget does not cover is not parsed") {
  Limits limits;
  limits.steps = 100;
  Budget budget(limits);
  const auto program = parse_program("t", repeated("{{.a}}", 1000), SourceText::copy, functions_of_tests(), budget);
  REQUIRE(!program.has_value());
  CHECK(program.error().kind == ErrorKind::limit);
}
