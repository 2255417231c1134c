#include "base/json.h"
#include "base/yaml.h"

#include <doctest/doctest.h>

#include <chrono>

using namespace reconciled;

namespace {
struct Outcome {
  std::string error;
  bool limit = false;
  double seconds = 0;
};

Outcome read(std::string_view text, const Limits& limits = {}) {
  const auto start = std::chrono::steady_clock::now();
  Budget budget(limits);
  const auto documents = read_yaml(text, "f.yaml", budget);
  Outcome outcome;
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (documents) return outcome;
  outcome.error = format_error(documents.error());
  outcome.limit = documents.error().kind == ErrorKind::limit;
  return outcome;
}

std::string repeat(std::string_view part, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += part;
  return text;
}

constexpr double k_fast = 0.25;  ///< seconds; the sanitizers' share included
}  // namespace

TEST_CASE("deep nesting of every kind is refused before it costs anything") {
  std::string indented;
  for (std::size_t i = 0; i < 2000; ++i) indented += std::string(i, ' ') + "a:\n";
  for (const std::string& text : {repeat("[", 131'072), repeat("{", 131'072), repeat("- ", 100'000),
                                  repeat("? ", 100'000), repeat("{a: ", 100'000), repeat("[{", 65'536),
                                  repeat("- ? ", 50'000), repeat("[\n", 65'536), "\"a\": " + repeat("[", 131'072),
                                  repeat("!!seq [", 20'000), repeat("&a [", 20'000), repeat("[a,", 50'000), indented}) {
    CAPTURE(text.substr(0, 20));
    const auto start = std::chrono::steady_clock::now();
    Budget budget;
    YamlEventReader reader(text, "f.yaml", budget);
    auto event = reader.next();
    while (event && event->kind != YamlEvent::Kind::stream_end) event = reader.next();
    CHECK(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() < k_fast);
    REQUIRE_FALSE(event.has_value());
    CHECK(event.error().kind == ErrorKind::limit);
    CHECK(event.error().message == "the YAML nests deeper than 256 levels");
    const Outcome outcome = read(text);
    CHECK_FALSE(outcome.error.empty());
    CHECK(outcome.seconds < k_fast);
  }
  CHECK(read(repeat("[", 256) + repeat("]", 256)).error.empty());
  CHECK(read(repeat("[", 257) + repeat("]", 257)).limit);
}

TEST_CASE("an alias bomb is refused by what it would become") {
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c <= 'i'; ++c) {
    const char last = static_cast<char>(c - 1);
    bomb += std::string(1, c) + ": &" + c + " [" + repeat(std::string("*") + last + ",", 9) + "]\n";
  }
  const Outcome outcome = read(bomb);
  CHECK(outcome.limit);
  CHECK(outcome.error.find("f.yaml:") == 0);
  CHECK(outcome.seconds < k_fast);

  // The same as merged maps, as keys' values and as one long text many times over.
  std::string maps = "a: &a {k: 1, l: 2}\n";
  for (char c = 'b'; c <= 'z'; ++c) {
    const std::string last(1, static_cast<char>(c - 1));
    maps += std::string(1, c) + ": &" + c + " {x: *" + last + ", y: *" + last + "}\n";
  }
  CHECK(read(maps).limit);
  const std::string text = "a: &a " + std::string(1'000'000, 'x') + "\nb: [" + repeat("*a,", 1000) + "]\n";
  CHECK(read(text).limit);
  CHECK(read(text).seconds < k_fast);
}

TEST_CASE("few aliases are no bomb") {
  CHECK(read("a: &a {k: 1}\nb: [" + repeat("*a,", 60) + "]\n").error.empty());
  CHECK(read("a: &a [" + repeat("x,", 90) + "]\nb: [*a, *a, *a, *a, *a]\n").error.empty());
}

TEST_CASE("a chain of aliases cannot make a value deeper than the limit") {
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i < 5000; ++i) {
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
  }
  const Outcome outcome = read(text);
  CHECK(outcome.limit);
  CHECK(outcome.error.find("with its aliases followed") != std::string::npos);
  CHECK(outcome.seconds < k_fast);
}

TEST_CASE("the fan-out of merge keys is paid for") {
  std::string text = "a: &a {";
  for (int i = 0; i < 1000; ++i) text += "k" + std::to_string(i) + ": 1, ";
  text += "}\nb:\n" + repeat("- {<<: [" + repeat("*a,", 100) + "]}\n", 200);
  CHECK(read(text).limit);
}

TEST_CASE("bytes, steps and time are limits") {
  Limits limits;
  limits.bytes = 1000;
  CHECK(read(std::string(2000, 'x'), limits).error ==
        "f.yaml: reading YAML needs more than the 1000 bytes that it may use");
  limits = {};
  limits.steps = 1000;
  CHECK(read(repeat("- a\n", 2000), limits).limit);
  limits = {};
  limits.time = Duration{0};
  CHECK(read(repeat("- a\n", 20'000), limits).limit);
}

TEST_CASE("a hundred thousand documents, keys and directives are read in linear time or refused") {
  CHECK(read(repeat("---\na: 1\n", 100'000)).seconds < 5);
  std::string keys;
  for (int i = 0; i < 100'000; ++i) keys += "key-" + std::to_string(i) + ": 1\n";
  const Outcome many = read(keys);
  CHECK(many.error.empty());
  CHECK(many.seconds < 5);
  std::string anchors;
  for (int i = 0; i < 100'000; ++i) anchors += "- &a" + std::to_string(i) + " x\n";
  CHECK(read(anchors).seconds < 5);
  std::string directives;
  for (int i = 0; i < 50'000; ++i) directives += "%TAG !a" + std::to_string(i) + "! x\n";
  const Outcome refused = read(directives + "---\na\n");
  CHECK(refused.limit);
  CHECK(refused.seconds < k_fast);
}
