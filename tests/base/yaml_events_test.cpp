#include "base/yaml_events.h"

#include "base/yaml.h"

#include <doctest/doctest.h>

using namespace reconciled;

namespace {
/// One line an event: kind, anchor, tag, style, text, mark.
std::string events_of(std::string_view text) {
  using Kind = YamlEvent::Kind;
  Budget budget;
  YamlEventReader reader(text, "f.yaml", budget);
  std::string out;
  while (true) {
    const auto event = reader.next();
    if (!event) return out + "error " + format_error(event.error());
    constexpr const char* k_names[] = {"stream+", "stream-", "doc+", "doc-", "alias",
                                       "scalar",  "seq+",    "seq-", "map+", "map-"};
    out += k_names[static_cast<int>(event->kind)];
    if (event->kind == Kind::stream_end) return out;
    if (!event->anchor.empty()) out += " &" + std::string(event->anchor);
    if (!event->tag.empty()) out += " <" + std::string(event->tag) + ">";
    constexpr const char* k_styles[] = {"", "", " '", " \"", " |", " >", "", " flow"};
    out += k_styles[static_cast<int>(event->style)];
    if (event->kind == Kind::scalar || event->kind == Kind::alias) out += " " + std::string(event->text);
    if (event->kind == Kind::document_start) out += event->implicit ? " implicit" : " explicit";
    if (event->kind == Kind::scalar) {
      out += " @" + std::to_string(event->mark.line) + ":" + std::to_string(event->mark.column) + "+" +
             std::to_string(event->mark.offset);
    }
    out += "\n";
  }
}
}  // namespace

TEST_CASE("events carry text, tag, anchor, style and mark") {
  CHECK(events_of("a: &x !!str 1\nb: ['q', \"d\", *x]\n--- |\n t\n") ==
        "stream+\ndoc+ implicit\nmap+\nscalar a @1:1+0\nscalar &x <tag:yaml.org,2002:str> 1 @1:4+3\nscalar b @2:1+14\n"
        "seq+ flow\nscalar ' q @2:5+18\nscalar \" d @2:10+23\nalias x\nseq-\nmap-\ndoc-\ndoc+ explicit\n"
        "scalar | t\n @3:5+36\ndoc-\nstream-");
}

TEST_CASE("marks count bytes where the text has wide characters, marks or CRLF") {
  CHECK(events_of("\u00e9\u00e9: \U0001F600\r\nb: c") ==
        "stream+\ndoc+ implicit\nmap+\nscalar \u00e9\u00e9 @1:1+0\nscalar \U0001F600 @1:5+6\nscalar b @2:1+12\nscalar "
        "c @2:4+15\nmap-\ndoc-\nstream-");
  CHECK(events_of("\xEF\xBB\xBF"
                  "a") == "stream+\ndoc+ implicit\nscalar a @1:1+3\ndoc-\nstream-");
}

TEST_CASE("errors say where and why, and stay") {
  Budget budget;
  YamlEventReader reader("a: b\n\tc: d\n", "dir/f.yaml", budget);
  Error error;
  for (int i = 0; i < 10; ++i) {
    if (const auto event = reader.next(); !event) error = event.error();
  }
  CHECK(format_error(error).starts_with("dir/f.yaml:2:"));
  CHECK(reader.next().error() == error);
  CHECK(events_of("a: b\n c: d").find("f.yaml:2:3: not valid YAML: mapping values are not allowed") !=
        std::string::npos);
  CHECK(events_of("a:\n\t- b").find("YAML takes no tabs") != std::string::npos);
  CHECK(events_of("a: [b\n\n\n").find("that begins on line 1") != std::string::npos);
  CHECK(events_of(std::string_view("a: b\n\0", 6)).find("f.yaml:2:1: not valid YAML: control characters") !=
        std::string::npos);
  CHECK(events_of("a: b\n\u00e9 \xFF").find("f.yaml:2:3: not valid YAML: invalid leading UTF-8") != std::string::npos);
}

TEST_CASE("after the end comes the end") {
  Budget budget;
  YamlEventReader reader("", "f", budget);
  CHECK(reader.next()->kind == YamlEvent::Kind::stream_start);
  for (int i = 0; i < 3; ++i) CHECK(reader.next()->kind == YamlEvent::Kind::stream_end);
  YamlEventReader moved = std::move(reader);
  CHECK(moved.next()->kind == YamlEvent::Kind::stream_end);
}

TEST_CASE("UTF-16 is read, and bad UTF-16 is refused") {
  using namespace std::string_view_literals;
  CHECK(events_of("\xFF\xFE"
                  "a\0:\0 \0\x3d\xd8\x00\xde"sv)
            .find("scalar \U0001F600") != std::string::npos);
  CHECK(events_of("\xFE\xFF"
                  "\0a\0:\0 \0b"sv)
            .find("scalar b") != std::string::npos);
  for (const auto text : {"\xFF\xFE"
                          "a"sv,
                          "\xFF\xFE\x00\xd8"sv,
                          "\xFF\xFE\x00\xdc"
                          "a\0"sv,
                          "\xFF\xFE\x00\xd8"
                          "a\0"sv}) {
    CHECK(events_of(text).find("not valid UTF-16") != std::string::npos);
  }
}

TEST_CASE("the place of a value is found by its path") {
  const std::string text =
      "# c\nkind: A\n---\nspec:\n  containers:\n  - name: a\n    image: x\n  - {name: b, image: y}\n";
  const auto line_of = [&](std::uint32_t document, const std::vector<std::string>& path) {
    return find_yaml_mark(text, document, path).line;
  };
  CHECK(line_of(0, {"kind"}) == 2);
  CHECK(line_of(1, {}) == 4);
  CHECK(line_of(1, {"spec", "containers", "0", "image"}) == 7);
  CHECK(line_of(1, {"spec", "containers", "1", "image"}) == 8);
  CHECK(find_yaml_mark(text, 1, {"spec", "containers", "1", "image"}).column == 22);
  CHECK(line_of(1, {"spec", "containers", "2"}) == 6);
  CHECK(line_of(1, {"spec", "none", "x"}) == 5);
  CHECK(line_of(7, {"spec"}) == 0);
  CHECK(find_yaml_mark("a: [b", 0, {"a", "3"}).line == 1);
}
