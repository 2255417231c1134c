#include "engine/ownership_rows.h"

#include <doctest/doctest.h>

using namespace reconciled;

namespace {

const ObjectId k_settings{"", "", "ConfigMap", "shop", "settings"};

Action action_of(ActionKind kind, const std::string& uid) {
  Action action;
  action.kind = kind;
  action.id = k_settings;
  action.uid = uid;
  action.desired.bytes.fill(7);
  return action;
}

StackPlan plan_of(const Action& action) {
  StackPlan plan;
  plan.stack = {"prod", "applications", "shop"};
  plan.actions = {action};
  return plan;
}

}  // namespace

TEST_CASE("an update that failed does not count as sent, though the intent named its content") {
  const Action update = action_of(ActionKind::update, "u1");
  const StackPlan plan = plan_of(update);
  const StackInventory intent = make_intent_row(plan, nullptr, "uid-of-shop", "daemon/a");
  std::vector<ActionResult> results(1);
  results[0].outcome = ActionResult::Outcome::failed;
  results[0].error = Error(ErrorKind::api_conflict, "the object has been modified");
  const StackInventory row = make_committed_row(plan, results, {}, intent, "c0ffee");
  REQUIRE(row.entries.size() == 1);
  CHECK(row.entries[0].uid == "u1");
  CHECK(row.entries[0].desired == Digest{});

  results[0].outcome = ActionResult::Outcome::applied;
  results[0].uid = "u1";
  CHECK(make_committed_row(plan, results, {}, intent, "c0ffee").entries[0].desired == update.desired);
}

TEST_CASE("of an object that two rows have no digest is committed; one that is found as it should be gets it back") {
  const ObjectId& id = k_settings;
  Action action = action_of(ActionKind::keep, "u2");
  action.last_sent = LastSent::doubtful;
  StackPlan plan = plan_of(action);
  StackInventory before;
  before.entries = {{id, "u1", action.desired}};
  std::vector<ActionResult> results(1);
  results[0].outcome = ActionResult::Outcome::unchanged;
  const auto commit = [&] { return make_committed_row(plan, results, {}, before, "c0ffee").entries.at(0); };
  CHECK(commit() == InventoryEntry{id, "u2", {}});  // and the UID is that of the one that the plan found to be ours
  results[0].outcome = ActionResult::Outcome::applied;
  results[0].uid = "u2";
  CHECK(commit() == InventoryEntry{id, "u2", {}});

  before.entries = {commit()};
  results[0].outcome = ActionResult::Outcome::unchanged;
  plan.actions[0].last_sent = LastSent::known;
  CHECK(commit() == InventoryEntry{id, "u2", action.desired});
  SUBCASE("but not a hook: its digest says that it ran") {
    plan.actions[0].hook = Hook{};
    CHECK(commit() == InventoryEntry{id, "u2", {}});
  }
  SUBCASE("nor what only waits for another stack to take it") {
    plan.actions[0].contested = Contested::yes;
    CHECK(commit() == InventoryEntry{id, "u2", {}});
  }
}
