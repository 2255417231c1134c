#include "diff/report.h"

#include "base/file.h"
#include "base/json.h"
#include "diff/line_diff.h"
#include "diff/yaml_text.h"
#include "tests/diff/files.h"

#include <doctest/doctest.h>

#include <cstdlib>

namespace reconciled {
namespace {

Action action(ActionKind kind, const ObjectId& id, ChangeCause cause = ChangeCause::git_ahead) {
  Action out;
  out.kind = kind;
  out.id = id;
  out.cause = cause;
  return out;
}

FieldChange change(const std::string& pointer, const std::string& path, const Value& live, const Value& desired) {
  FieldChange out;
  out.pointer = pointer;
  out.path = path;
  out.live = live;
  out.desired = desired;
  return out;
}

DriftReport sample() {
  DriftReport report;
  report.generated_at = *parse_time("2026-02-01T13:12:00Z");
  report.tool_version = "1.0.0";
  report.mode = "local";
  report.cluster = "prod";
  report.cluster_uid = "uid";
  report.cluster_version = "v1.35.4";
  report.environment = "prod";
  report.source = {"https://git.example.com/gitops",   "main", "3f2c1ab0000000000000000000000000000000aa", "", "", "",
                   *parse_time("2026-02-01T10:00:00Z")};

  StackReport ingress;
  ingress.plan.stack = {"prod", "platform", "ingress"};
  Action nginx =
      action(ActionKind::update, {"prod", "apps", "Deployment", "ingress", "nginx-controller"}, ChangeCause::manual);
  nginx.reason = "spec.replicas changed by kubectl-edit";
  nginx.origin = {"platform/ingress/values.yaml", 14, 0};
  nginx.changes.push_back(change("/spec/replicas", "spec.replicas", 5, 3));
  nginx.changes[0].manager = "kubectl-edit";
  nginx.changes[0].time = "2026-02-01T10:00:00Z";
  FieldChange hidden = change("/spec/paused", "spec.paused", true, false);
  hidden.ignored_by = "rule /spec/paused";
  nginx.changes.push_back(hidden);
  ingress.plan.actions = {nginx, action(ActionKind::keep, {"prod", "", "ConfigMap", "ingress", "a"})};
  ingress.plan.ignored = 1;
  ingress.health = HealthState::progressing;
  ingress.health_reason = "1 of 3 replicas are ready";

  StackReport shop;
  shop.plan.stack = {"prod", "applications", "shop"};
  Action secret = action(ActionKind::update, {"prod", "", "Secret", "shop", "db"});
  secret.changes.push_back(change("/data/password", "data.password", "[secret]", "[secret, changed]"));
  Action flags = action(ActionKind::create, {"prod", "", "ConfigMap", "shop", "flags"});
  flags.after = "Namespace shop";
  Action old = action(ActionKind::prune, {"prod", "", "ConfigMap", "shop", "old"}, ChangeCause::orphan);
  old.reason = "no longer in the repository";
  shop.plan.actions = {flags, secret, old};
  shop.health = HealthState::healthy;

  StackReport pay;
  pay.plan.stack = {"prod", "applications", "pay"};
  Action held = action(ActionKind::hold, {"prod", "apps", "Deployment", "pay", "api"});
  held.held = ActionKind::adopt;
  held.reason = "it exists and no inventory claims it";
  pay.plan.actions = {held};
  pay.plan.warnings = {"a warning"};
  pay.blocked_by = {"platform/ingress"};

  StackReport cart;
  cart.plan.stack = {"prod", "applications", "cart"};
  cart.plan.error =
      Error(ErrorKind::render, "\"replcas\" is unknown", {"values.yaml", 31, 7, ""}, "did you mean replicas");

  StackReport calm;
  calm.plan.stack = {"prod", "applications", "calm"};
  calm.plan.actions = {action(ActionKind::keep, {"prod", "", "ConfigMap", "calm", "a"})};
  calm.health = HealthState::healthy;

  report.stacks = {ingress, shop, pay, cart, calm};
  for (StackReport& stack : report.stacks) stack.sync = assess_sync(stack.plan);
  return report;
}

// RECONCILED_WRITE_EXPECTED=1 writes the file anew.
void check_file(const std::string& path, const std::string& actual) {
  if (std::getenv("RECONCILED_WRITE_EXPECTED") != nullptr) {
    REQUIRE(write_file_atomically(std::string(RECONCILED_TESTDATA) + "/" + path, actual));
  }
  CHECK(actual == test::read_text(path));
}

TEST_CASE("the text report tells what differs, who did it, and what to do next") {
  check_file("report/report.txt", format_text(sample(), {}));
}

TEST_CASE("the text report shows ignored differences, colours and diffs when asked") {
  DriftReport report = sample();
  report.stacks[0].unified[report.stacks[0].plan.actions[0].id] = "--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n";
  const std::string text = format_text(report, {Colour::on, true, ShowIgnored::yes});
  CHECK(text.find("ignored: rule /spec/paused") != std::string::npos);
  CHECK(text.find("\x1b[32m+y\x1b[0m") != std::string::npos);
  CHECK(text.find("      @@ -1 +1 @@\n") != std::string::npos);
}

TEST_CASE("the JSON report is the documented one") {
  check_file("report/report.json", format_report_json(sample()));
}

TEST_CASE("the state of a stack is the worst of its actions") {
  StackPlan plan;
  CHECK(assess_sync(plan) == SyncState::in_sync);
  plan.actions.push_back(action(ActionKind::create, {}));
  CHECK(assess_sync(plan) == SyncState::ahead);
  plan.actions.push_back(action(ActionKind::create, {}, ChangeCause::missing));
  CHECK(assess_sync(plan) == SyncState::drifted);
  plan.actions.push_back(action(ActionKind::hold, {}));
  CHECK(assess_sync(plan) == SyncState::held);
  plan.actions.back().evidence = Evidence::none;
  CHECK(assess_sync(plan) == SyncState::unknown);
  plan.error = Error(ErrorKind::render, "x");
  CHECK(assess_sync(plan) == SyncState::failed);
}

TEST_CASE("a created object is all plus, a pruned one all minus, and a Secret hides its values in both") {
  Action create = action(ActionKind::create, {"prod", "", "Secret", "s", "a"});
  create.body = test::read_yaml_value("{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {k: Y2FuYXJ5}}");
  create.origin = {"a.yaml", 3, 0};
  CHECK(
      format_unified(create, Value()) ==
      "--- live/Secret s/a\n+++ git/Secret s/a  a.yaml:3\n@@ -0,0 +1,6 @@\n+apiVersion: v1\n+kind: Secret\n+metadata:\n"
      "+  name: a\n+data:\n+  k: \"[secret]\"\n");
  Action prune = action(ActionKind::prune, create.id);
  Value live = create.body;
  live.edit("metadata").set("managedFields", Value::list());
  const std::string gone = format_unified(prune, live);
  CHECK(gone.find("-  k: \"[secret]\"") != std::string::npos);
  CHECK(gone.find("managedFields") == std::string::npos);
  CHECK(format_unified(action(ActionKind::keep, create.id), live).empty());
}

std::string diff_of(const std::string& before, const std::string& after) {
  const auto lines = [](const std::string& text) {
    std::vector<std::string> out;
    for (const char c : text) out.emplace_back(1, c);
    return out;
  };
  return format_line_diff(lines(before), lines(after));
}

TEST_CASE("a line diff is the shortest script with three lines around each change") {
  CHECK(diff_of("abc", "abc").empty());
  CHECK(diff_of("", "").empty());
  CHECK(diff_of("", "a") == "@@ -0,0 +1 @@\n+a\n");
  CHECK(diff_of("a", "") == "@@ -1 +0,0 @@\n-a\n");
  CHECK(diff_of("abcabba", "cbabac") == "@@ -1,7 +1,6 @@\n-a\n-b\n c\n+b\n a\n b\n-b\n a\n+c\n");
  CHECK(diff_of("0123456789", "012345x789") == "@@ -4,7 +4,7 @@\n 3\n 4\n 5\n-6\n+x\n 7\n 8\n 9\n");
  CHECK(diff_of("a0123456789b", "c0123456789d") ==
        "@@ -1,4 +1,4 @@\n-a\n+c\n 0\n 1\n 2\n@@ -9,4 +9,4 @@\n 7\n 8\n 9\n-b\n+d\n");
}

TEST_CASE("a line diff of anything takes the one side to the other") {
  std::uint64_t state = 42;
  const auto next = [&] { return state = state * 6364136223846793005ULL + 1442695040888963407ULL, state >> 33; };
  for (int round = 0; round < 400; ++round) {
    std::vector<std::string> before;
    std::vector<std::string> after;
    for (std::uint64_t i = next() % 30; i > 0; --i) before.emplace_back(1, static_cast<char>('a' + next() % 4));
    for (std::uint64_t i = next() % 30; i > 0; --i) after.emplace_back(1, static_cast<char>('a' + next() % 4));
    std::size_t at = 0;
    std::vector<std::string> made;
    const std::string text = format_line_diff(before, after);
    for (std::size_t from = 0; from < text.size(); from = text.find('\n', from) + 1) {
      const std::string line = text.substr(from, text.find('\n', from) - from);
      if (line[0] == '@') {
        const std::size_t start = std::stoul(line.substr(4));
        const bool none = line.substr(4, line.find(' ', 4) - 4).ends_with(",0");
        while (at < (none ? start : start - 1)) made.push_back(before[at++]);
        continue;
      }
      if (line[0] != '+') CHECK(before.at(at++) == line.substr(1));
      if (line[0] != '-') made.push_back(line.substr(1));
    }
    while (at < before.size()) made.push_back(before[at++]);
    CHECK(made == after);
  }
}

TEST_CASE("a line diff of two long and wholly different texts stays bounded") {
  std::vector<std::string> before;
  std::vector<std::string> after;
  for (int i = 0; i < 20000; ++i) {
    before.push_back("a" + std::to_string(i));
    after.push_back("b" + std::to_string(i));
  }
  CHECK(format_line_diff(before, after).starts_with("@@ -1,20000 +1,20000 @@\n-a0\n"));
}

TEST_CASE("YAML for people reads back as what it was") {
  const std::string text =
      R"({"a":{"b":[1,"1","yes",null,true,{"c":[],"d":{}},["x",["y"]]],"e":"two\nlines\n","f":"no end\nhere"},)"
      R"("g":"","h":"- x","i":"a: b","j":"a #b","k":" x","l":"http://h:80/p","m":1.5,"n":"#c","o":"é","p":"\t","q q":"1e3"})";
  Budget budget;
  const Value value = *parse_json(text, budget);
  std::string yaml;
  for (const std::string& line : format_yaml_lines(value)) yaml += line + "\n";
  CHECK_MESSAGE((test::read_yaml_value(yaml) == value), yaml);
  CHECK(format_yaml_lines(Value()).empty());
}

}  // namespace
}  // namespace reconciled
