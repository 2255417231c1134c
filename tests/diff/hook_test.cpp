#include "diff/plan_steps.h"
#include "tests/diff/plan_fixture.h"

#include <doctest/doctest.h>

using namespace reconciled;
using namespace reconciled::test;

namespace {

std::string job(const std::string& name, const std::string& image = "a") {
  return "apiVersion: batch/v1\nkind: Job\nmetadata: {name: " + name +
         ", namespace: shop}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: " + image +
         "}]}}}\n";
}

struct HookFixture : PlanFixture {
  Manifest& hook(const std::string& yaml, Hook how) {
    want(yaml);
    desired.manifests.back().hook = how;
    return desired.manifests.back();
  }
  [[nodiscard]] Digest digest_of(const Manifest& manifest) const {
    return desired_digest(make_body(manifest), manifest.id.group_kind());
  }
  /// A stack of which something is owned.
  void installed() { own(row(), want(text("ConfigMap", "kept")).id, "u-kept"); }
  [[nodiscard]] const Action* of(const StackPlan& plan, const ObjectId& id) const {
    const auto at =
        std::find_if(plan.actions.begin(), plan.actions.end(), [&](const Action& action) { return action.id == id; });
    return at == plan.actions.end() ? nullptr : &*at;
  }
  /// What happens to the hook of this manifest.
  [[nodiscard]] Action plan_of(const Manifest& manifest) const {
    const StackPlan made = plan();
    const Action* action = of(made, manifest.id);
    REQUIRE(action != nullptr);
    return *action;
  }
};

const Hook k_both_before{.at_install = HookSide::before, .at_upgrade = HookSide::before};

}  // namespace

TEST_CASE("hooks run in the order of phase, weight and name, between what they need and what needs them") {
  HookFixture plan;
  plan.want(PlanFixture::text("ConfigMap", "flags"));
  plan.want(PlanFixture::text("Namespace", "shop"));
  plan.want(PlanFixture::text("CustomResourceDefinition", "widgets.example.com", "spec: {group: example.com}"));
  const auto add = [&](const std::string& name, HookSide side, std::int64_t weight) {
    plan.hook(job(name), {.at_install = side, .at_upgrade = side, .weight = weight});
  };
  add("last", HookSide::after, 1);
  add("b", HookSide::before, 5);
  add("a", HookSide::before, 5);
  add("first", HookSide::before, -5);
  add("then", HookSide::after, 0);
  std::vector<std::string> order;
  for (const auto& action : plan.plan().actions) order.push_back(action.id.name);
  CHECK(order == std::vector<std::string>{"shop", "widgets.example.com", "first", "a", "b", "flags", "then", "last"});
}

TEST_CASE("a hook that ran as it is now is kept, whether its object is still there or not") {
  for (const bool there : {false, true}) {
    CAPTURE(there);
    HookFixture plan;
    const Manifest& hook = plan.hook(job("migrate"), k_both_before);
    plan.own(plan.row(), hook.id, "u1", plan.digest_of(hook));
    if (there)
      plan.see(job("migrate", "changed-by-hand"), "u1");
    else
      plan.see(hook.id, Observed::State::absent);
    const Action action = plan.only();
    CHECK(action.kind == ActionKind::keep);
    CHECK(action.reason == "the hook ran");
    CHECK(plan.plan().in_sync());
  }
}

TEST_CASE("a hook that changed is made again; what is nobody's is not touched") {
  HookFixture plan;
  const Manifest& hook = plan.hook(job("migrate", "b"), k_both_before);
  plan.own(plan.row(), hook.id, "u1", sha256("what it was"));
  SUBCASE("its object is there") {
    plan.see(job("migrate", "a"), "u1");
    const Action action = plan.only();
    CHECK(action.kind == ActionKind::recreate);
    CHECK(action.uid == "u1");
    CHECK(action.resource_version == "7");
    CHECK(action.phase == Phase::before);
    CHECK_FALSE(action.body.is_null());
  }
  SUBCASE("its object went after it finished") {
    plan.see(hook.id, Observed::State::absent);
    CHECK(plan.only().kind == ActionKind::create);
  }
  SUBCASE("an object of somebody else has its name") {
    plan.see(job("migrate", "a"), "u2");
    CHECK(plan.only().kind == ActionKind::hold);
    CHECK(plan.only().held == ActionKind::adopt);
  }
  SUBCASE("nobody could look") {
    plan.see(hook.id, Observed::State::unknown);
    CHECK(plan.only().kind == ActionKind::hold);
    CHECK(plan.only().evidence == Evidence::none);
  }
}

TEST_CASE("a hook that was started is awaited, and one that failed is made again") {
  HookFixture plan;
  const Manifest& hook = plan.hook(job("migrate"), k_both_before);
  plan.row().intent.push_back({hook.id, "u1", plan.digest_of(hook)});
  Observed& live = plan.see(job("migrate"), "u1");
  CHECK(plan.only().kind == ActionKind::update);
  live.object.set("status", read_yaml_value("{conditions: [{type: Failed, status: 'True'}]}"));
  CHECK(plan.only().kind == ActionKind::recreate);
  CHECK(plan.only().reason == "the hook failed: it is deleted and made again");
}

TEST_CASE("an installation and an upgrade each have their hooks") {
  struct Case {
    Hook hook;
    bool installed;
    ActionKind kind;
    Phase phase;
  };
  const Hook install_only{.at_install = HookSide::before};
  const Hook upgrade_only{.at_upgrade = HookSide::before};
  const Hook mixed{.at_install = HookSide::after, .at_upgrade = HookSide::before};
  for (const Case& row : {
           Case{install_only, false, ActionKind::create, Phase::before},
           Case{install_only, true, ActionKind::create, Phase::before},
           Case{upgrade_only, false, ActionKind::keep, Phase::before},
           Case{upgrade_only, true, ActionKind::create, Phase::before},
           Case{mixed, false, ActionKind::create, Phase::after},
           Case{mixed, true, ActionKind::create, Phase::before},
       }) {
    HookFixture plan;
    if (row.installed) plan.installed();
    const Manifest hook = plan.hook(job("migrate"), row.hook);
    plan.see(hook.id, Observed::State::absent);
    const Action action = plan.plan_of(hook);
    CHECK(action.kind == row.kind);
    CHECK(action.phase == row.phase);
  }
}

TEST_CASE(
    "a chart whose archive changed under its version stops the stack; the new digest in its settings lets it on") {
  PlanFixture plan;
  plan.want(PlanFixture::text("ConfigMap", "flags"));
  const ChartPin before{"https://charts.example.com", "service", "1.0.0", std::string(64, 'a'), "https://x/a.tgz"};
  ChartPin now = before;
  plan.row().charts = {before};
  plan.desired.charts = {now};
  CHECK_FALSE(plan.plan().error);
  CHECK(plan.plan().charts == plan.desired.charts);
  now.digest = std::string(64, 'b');
  plan.desired.charts = {now};
  const StackPlan stopped = plan.plan();
  REQUIRE(stopped.error);
  CHECK(stopped.error->kind == ErrorKind::source_integrity);
  CHECK(stopped.error->message.find("a version must not change") != std::string::npos);
  CHECK(stopped.actions.empty());
  plan.stack.helm = Value::map({{"digest", "sha256:" + now.digest}});
  CHECK_FALSE(plan.plan().error);
  plan.stack.helm = Value();
  now.version = "1.0.1";
  plan.desired.charts = {now};
  CHECK_FALSE(plan.plan().error);
}

TEST_CASE("a row remembers the charts it was made of, and their older versions") {
  PlanFixture plan;
  StackInventory row = plan.row();
  row.charts = {{"r", "service", "1.0.0", std::string(64, 'a'), "u"}};
  const auto read = decode_row(encode_row(row), "");
  REQUIRE(read);
  CHECK(read->charts == row.charts);
  const ChartPin newer{"r", "service", "1.1.0", std::string(64, 'b'), "u"};
  const ChartPin git{"g", "chart", "main@123", "", "g"};
  const auto kept = remember_charts({newer, git}, row.charts);
  REQUIRE(kept.size() == 2);
  CHECK(kept[0] == newer);
  CHECK(kept[1] == row.charts[0]);
  CHECK(remember_charts({newer}, kept).size() == 2);
}
