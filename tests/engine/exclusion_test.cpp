// Command lines and daemon keep out of each other's way: by the open intents in the inventory, and how long they live.
#include "engine/intent_life.h"
#include "tests/engine/agent.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace reconciled;
using namespace reconciled::test;
using namespace std::chrono_literals;

namespace {

struct Killed {};

const Files k_before{
    {"infrastructure/namespaces/shop.yaml", name_space("shop")},
    {"applications/shop/stack.yaml", "apiVersion: reconcile/v1\nkind: Stack\nnamespace: shop\n"},
    {"applications/shop/flags.yaml", config_map("flags", "one")},
    {"applications/shop/more.yaml", config_map("more", "one")},
};

Files without_more() {
  Files files = k_before;
  files.erase("applications/shop/more.yaml");
  return files;
}

/// Runs a sync that ends, as its process does, with its intent written.
void die_with_an_intent(Fleet& fleet, const Files& files) {
  fleet.watcher.hook = [](const RunEvent& event) {
    if (event.kind == RunEvent::Kind::prune_started) throw Killed();
  };
  CHECK_THROWS_AS(fleet.sync(files), Killed);
  fleet.watcher.hook = nullptr;
}

std::size_t deletes(const Fleet& fleet) {
  return static_cast<std::size_t>(
      std::ranges::count_if(fleet.model.log(), [](const auto& entry) { return entry.verb == "delete"; }));
}

}  // namespace

TEST_CASE("a sync waits for whom it finds in the middle of a stack, and takes over what does not move") {
  Fleet fleet;
  fleet.sync(k_before);
  die_with_an_intent(fleet, without_more());
  const MonotonicTime began = fleet.clock.monotonic();
  SUBCASE("for as long as that one may live") {
    fleet.sync(without_more());
    CHECK(fleet.clock.monotonic() >= began + k_intent_patience);
    CHECK(fleet.clock.monotonic() < began + k_intent_patience + 3s);
  }
  SUBCASE("not when its process is known to be gone") {
    fleet.sync(without_more(), [](RunRequest& request) {
      request.is_gone = [](const std::string& writer) { return writer == "test/2"; };
    });
    CHECK(fleet.clock.monotonic() < began + 2s);
  }
  SUBCASE("nor does a dry run") {
    CHECK_FALSE(in_sync(fleet.plan(without_more())));
    CHECK(fleet.clock.monotonic() < began + 2s);
    return;
  }
  CHECK(fleet.get("v1", "ConfigMap", "shop", "more").is_null());
  CHECK(in_sync(fleet.plan(without_more())));
}

TEST_CASE("a stack that another writer goes on with is left to it, and the others are synced") {
  Fleet fleet;
  fleet.sync(k_before);
  die_with_an_intent(fleet, without_more());
  Files files = without_more();
  files["applications/zoo/stack.yaml"] = "apiVersion: reconcile/v1\nkind: Stack\nnamespace: shop\n";
  files["applications/zoo/bear.yaml"] = config_map("bear", "one");
  // Each look finds the row as written anew.
  int epoch = 100;
  fleet.watcher.hook = [&](const RunEvent& event) {
    if (event.kind != RunEvent::Kind::inventory_loaded) return;
    const Value page = fleet.get("v1", "ConfigMap", "reconciled-system", "reconciled-inventory-default-0");
    Value data = Value::map();
    for (const auto& [key, text] : page["data"].entries()) {
      StackInventory row = decode_row(text.as_string(), "").value();
      if (row.intent.empty()) continue;
      row.epoch = static_cast<std::uint64_t>(++epoch);
      data.set(std::string(key.as_string()), encode_row(row));
    }
    fleet.call(Verb::merge_patch, "v1", "ConfigMap", "reconciled-system", "reconciled-inventory-default-0",
               Value::map({{"data", data}}));
  };
  const RunRecord record = fleet.sync(files);
  CHECK(stack_run(record, "applications/shop").blocked_by == std::vector<std::string>{"test/2 is syncing it"});
  CHECK_FALSE(fleet.get("v1", "ConfigMap", "shop", "more").is_null());
  CHECK_FALSE(fleet.get("v1", "ConfigMap", "shop", "bear").is_null());
}

TEST_CASE("a sync that stood still while another one took over writes nothing more") {
  Fleet fleet;
  fleet.sync(k_before);
  bool stood_still = false;
  fleet.watcher.hook = [&](const RunEvent& event) {
    if (event.kind != RunEvent::Kind::prune_started || std::exchange(stood_still, true)) return;
    fleet.clock.advance(k_intent_life);
    CHECK(fleet.sync(without_more()).stacks.size() == 2);  // which waits until the intent counts no more
    CHECK(deletes(fleet) == 1);
  };
  const RunRecord record = fleet.sync(without_more());
  CHECK(deletes(fleet) == 1);
  const StackRun& run = stack_run(record, "applications/shop");
  REQUIRE(run.error.has_value());
  CHECK(run.error->kind == ErrorKind::refused);
  CHECK(in_sync(fleet.plan(without_more())));
}

TEST_CASE("a sync that takes long writes its intent anew, and sends again what came too late meanwhile") {
  Fleet fleet;
  fleet.sync(k_before);
  int applies = 0;
  int prunes = 0;
  fleet.watcher.hook = [&](const RunEvent& event) {
    if (event.kind == RunEvent::Kind::apply_started) ++applies;
    if (event.kind == RunEvent::Kind::prune_started) ++prunes;
    const bool slow = event.kind == RunEvent::Kind::apply_started || event.kind == RunEvent::Kind::apply_answered ||
                      (event.kind == RunEvent::Kind::prune_started && prunes == 1);
    if (slow) fleet.clock.advance(k_intent_life * 6 / 10);
  };
  Files files = without_more();
  files["applications/shop/flags.yaml"] = config_map("flags", "two");
  fleet.sync(files);
  CHECK(applies == 1);
  CHECK(prunes == 2);
  CHECK(deletes(fleet) == 1);
  CHECK(in_sync(fleet.plan(files)));
}
