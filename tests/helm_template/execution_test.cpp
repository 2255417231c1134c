#include "tests/helm_template/scene.h"

#include <thread>

using namespace reconciled;
using namespace reconciled::helm;

TEST_CASE("a later file replaces a template unless its body is empty") {
  TemplateScene scene;
  CHECK(scene.parse("a", R"({{define "x"}}1{{end}}{{define "y"}}1{{end}})").empty());
  CHECK(scene.parse("b", R"({{define "x"}}2{{end}}{{define "y"}} {{/* */}}{{end}})").empty());
  CHECK(scene.render(R"({{template "x"}}{{template "y"}})") == "21");
}

TEST_CASE("templates are parsed once and run by many threads") {
  TemplateSet set(functions_of_tests());
  Budget parsing;
  REQUIRE(
      set.parse("t", R"({{define "h"}}<{{.}}>{{end}}{{range .l}}{{include "h" .}}{{tpl "{{.}}" .}}{{end}})", parsing)
          .has_value());
  std::vector<std::string> results(8);
  std::vector<std::jthread> threads;
  for (std::string& result : results) {
    threads.emplace_back([&set, &result] {
      for (int i = 0; i < 50; ++i) {
        Budget budget;
        Arena arena(budget);
        SeededRandom random(1);
        RenderWorld world{arena, random, std::chrono::system_clock::time_point()};
        Execution run(set, world);
        const auto data = from_json(R"({"l":["a","b"]})", JsonTarget::any, arena);
        const auto text = run.execute("t", *data);
        result = text ? std::string(*text) : text.error().error.message;
      }
    });
  }
  threads.clear();
  for (const std::string& result : results) CHECK(result == "<a>a<b>b");
}

TEST_CASE("a range sees the map as it was when it began") {
  TemplateScene scene;
  CHECK(scene.render(R"({{$d := dict "a" 1 "b" 2}}{{range $k, $v := $d}}{{$_ := set $d "c" 3}}{{$_ := unset $d "b"}})"
                     R"({{$k}}{{$v}} {{end}}{{$d}})") == "a1 b2 map[a:1 c:3]");
}

TEST_CASE("what is defined in a tpl is seen by all that runs inside of it, and by nothing else") {
  TemplateScene scene;
  CHECK(scene.parse("lib", R"({{define "name"}}outer{{end}}{{define "show"}}{{include "name" .}}{{end}})").empty());
  CHECK(scene.render(R"({{tpl "{{define \"name\"}}inner{{end}}{{include \"show\" .}}" .}}/{{include "show" .}}/)"
                     R"({{tpl "{{define \"name\"}} {{end}}{{include \"show\" .}}" .}})") == "inner/outer/outer");
}

TEST_CASE("methods of a type are found in the table, and fields of objects by themselves") {
  TemplateScene scene;
  CHECK(scene.render(R"({{ (semver "1.2.3-rc.1").Minor }} {{ (semver "1.2.3").Compare (semver "1.3.0") }})") == "2 -1");
  CHECK(scene.render(R"({{ (semver "1.2.3").Nope }})") ==
        "template: t:1:11: executing \"t\" at <\"1.2.3\">: can't evaluate field Nope in type *semver.Version");
}

TEST_CASE("an include that includes itself ends at a thousand references") {
  TemplateScene scene;
  CHECK(scene.parse("r", R"({{define "r"}}{{include "r" .}}{{end}})").empty());
  const std::string message = scene.render(R"({{include "r" .}})");
  CHECK(message.ends_with("rendering template has a nested reference name: r: unable to execute template"));
  CHECK(scene.failure.links.size() == 1002);
  // One that counts down and ends before that is none.
  CHECK(scene
            .parse("d",
                   R"({{define "d"}}{{if lt (len .) 900}}{{include "d" (print . "x")}}{{else}}{{len .}}{{end}}{{end}})")
            .empty());
  CHECK(scene.render(R"({{include "d" ""}})") == "900");
}

TEST_CASE("templates that call one another for ever end with an error and not with the stack") {
  TemplateScene scene;
  CHECK(scene.parse("r", R"({{define "r"}}{{if true}}{{with .}}{{template "r" .}}{{end}}{{end}}{{end}})").empty());
  CHECK(scene.render(R"({{template "r" .}})", R"({"a":1})").ends_with("exceeded maximum template depth (100000)"));
  std::string names;
  for (int i = 0; i < 50; ++i) {
    names += "{{define \"n" + std::to_string(i) + "\"}}{{include \"n" + std::to_string((i + 1) % 50) + "\" .}}{{end}}";
  }
  CHECK(scene.parse("n", names).empty());
  scene.render(R"({{include "n0" .}})");
  CHECK(scene.failure.error.kind == ErrorKind::limit);
  CHECK(scene.failure.error.message.ends_with("templates include one another too deeply"));
  scene.render(R"({{$t := "{{ tpl . . }}"}}{{tpl $t $t}})");
  CHECK(scene.failure.error.message.ends_with("templates call tpl too deeply"));
}

TEST_CASE("a budget ends what would take too long or too much room") {
  Limits limits;
  limits.steps = 10000;
  limits.bytes = 1 << 20;
  for (const char* text : {"{{range 1000000000}}{{end}}", "{{range 1000000000}}x{{end}}",
                           "{{range 1000}}{{range 1000}}{{.}}{{end}}{{end}}",
                           "{{$x := \"aaaaaaaaaaaaaaaa\"}}{{range 1000}}{{$x = print $x $x}}{{end}}",
                           "{{printf \"%1000000d%1000000d\" 1 2}}", "{{$m := dict}}{{$_ := set $m \"m\" $m}}{{$m}}"}) {
    CAPTURE(text);
    TemplateScene scene(limits);
    scene.render(text);
    CHECK(scene.failure.error.kind == ErrorKind::limit);
  }
}

TEST_CASE("a world has its runner only while a template runs") {
  TemplateScene scene;
  CHECK(scene.render(R"({{tpl "x" .}})") == "x");
  CHECK(scene.world.runner == nullptr);
}
