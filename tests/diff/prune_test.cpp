#include "tests/diff/plan_fixture.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace reconciled {
namespace {

using test::managed;
using test::PlanFixture;
using State = Observed::State;

// A stack that wants `kept` and whose inventory also has `left`, all of them there.
PlanFixture with_left(int kept, int left) {
  PlanFixture fixture;
  for (int i = 0; i < kept + left; ++i) {
    const std::string text = PlanFixture::text("ConfigMap", "c" + std::to_string(100 + i));
    const std::string uid = "u" + std::to_string(i);
    fixture.own(fixture.row(), PlanFixture::id("ConfigMap", "c" + std::to_string(100 + i)), uid);
    fixture.see(text, uid);
    if (i < kept) fixture.want(text);
  }
  return fixture;
}

TEST_CASE("what left the repository is pruned with its UID and resourceVersion") {
  const StackPlan plan = with_left(3, 1).plan();
  REQUIRE(plan.count(ActionKind::prune) == 1);
  const Action& action = plan.actions.back();
  CHECK(action.kind == ActionKind::prune);
  CHECK(action.uid == "u3");
  CHECK(action.resource_version == "7");
  CHECK(action.cause == ChangeCause::orphan);
  CHECK(action.gvk == GroupVersionKind{"", "v1", "ConfigMap"});
}

TEST_CASE("a small loss passes, a large one is held as a whole") {
  CHECK(with_left(20, 5).plan().count(ActionKind::prune) == 5);
  CHECK(with_left(20, 6).plan().count(ActionKind::prune) == 0);
  CHECK(with_left(20, 6).plan().count(ActionKind::hold) == 6);
  CHECK_MESSAGE(with_left(40, 10).plan().count(ActionKind::prune) == 10, "20 % of 50");
  CHECK(with_left(40, 11).plan().count(ActionKind::hold) == 11);
  PlanFixture confirmed = with_left(20, 6);
  confirmed.prune = PruneAnswer::confirmed;
  CHECK(confirmed.plan().count(ActionKind::prune) == 6);
}

TEST_CASE("an empty render prunes nothing") {
  PlanFixture fixture = with_left(0, 1);
  CHECK(fixture.only().kind == ActionKind::hold);
  CHECK(fixture.only().held == ActionKind::prune);
  CHECK(fixture.only().reason.find("nothing is rendered") != std::string::npos);
  fixture.prune = PruneAnswer::confirmed;
  CHECK(fixture.only().kind == ActionKind::prune);
}

TEST_CASE("a protected kind is held alone") {
  PlanFixture fixture = with_left(3, 1);
  for (const char* const kind : {"Namespace", "CustomResourceDefinition", "PersistentVolumeClaim"}) {
    fixture.own(fixture.row(), PlanFixture::id(kind, "old"), std::string("u-") + kind);
    fixture.see(PlanFixture::text(kind, "old"), std::string("u-") + kind);
  }
  StackPlan plan = fixture.plan();
  CHECK(plan.count(ActionKind::prune) == 1);
  CHECK(plan.count(ActionKind::hold) == 3);
  fixture.prune = PruneAnswer::confirmed;
  CHECK(fixture.plan().count(ActionKind::prune) == 4);
}

TEST_CASE("where pruning is forbidden or switched off, nobody's yes changes that") {
  PlanFixture forbidden = with_left(3, 1);
  forbidden.prune = PruneAnswer::forbidden;
  forbidden.forbidden_reason = "this is another cluster";
  CHECK(forbidden.plan().actions.back().kind == ActionKind::hold);
  CHECK(forbidden.plan().actions.back().reason.find("this is another cluster") != std::string::npos);
  PlanFixture off = with_left(3, 1);
  off.stack.sync.prune = Enabled::no;
  off.prune = PruneAnswer::confirmed;
  CHECK(off.plan().count(ActionKind::prune) == 0);
  CHECK(off.plan().count(ActionKind::hold) == 1);
}

TEST_CASE("without evidence nothing is pruned") {
  PlanFixture fixture = with_left(3, 1);
  const ObjectId left = PlanFixture::id("ConfigMap", "c103");
  SUBCASE("it could not be looked at") {
    fixture.see(left, State::unknown).reason = "timeout";
    const Action action = fixture.plan().actions.back();
    CHECK(action.kind == ActionKind::hold);
    CHECK(action.evidence == Evidence::none);
    CHECK(action.uid == "u3");
  }
  SUBCASE("nobody looked") {
    fixture.live.objects.erase(left);
    CHECK(fixture.plan().actions.back().kind == ActionKind::hold);
  }
  SUBCASE("it is gone already") {
    fixture.see(left, State::absent);
    CHECK(fixture.plan().actions.size() == 3);
  }
  SUBCASE("another one has its name") {
    fixture.see(PlanFixture::text("ConfigMap", "c103"), "somebody else's");
    CHECK(fixture.plan().actions.size() == 3);
    CHECK(fixture.plan().released == std::vector<ObjectId>{left});
    CHECK(fixture.plan().warnings.size() == 1);
  }
  SUBCASE("it was only intended, and somebody else made it") {
    fixture.row().entries.pop_back();
    fixture.row().intent.push_back({left, "", {}});
    CHECK(fixture.plan().actions.size() == 3);
    CHECK(fixture.plan().released == std::vector<ObjectId>{left});
  }
  SUBCASE("its annotation keeps it") {
    fixture.live.objects[left].object.edit("metadata").edit("annotations").set("reconcile/prune", "false");
    CHECK(fixture.plan().actions.back().kind == ActionKind::keep);
  }
  SUBCASE("it is going already") {
    fixture.live.objects[left].object.edit("metadata").set("deletionTimestamp", "2026-01-01T00:00:00Z");
    CHECK(fixture.plan().actions.back().kind == ActionKind::keep);
  }
}

TEST_CASE("an entry without a UID does not learn the UID of an object that somebody else made") {
  PlanFixture fixture;
  const ObjectId left = PlanFixture::id("ConfigMap", "left");
  fixture.row().entries.push_back({left, "", {}});
  fixture.desired_by[left] = {"prod", "applications", "pay"};
  Observed& seen = fixture.see(PlanFixture::text("ConfigMap", "left"), "u2");
  CHECK(fixture.only().kind == ActionKind::keep);
  CHECK(fixture.only().contested == Contested::yes);
  CHECK(fixture.only().uid.empty());
  seen.object.edit("metadata").set("managedFields", managed("reconciled", "Apply", "{'f:data': {'f:a': {}}}"));
  CHECK(fixture.only().uid == "u2");
}

TEST_CASE("an object that moved is not pruned") {
  PlanFixture fixture = with_left(3, 1);
  const ObjectId left = PlanFixture::id("ConfigMap", "c103");
  SUBCASE("another stack wants it: it stays in our row until the other row has it") {
    fixture.desired_by[left] = {"prod", "applications", "pay"};
    CHECK(fixture.plan().actions.back().kind == ActionKind::keep);
    CHECK(fixture.plan().actions.back().reason == "moves to applications/pay");
    fixture.own(fixture.row_of("pay"), left, "u3");
    CHECK(fixture.plan().actions.size() == 3);
    CHECK(fixture.plan().released == std::vector<ObjectId>{left});
  }
  SUBCASE("two rows have it and nobody wants it: exactly one of them prunes") {
    fixture.own(fixture.row_of("aaa"), left, "u3");
    CHECK(fixture.plan().count(ActionKind::prune) == 0);
    fixture.all.stacks.erase("prod/applications/aaa");
    fixture.own(fixture.row_of("zzz"), left, "u3");
    CHECK(fixture.plan().count(ActionKind::prune) == 1);
  }
  SUBCASE("a row that has the UID of an earlier life takes it over from nobody") {
    fixture.own(fixture.row_of("aaa"), left, "u0");
    CHECK(fixture.plan().released.empty());
    CHECK(fixture.plan().count(ActionKind::prune) == 1);
    fixture.desired_by[left] = {"prod", "applications", "aaa"};
    CHECK(fixture.plan().released.empty());
    CHECK(fixture.plan().actions.back().reason == "moves to applications/aaa");
  }
  SUBCASE("a row that believes an older digest takes it over once that trust is gone") {
    Digest sent;
    sent.bytes.fill(1);
    fixture.row().entries.back().desired = sent;
    fixture.desired_by[left] = {"prod", "applications", "pay"};
    Digest older;
    older.bytes.fill(2);
    InventoryEntry& theirs = (fixture.own(fixture.row_of("pay"), left, "u3", older), fixture.row_of("pay").entries[0]);
    CHECK(fixture.plan().released.empty());
    CHECK(fixture.plan().actions.back().kind == ActionKind::keep);
    theirs.desired = Digest{};
    CHECK(fixture.plan().released == std::vector<ObjectId>{left});
    fixture.row_of("pay").entries[0].desired = sent;
    CHECK(fixture.plan().released == std::vector<ObjectId>{left});
  }
  SUBCASE("a desired object has its UID: the kind has another name now") {
    fixture.see(fixture.want(PlanFixture::text("Widget", "c103", "spec: {}")).id, State::present);
    fixture.see(PlanFixture::text("Widget", "c103", "spec: {}"), "u3");
    const StackPlan plan = fixture.plan();
    CHECK(plan.count(ActionKind::prune) == 0);
    CHECK(plan.released == std::vector<ObjectId>{left});
  }
}

}  // namespace
}  // namespace reconciled
