#include "engine/ownership_rows.h"

#include <doctest/doctest.h>

using namespace reconciled;

TEST_CASE("an update that failed does not count as sent, though the intent named its content") {
  const ObjectId id{"", "", "ConfigMap", "shop", "settings"};
  Action update;
  update.kind = ActionKind::update;
  update.id = id;
  update.uid = "u1";
  update.desired.bytes.fill(7);
  StackPlan plan;
  plan.stack = {"prod", "applications", "shop"};
  plan.actions = {update};
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
