// By the common rules our scanner and parser make the same events and errors of a text as libyaml.
#include "base/file.h"
#include "base/yaml_events.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <yaml.h>

#include <string>
#include <vector>

using namespace reconciled;

namespace {

using Event = std::string;

std::string at(std::size_t line, std::size_t column) {
  return " @" + std::to_string(line) + ":" + std::to_string(column);
}

std::string_view text_of(const yaml_event_t& event) {
  if (event.type == YAML_ALIAS_EVENT) return reinterpret_cast<const char*>(event.data.alias.anchor);
  if (event.type != YAML_SCALAR_EVENT) return {};
  return {reinterpret_cast<const char*>(event.data.scalar.value), event.data.scalar.length};
}

/// What libyaml makes of the text when it reads it by itself; an error ends the list.
std::vector<Event> bare_events(std::string_view text) {
  std::vector<Event> out;
  yaml_parser_t parser;
  REQUIRE(yaml_parser_initialize(&parser) == 1);
  yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  for (bool more = true; more;) {
    yaml_event_t event;
    if (yaml_parser_parse(&parser, &event) == 0) {
      out.push_back(std::string("not valid YAML: ") + parser.problem);
      break;
    }
    more = event.type != YAML_STREAM_END_EVENT;
    if (more) {
      out.push_back(std::string(text_of(event)) + at(event.start_mark.line + 1, event.start_mark.column + 1));
    }
    yaml_event_delete(&event);
  }
  yaml_parser_delete(&parser);
  return out;
}

std::vector<Event> our_events(std::string_view text) {
  std::vector<Event> out;
  Budget budget;
  YamlEventReader reader(text, "f", budget);
  while (true) {
    const YamlEvent* event = reader.advance();
    if (event == nullptr) {
      out.push_back(reader.error().message);
      return out;
    }
    if (event->kind == YamlEvent::Kind::stream_end) return out;
    out.push_back(std::string(event->text) + at(event->mark.line, event->mark.column));
  }
}

/// Our messages may go on where libyaml's end.
bool same_events(const std::vector<Event>& ours, const std::vector<Event>& bare) {
  if (ours.size() != bare.size()) return false;
  for (std::size_t i = 0; i < bare.size(); ++i) {
    if (bare[i].starts_with("not valid YAML") ? !ours[i].starts_with(bare[i]) : ours[i] != bare[i]) return false;
  }
  return true;
}

/// A byte order mark at the beginning is ours to take off.
bool is_marked(const std::string& text) {
  return text.starts_with("\xEF\xBB\xBF") || text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
}

void compare(const std::string& text) {
  if (is_marked(text)) return;
  const auto ours = our_events(text);
  const auto bare = bare_events(text);
  if (same_events(ours, bare)) return;
  CAPTURE(text);
  CAPTURE(ours);
  CAPTURE(bare);
  FAIL_CHECK("the events differ");
}

std::vector<std::string> sample_texts() {
  std::vector<std::string> texts;
  for (const auto& one : nlohmann::json::parse(read_file(RECONCILED_TESTDATA "/base/go-yaml.json").value())) {
    const std::string text = one["yaml"];
    if (text.size() < 2000) texts.push_back(text);
  }
  return texts;
}

}  // namespace

TEST_CASE("a text has the events that libyaml makes of it") {
  const auto texts = sample_texts();
  CHECK(texts.size() > 400);
  for (const auto& text : texts) compare(text);
}

TEST_CASE("so it does at every end that a text may have") {
  for (const auto& text : sample_texts()) {
    if (text.size() > 200) continue;
    for (std::size_t length = 0; length < text.size(); ++length) compare(text.substr(0, length));
  }
}

TEST_CASE("so it does with characters that libyaml's reader takes or refuses") {
  const std::string odd[] = {"\t",
                             "\r",
                             "\x01",
                             std::string(1, '\0'),
                             "\x7F",
                             "\xC2\x80",
                             "\xC2\x85",
                             "\xC3\xA9",
                             "\xE2\x80\xA8",
                             "\xED\xA0\x80",
                             "\xEF\xBB\xBF",
                             "\xEF\xBF\xBE",
                             "\xF0\x9F\x98\x80",
                             "\xF4\x90\x80\x80",
                             "\xC3",
                             "\xFF"};
  const std::string filler(150, 'x');
  for (const auto& character : odd) {
    for (const std::size_t place : {0U, 1U, 63U, 64U, 65U, 127U, 140U}) {
      std::string text = "key: " + filler + "\nother: [a, b]\n";
      compare(text.insert(place + (place == 0 ? 0 : 5), character));
    }
    compare("- 'quoted " + character + " text'\n- |\n  block " + character + "\n  text\n");
    compare(character);
  }
}
