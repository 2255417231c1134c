#include "cli/daemon_status.h"

#include "base/json.h"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

using namespace reconciled;

namespace {

Value parse(std::string_view text) {
  Budget budget;
  auto value = parse_json(text, budget);
  REQUIRE(value.has_value());
  return *value;
}

/// The status that the daemon's own tests compare theirs with.
Value sample() {
  std::ifstream file(std::string(RECONCILED_TESTDATA) + "/daemon_http/status.json");
  std::stringstream text;
  text << file.rdbuf();
  return parse(text.str());
}

std::string table(const Value& status, const CommandLine& line = {}) {
  const auto text = format_daemon_status(line, status);
  REQUIRE_MESSAGE(text.has_value(), format_error(text.error()));
  return *text;
}

}  // namespace

TEST_CASE("a daemon's status is the table that status prints") {
  CHECK(table(sample()) ==
        "prod on main, at 111111111111\n"
        "STACK                             SYNC      HEALTH        OBJECTS  WHY\n"
        "applications/shop                 drifted   degraded            4  1 drifted, 1 missing\n"
        "infrastructure/ingress            in sync   healthy             4\n"
        "platform/vault                    in sync   healthy             4  suspended: waiting for the audit\n");
}

TEST_CASE("layers, stacks and environments select") {
  CommandLine line;
  line.layers = {"platform"};
  CHECK(table(sample(), line).find("applications/shop") == std::string::npos);
  line.layers.clear();
  line.stacks = {"*/shop"};
  CHECK(table(sample(), line).find("applications/shop") != std::string::npos);
  CHECK(table(sample(), line).find("platform/vault") == std::string::npos);
  line.environment = "dev";
  const auto missing = format_daemon_status(line, sample());
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().kind == ErrorKind::usage);
  CHECK(missing.error().hint == "it has prod");
}

TEST_CASE("what is absent or no word that we know is unknown, never in sync") {
  for (const char* stack :
       {R"({})", R"({"layer":"a","name":"b"})", R"({"layer":"a","name":"b","sync":"fine","health":"great"})",
        R"({"layer":"a","name":"b","sync":true,"health":[]})", R"({"layer":"a","name":"b","sync":"in sync"})", "7",
        "null"}) {
    CAPTURE(stack);
    const std::string text =
        table(parse(R"({"kind":"DaemonStatus","environments":[{"name":"e","stacks":[)" + std::string(stack) + "]}]}"));
    CHECK(text.find("in sync") == std::string::npos);
    CHECK(text.find("healthy") == std::string::npos);
    CHECK(text.find("unknown   unknown") != std::string::npos);
  }
}

TEST_CASE("an environment that is not ready, not led or in trouble says so") {
  const std::string text =
      table(parse(R"({"kind":"DaemonStatus","environments":[{"name":"e","cluster":"c","leader":false,"ready":false,
    "clusterError":{"message":"the token\nwas refused"},"stacks":[]}]})"));
  CHECK(text.starts_with(
      "e on c, no commit yet, another replica writes or none does, not ready\n  the token was refused\n"));
}

TEST_CASE("control characters of the answer do not reach the terminal") {
  const std::string text = table(parse(R"({"kind":"DaemonStatus","environments":[{"name":"e\u001b[2J","stacks":[
    {"layer":"a","name":"b\u0007","why":"x\u001b]0;y\u0007\r\nz"}]}]})"));
  for (const char c : text) CHECK((static_cast<unsigned char>(c) >= 0x20 || c == '\n'));
}

TEST_CASE("what is no status of a daemon is refused with a hint") {
  for (const char* odd : {"{}", "[]", "null", R"({"kind":"DriftReport","environments":[]})",
                          R"({"kind":"DaemonStatus"})", R"({"kind":"DaemonStatus","environments":{}})"}) {
    CAPTURE(odd);
    const auto refused = format_daemon_status({}, parse(odd));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().hint.find("listen.status") != std::string::npos);
  }
  CHECK(table(parse(R"({"kind":"DaemonStatus","environments":[]})")) == "the daemon has no environments\n");
}
