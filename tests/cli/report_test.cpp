#include "base/json.h"
#include "cli/pass.h"
#include "cli/sync_report.h"

#include <doctest/doctest.h>

using namespace reconciled;

namespace {

StackRun make_run(const std::string& name) {
  StackRun run;
  run.plan.stack = {"dev", "applications", name};
  run.health = {HealthState::healthy, ""};
  return run;
}

void add(StackRun& run, ActionKind kind, ActionResult::Outcome outcome, const std::string& name) {
  Action action;
  action.kind = kind;
  action.id = {"", "", "ConfigMap", "shop", name};
  action.reason = "because";
  run.plan.actions.push_back(action);
  ActionResult result;
  result.outcome = outcome;
  if (outcome == ActionResult::Outcome::failed) result.error = Error(ErrorKind::api_rejected, "the server said no");
  run.results.push_back(result);
}

Pass make_pass_of(StackRun run) {
  Pass pass;
  pass.report.environment = "dev";
  pass.record.stacks.push_back(std::move(run));
  return pass;
}

}  // namespace

TEST_CASE("exit codes of a sync: failures, errors, timeouts, holds") {
  using Outcome = ActionResult::Outcome;
  auto run = make_run("shop");
  add(run, ActionKind::keep, Outcome::unchanged, "a");
  CHECK(sync_exit_code(make_pass_of(run)) == 0);
  add(run, ActionKind::hold, Outcome::unchanged, "b");
  CHECK(sync_exit_code(make_pass_of(run)) == 8);
  run.error = Error(ErrorKind::timeout, "not healthy");
  CHECK(sync_exit_code(make_pass_of(run)) == 7);
  add(run, ActionKind::create, Outcome::failed, "c");
  CHECK(sync_exit_code(make_pass_of(run)) == 6);
  auto interrupted = make_pass_of(run);
  interrupted.interrupted = true;
  CHECK(sync_exit_code(interrupted) == 130);
  auto broken = make_run("shop");
  broken.plan.error = Error(ErrorKind::render, "broken");
  CHECK(sync_exit_code(make_pass_of(broken)) == 4);
  auto blocked = make_run("shop");
  blocked.blocked_by = {"it waits for platform/vault"};
  CHECK(sync_exit_code(make_pass_of(blocked)) == 8);
}

TEST_CASE("rights that are missing have one exit code, wherever they are missing") {
  using Outcome = ActionResult::Outcome;
  auto run = make_run("shop");
  add(run, ActionKind::create, Outcome::failed, "a");
  run.results.back().error = Error(ErrorKind::api_auth, "forbidden");
  CHECK(sync_exit_code(make_pass_of(run)) == 5);
  add(run, ActionKind::create, Outcome::failed, "b");
  CHECK(sync_exit_code(make_pass_of(run)) == 6);
  auto blind = make_run("shop");
  add(blind, ActionKind::hold, Outcome::planned, "a");
  blind.plan.actions.back().evidence = Evidence::none;
  CHECK(sync_exit_code(make_pass_of(blind)) == 5);
  CommandLine line;
  line.fail_on = "error";
  CHECK(plan_exit_code(line, make_pass_of(blind)) == 5);
}

TEST_CASE("exit codes of a plan: an error beats differences") {
  CommandLine line;
  auto run = make_run("shop");
  add(run, ActionKind::update, ActionResult::Outcome::planned, "a");
  CHECK(plan_exit_code(line, make_pass_of(run)) == 1);
  line.diff_exit_code = "33";
  CHECK(plan_exit_code(line, make_pass_of(run)) == 33);
  line.fail_on = "error";
  CHECK(plan_exit_code(line, make_pass_of(run)) == 0);
  run.plan.error = Error(ErrorKind::local, "disk full");
  CHECK(plan_exit_code(line, make_pass_of(run)) == 2);
}

TEST_CASE("the report of a sync names what failed and why, as text and as JSON") {
  auto run = make_run("shop");
  add(run, ActionKind::create, ActionResult::Outcome::applied, "made");
  add(run, ActionKind::create, ActionResult::Outcome::failed, "refused");
  run.results[0].warnings = {"v1beta1 is old"};
  const Pass pass = make_pass_of(run);
  const std::string text = format_sync_text(pass);
  CHECK(text.find("+ ConfigMap shop/made") != std::string::npos);
  CHECK(text.find("warning: v1beta1 is old") != std::string::npos);
  CHECK(text.find("x ConfigMap shop/refused") != std::string::npos);
  CHECK(text.find("the server said no") != std::string::npos);
  Budget budget;
  const auto json = parse_json(format_sync_json(pass), budget);
  REQUIRE(json.has_value());
  const Value& objects = (*json)["stacks"].items().front()["objects"];
  REQUIRE(objects.size() == 2);
  CHECK(objects.items()[1]["outcome"].as_string() == "failed");
  CHECK(objects.items()[1]["id"].as_string() == "/ConfigMap/shop/refused");
}

TEST_CASE("an output names its format and its file") {
  CHECK(parse_output("json").file.empty());
  CHECK(parse_output("json=a=b.json").format == "json");
  CHECK(parse_output("json=a=b.json").file == "a=b.json");
}
