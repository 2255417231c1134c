#include "engine/inventory_store.h"

#include "engine/calls.h"
#include "ports/queue_inbox.h"
#include "sandbox/model_cluster.h"

#include <doctest/doctest.h>

#include <memory>

using namespace reconciled;

namespace {

constexpr auto k_now = InventoryStore::Urgency::now;

/// One who reads and writes the inventory of the installation "default".
struct Writer {
  explicit Writer(sandbox::ApiModel& model, const ManualClock& clock_)
      : clock(clock_),
        cluster(sandbox::make_model_cluster(model, inbox, sandbox::Delivery::at_once)),
        calls(*cluster),
        store(calls, clock, {.scope = {}, .namespace_ = "state", .installation = "default", .on_overtaken = [this] {
                               ++overtaken;
                             }}) {
    store.load([this](Result<Inventory> read) { inventory = std::move(read).value(); });
    settle();
  }
  void settle() {
    store.flush(k_now);
    while (auto message = inbox.try_take()) calls.on(std::get<Answer>(std::move(*message)));
  }
  /// How a row of objects with these names is taken.
  Status write(const std::string& stack, const std::vector<std::string>& names) {
    Status result = fail(ErrorKind::internal, "no answer");
    store.write(row(stack, names), k_now, [&](const Status& status) { result = status; });
    settle();
    return result;
  }
  static StackInventory row(const std::string& stack, const std::vector<std::string>& names) {
    StackInventory row;
    row.stack = {"prod", "applications", stack};
    row.stack_uid = "uid-of-" + stack;
    for (const auto& name : names) row.entries.push_back({{"", "", "ConfigMap", "shop", name}, "uid-" + name, {}});
    return row;
  }

  const ManualClock& clock;
  QueueInbox inbox;
  std::unique_ptr<sandbox::ModelCluster> cluster;
  Calls calls;
  int overtaken = 0;
  Inventory inventory;
  InventoryStore store;
};

struct Bench {
  ManualClock clock;
  SeededRandom random{1};
  sandbox::ApiModel model{clock, random};
};

}  // namespace

TEST_CASE("rows that wait when a turn ends go out in one write") {
  Bench bench;
  Writer writer(bench.model, bench.clock);
  int written = 0;
  for (const char* stack : {"a", "b", "c"})
    writer.store.write(Writer::row(stack, {"x"}), k_now, [&](const Status& status) { written += status ? 1 : 0; });
  CHECK(writer.store.writes() == 0);
  writer.settle();
  CHECK(written == 3);
  CHECK(writer.store.writes() == 2);  // the namespace had to be made first
  CHECK(Writer(bench.model, bench.clock).inventory.stacks.size() == 3);
}

TEST_CASE("who writes over rows that others wrote meanwhile is told, and may add but let nothing go") {
  Bench bench;
  Writer first(bench.model, bench.clock);
  REQUIRE(first.write("a", {"x", "y"}));
  REQUIRE(first.write("b", {"z"}));
  Writer second(bench.model, bench.clock);
  REQUIRE(second.write("a", {"y"}));  // "x" is in another's row, as it sees it
  CHECK(second.overtaken == 0);

  SUBCASE("a row that only grows is written") {
    CHECK(first.write("b", {"w", "z"}));
    CHECK(first.overtaken == 1);
  }
  SUBCASE("a row that lets an object go is refused: what spoke for that may have changed") {
    CHECK(first.write("b", {}).error().kind == ErrorKind::refused);
    CHECK(first.overtaken == 1);
    CHECK(Writer(bench.model, bench.clock).inventory.stacks.contains("prod/applications/b"));
  }
  SUBCASE("a row that the other wrote is refused") {
    CHECK(first.write("a", {"x", "y"}).error().kind == ErrorKind::refused);
    CHECK(first.overtaken == 1);
  }
}
