#include "diff/inventory.h"
#include "ports/memory_tree.h"
#include "tests/sim/world.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace reconciled;
using namespace reconciled::sim;

namespace {

/// An oracle over an empty cluster, and calls made by hand.
struct Bench {
  ManualClock clock;
  SeededRandom random{1};
  sandbox::ApiModel model{clock, random};
  Oracle oracle{model, clock, {.bound = std::chrono::seconds(60), .guard = {.max_count = 2, .max_percent = 20}}};
  QueueInbox inbox;
  std::unique_ptr<sandbox::ModelCluster> cluster = sandbox::make_model_cluster(model, inbox);
  CallId calls = 0;
  Sender sender{.name = "daemon", .loads = {}};

  Bench() { oracle.follow(Who::cluster); }

  Answer send(const Sender& from, Call call) {
    call.id = ++calls;
    oracle.on_start(from, call);
    oracle.before(from, call, clock.monotonic());
    cluster->start(call);
    Answer answer = std::get<Answer>(inbox.try_take().value());
    oracle.after(from, call, answer, clock.monotonic());
    return answer;
  }

  static Call config_map(Verb verb, const std::string& namespace_, const std::string& name,
                         const std::string& value = "1") {
    Call call;
    call.verb = verb;
    call.type = {{"", "v1", "ConfigMap"}, "configmaps", ObjectScope::namespaced, {}};
    call.namespace_ = namespace_;
    call.name = name;
    call.field_manager = "reconciled";
    if (verb == Verb::apply || verb == Verb::create) {
      call.body = Value::map({{"apiVersion", "v1"},
                              {"kind", "ConfigMap"},
                              {"metadata", Value::map({{"name", name}, {"namespace", namespace_}})},
                              {"data", Value::map({{"key", value}})}});
    }
    return call;
  }

  /// The inventory names these objects as those of applications/shop.
  void write_inventory(const std::vector<std::string>& names) {
    StackInventory row;
    row.stack = {"default", "applications", "shop"};
    row.stack_uid = "shop";
    for (const auto& name : names) row.entries.push_back({{"", "", "ConfigMap", "default", name}, "", {}});
    const Answer before = send(person(), config_map(Verb::get, "reconciled-system", "page"));
    Call call = config_map(before.object ? Verb::merge_patch : Verb::create, "reconciled-system", "page");
    call.body =
        Value::map({{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"data", Value::map({{"shop", encode_row(row)}})}});
    call.body.edit("metadata").set("name", "page");
    call.body.edit("metadata").edit("labels").set("reconcile/installation", "default");
    if (call.verb == Verb::create) {
      Call make;
      make.verb = Verb::create;
      make.type = {{"", "v1", "Namespace"}, "namespaces", ObjectScope::cluster, {}};
      make.body = Value::map(
          {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", Value::map({{"name", "reconciled-system"}})}});
      send(person(), make);
      call.name.clear();
    }
    REQUIRE(send(sender, call).object.has_value());
  }

  static const Sender& person() {
    static const Sender k_person{.name = "person", .who = Who::person, .loads = {}};
    return k_person;
  }

  /// The daemon knows a commit that wants these objects.
  void load(const std::vector<std::string>& names, bool readable = true) {
    auto commit = std::make_shared<Commit>();
    commit->revision.commit = "0123456789";
    for (const auto& name : names) commit->wanted["/ConfigMap/default/" + name] = {"applications/shop", "1"};
    if (!names.empty()) commit->rendering.insert("applications/shop");
    sender.loads = {{commit, readable, MonotonicTime::max()}};
  }

  Call removal(const std::string& name) {
    const Answer live = send(person(), config_map(Verb::get, "default", name));
    Call call = config_map(Verb::remove, "default", name);
    call.uid = live.object->at({"metadata", "uid"}).as_string();
    call.resource_version = live.object->at({"metadata", "resourceVersion"}).as_string();
    return call;
  }

  [[nodiscard]] std::string broken() const { return oracle.violation() ? oracle.violation()->invariant : ""; }
};

/// A daemon's claim that applications/shop is in sync.
EnvironmentView green_view() {
  EnvironmentView view;
  StackView stack;
  stack.id = {"default", "applications", "shop"};
  stack.revision = "0123456789";
  stack.sync = SyncState::in_sync;
  view.stacks.push_back(stack);
  return view;
}

}  // namespace

TEST_CASE("a seed replays exactly, and another seed is another world") {
  for (const Cast cast : {Cast::commands, Cast::daemons}) {
    WorldOptions options;
    options.cast = cast;
    options.seed = 11;
    const Outcome first = run_seed(options);
    const Outcome again = run_seed(options);
    CHECK(first.digest == again.digest);
    CHECK(first.steps == again.steps);
    CHECK(first.end == again.end);
    options.seed = 12;
    CHECK(run_seed(options).digest != first.digest);
  }
}

TEST_CASE("a seed has its steps and its faults") {
  WorldOptions options;
  options.seed = 5;
  const Outcome outcome = run_seed(options);
  CHECK_MESSAGE(!outcome.violation,
                (outcome.violation ? outcome.violation->invariant + ": " + outcome.violation->what : ""));
  CHECK(outcome.steps >= options.min_steps);
  CHECK(outcome.faults >= options.min_faults);
  CHECK(outcome.coverage.faults() == outcome.faults);
  CHECK(outcome.writes > 0);
}

TEST_CASE("each fault and await point has a name of its own") {
  std::set<std::string_view> names;
  for (std::size_t kind = 0; kind < k_fault_kinds; ++kind) names.insert(name_of(static_cast<FaultKind>(kind)));
  for (std::size_t point = 0; point < k_await_points; ++point) names.insert(name_of(static_cast<AwaitPoint>(point)));
  CHECK(names.size() == k_fault_kinds + k_await_points);
  CHECK_FALSE(names.contains(""));
}

TEST_CASE("what is planned for one time happens in the order of planning") {
  Schedule schedule;
  std::string order;
  const MonotonicTime now{};
  schedule.at(now + std::chrono::seconds(2), [&] { order += "c"; });
  schedule.at(now + std::chrono::seconds(1), [&] { order += "a"; });
  schedule.at(now + std::chrono::seconds(1), [&] { order += "b"; });
  while (schedule.next()) schedule.pop()();
  CHECK(order == "abc");
}

TEST_CASE("a clock that is wrong wakes nobody too early") {
  ManualClock truth;
  for (const std::int64_t drift : {-500, 0, 500}) {
    const SkewedClock clock(truth, std::chrono::minutes(7), drift);
    truth.advance(std::chrono::hours(3));
    const MonotonicTime local = clock.monotonic() + std::chrono::seconds(5);
    const MonotonicTime when = clock.there(local);
    CHECK(clock.here(when) >= local);
    CHECK(clock.here(when - std::chrono::milliseconds(1)) < local);
  }
}

TEST_CASE("the oracle accepts what is right") {
  Bench bench;
  bench.write_inventory({"a", "b", "c", "d"});
  bench.load({"b", "c", "d"});
  for (const char* name : {"a", "b"}) bench.send(bench.sender, Bench::config_map(Verb::apply, "default", name));
  bench.send(bench.sender, bench.removal("a"));
  CHECK(bench.broken() == "");
}

TEST_CASE("the oracle refuses a delete without preconditions") {
  Bench bench;
  bench.write_inventory({"a", "b"});
  bench.load({"b"});
  bench.send(bench.sender, Bench::config_map(Verb::apply, "default", "a"));
  SUBCASE("of the UID") {
    Call call = bench.removal("a");
    call.uid.clear();
    bench.oracle.on_start(bench.sender, call);
  }
  SUBCASE("of the resourceVersion") {
    Call call = bench.removal("a");
    call.resource_version.clear();
    bench.oracle.on_start(bench.sender, call);
  }
  CHECK(bench.broken() == "no evidence, no delete");
}

TEST_CASE("the oracle refuses a delete of what is wanted, may have moved, or is somebody else's") {
  Bench bench;
  bench.write_inventory({"a", "b"});
  SUBCASE("wanted") {
    bench.load({"a", "b"});
    bench.send(bench.sender, Bench::config_map(Verb::apply, "default", "a"));
    bench.oracle.on_start(bench.sender, bench.removal("a"));
  }
  SUBCASE("a stack could not be read") {
    bench.load({"b"}, false);
    bench.send(bench.sender, Bench::config_map(Verb::apply, "default", "a"));
    bench.oracle.on_start(bench.sender, bench.removal("a"));
  }
  SUBCASE("nobody was told what is wanted") {
    bench.send(bench.sender, Bench::config_map(Verb::apply, "default", "a"));
    bench.oracle.on_start(bench.sender, bench.removal("a"));
  }
  SUBCASE("a person made it") {
    bench.load({"b"});
    bench.send(Bench::person(), Bench::config_map(Verb::apply, "default", "a"));
    bench.oracle.on_start(bench.sender, bench.removal("a"));
  }
  SUBCASE("the stack renders nothing") {
    bench.load({});
    bench.send(bench.sender, Bench::config_map(Verb::apply, "default", "a"));
    bench.oracle.on_start(bench.sender, bench.removal("a"));
  }
  CHECK(bench.broken() == "no evidence, no delete");
}

TEST_CASE("the oracle sees what the inventory does not name") {
  Bench bench;
  bench.write_inventory({"a"});
  SUBCASE("made without intent") {
    bench.send(bench.sender, Bench::config_map(Verb::apply, "default", "b"));
  }
  SUBCASE("forgotten while it lives") {
    bench.send(bench.sender, Bench::config_map(Verb::apply, "default", "a"));
    bench.write_inventory({});
  }
  CHECK(bench.broken() == "the inventory names what we made");
}

TEST_CASE("the oracle sees an update that could bring back what was deleted") {
  Bench bench;
  bench.write_inventory({"a"});
  bench.send(bench.sender, Bench::config_map(Verb::apply, "default", "a"));
  bench.clock.advance(std::chrono::minutes(5));
  bench.send(bench.sender, Bench::config_map(Verb::apply, "default", "a", "2"));
  CHECK(bench.broken() == "an update carries the UID");
}

TEST_CASE("the oracle sees a change of what somebody else made long ago") {
  Bench bench;
  bench.write_inventory({"a"});
  Call made = Bench::config_map(Verb::apply, "default", "a");
  made.field_manager = "kubectl";
  const Answer answer = bench.send(Bench::person(), made);
  bench.clock.advance(std::chrono::minutes(5));
  Call call = Bench::config_map(Verb::apply, "default", "a", "1");
  call.body.edit("metadata").set("uid", answer.object->at({"metadata", "uid"}).as_string());
  bench.send(bench.sender, call);
  CHECK(bench.broken() == "what others made is left alone");
}

TEST_CASE("the oracle sees writers without a lease") {
  Bench bench;
  bench.write_inventory({"a"});
  bench.sender.needs_lease = true;
  bench.send(bench.sender, Bench::config_map(Verb::apply, "default", "a"));
  CHECK(bench.broken() == "a writer holds the lease");
}

TEST_CASE("the oracle sees a status that is greener than the truth") {
  Bench bench;
  bench.write_inventory({"a"});
  bench.load({"a"});
  bench.send(bench.sender, Bench::config_map(Verb::apply, "default", "a"));
  bench.oracle.on_view(bench.sender, green_view());
  CHECK(bench.broken() == "");
  Call edit = Bench::config_map(Verb::merge_patch, "default", "a");
  edit.body = Value::map({{"data", Value::map({{"key", "by hand"}})}});
  bench.send(Bench::person(), edit);
  bench.oracle.on_view(bench.sender, green_view());
  CHECK(bench.broken() == "");  // not known yet
  bench.clock.advance(std::chrono::minutes(2));
  bench.oracle.on_view(bench.sender, green_view());
  CHECK(bench.broken() == "status is never greener than the truth");
}

TEST_CASE("the oracle hears a secret") {
  Bench bench;
  bench.oracle.on_text(bench.sender, "apply Secret a: token Y2FuYXJ5AAAA is not valid");
  CHECK(bench.broken() == "no secret in an output");
}

TEST_CASE("the oracle names what is missing, wrong and left over") {
  Bench bench;
  bench.write_inventory({"a", "b"});
  for (const char* name : {"a", "b"}) bench.send(bench.sender, Bench::config_map(Verb::apply, "default", name));
  Commit commit;
  commit.wanted["/ConfigMap/default/a"] = {"applications/shop", "2"};
  commit.wanted["/ConfigMap/default/c"] = {"applications/shop", "1"};
  CHECK(bench.oracle.differences(commit) ==
        std::vector<std::string>{"/ConfigMap/default/a of applications/shop is 1 and should be 2",
                                 "/ConfigMap/default/c of applications/shop is missing",
                                 "/ConfigMap/default/b is left over"});
  CHECK(bench.oracle.has_wrong(commit));
  CHECK(bench.oracle.has_left_over(commit, Held::no));
}
