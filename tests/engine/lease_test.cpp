// Two or three candidates, one cluster, one clock that only moves when told to.
#include "engine/lease.h"

#include "ports/queue_inbox.h"
#include "sandbox/model_cluster.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <memory>

namespace reconciled {
namespace {

using namespace std::chrono_literals;
using sandbox::ApiModel;
using sandbox::Fault;

LeaseOptions options_for(std::string identity) {
  LeaseOptions options;
  options.namespace_ = "default";
  options.name = "reconciled";
  options.identity = std::move(identity);
  return options;
}

/// A process: its lease, its way to the cluster, and whether it runs.
struct Replica {
  Replica(ApiModel& model_, const ManualClock& clock_, std::string identity)
      : model(model_),
        clock(clock_),
        cluster(make_model_cluster(model_, inbox, sandbox::Delivery::on_pump)),
        lease(*cluster, options_for(std::move(identity)), [this] { return ++last_id; }) {}

  [[nodiscard]] Moment now() const { return {clock.monotonic(), clock.wall() + skew}; }
  /// Does what is due; whether there was anything.
  bool turn() {
    if (frozen) return false;
    bool moved = cut_off ? false : cluster->pump_one();
    while (auto message = inbox.try_take()) {
      lease.take(std::move(std::get<Answer>(*message)), now());
      moved = true;
    }
    if (lease.wake_at() && *lease.wake_at() <= clock.monotonic()) {
      lease.wake(now());
      moved = true;
    }
    return moved;
  }
  [[nodiscard]] bool held() const { return lease.held(clock.monotonic()); }
  /// A write as the engine makes it: fenced; whether the cluster carried it out.
  bool write() {
    Call call;
    call.id = ++last_id;
    call.verb = Verb::apply;
    call.type = {{"", "v1", "ConfigMap"}, "configmaps", ObjectScope::namespaced, {}};
    call.namespace_ = "default";
    call.name = "a";
    call.field_manager = "m";
    call.force = Force::yes;
    call.start_before = lease.until();
    call.body = Value::map({{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", Value::map({{"name", "a"}})}});
    QueueInbox answers;
    const auto direct = make_model_cluster(model, answers);
    return ask(*direct, answers, std::move(call)).object.has_value();
  }

  ApiModel& model;
  const ManualClock& clock;
  QueueInbox inbox;
  std::unique_ptr<sandbox::ModelCluster> cluster;
  CallId last_id = 0;
  Lease lease;
  bool frozen = false;
  bool cut_off = false;  ///< its calls stay on the way
  WallTime::duration skew{};
};

struct World {
  ManualClock clock;
  SeededRandom random{3};
  ApiModel model{clock, random};
  std::deque<Replica> replicas;
  int most_holders = 0;

  Replica& add(std::string identity) {
    Replica& made = replicas.emplace_back(model, clock, std::move(identity));
    made.lease.start(made.now());
    return made;
  }
  [[nodiscard]] int holders() const {
    return static_cast<int>(std::ranges::count_if(replicas, [](const Replica& one) { return one.held(); }));
  }
  void settle() {
    for (bool moved = true; moved;) {
      moved = false;
      for (Replica& one : replicas) moved |= one.turn();
      most_holders = std::max(most_holders, holders());
    }
  }
  /// Lets time pass in small steps.
  void pass(Duration time, Duration step = 50ms) {
    settle();
    for (Duration gone{}; gone < time; gone += step) {
      clock.advance(step);
      settle();
    }
  }
  /// How long until `done`, at most `limit`.
  template <class Done>
  Duration time_until(const Done& done, Duration limit = 60s) {
    const MonotonicTime begun = clock.monotonic();
    settle();
    while (!done() && clock.monotonic() - begun < limit) {
      clock.advance(50ms);
      settle();
    }
    return clock.monotonic() - begun;
  }
  Value stored() {
    QueueInbox inbox;
    const auto cluster = make_model_cluster(model, inbox);
    Call call;
    call.id = 1;
    call.type = {{"coordination.k8s.io", "v1", "Lease"}, "leases", ObjectScope::namespaced, {}};
    call.namespace_ = "default";
    call.name = "reconciled";
    const Answer answer = ask(*cluster, inbox, call);
    return answer.object ? *answer.object : Value();
  }
  void remove_stored() {
    const Value lease = stored();
    QueueInbox inbox;
    const auto cluster = make_model_cluster(model, inbox);
    Call call;
    call.id = 1;
    call.verb = Verb::remove;
    call.type = {{"coordination.k8s.io", "v1", "Lease"}, "leases", ObjectScope::namespaced, {}};
    call.namespace_ = "default";
    call.name = "reconciled";
    call.uid = lease.at({"metadata", "uid"}).as_string();
    call.resource_version = lease.at({"metadata", "resourceVersion"}).as_string();
    REQUIRE(ask(*cluster, inbox, call).object.has_value());
  }
  void fail_lease_calls(std::string verb, int status, std::uint64_t count,
                        Fault::Effect effect = Fault::Effect::status) {
    Fault fault;
    fault.verb = std::move(verb);
    fault.resource = "leases.coordination.k8s.io";
    fault.status = status;
    fault.count = count;
    fault.effect = effect;
    model.add_fault(fault);
  }
};

TEST_CASE("a lone candidate makes the lease at once, and renews it for as long as it lives") {
  World world;
  Replica& one = world.add("one");
  world.settle();
  CHECK(one.held());
  CHECK(one.lease.until() == world.clock.monotonic() + 10s);
  CHECK(one.lease.transitions() == 0);
  const std::string first(world.stored().at({"spec", "renewTime"}).as_string());
  world.pass(2min);
  CHECK(one.held());
  CHECK(one.write());
  const Value stored = world.stored();
  CHECK(stored.at({"spec", "holderIdentity"}).as_string() == "one");
  CHECK(stored.at({"spec", "leaseDurationSeconds"}).as_integer() == 15);
  CHECK(stored.at({"spec", "leaseTransitions"}).as_integer() == 0);
  CHECK(stored.at({"spec", "renewTime"}).as_string() > first);
  CHECK(stored.at({"spec", "acquireTime"}).as_string() == first);
  CHECK(first.size() == std::string_view("2026-02-01T10:00:00.000000Z").size());
  CHECK_FALSE(one.lease.error().has_value());
}

TEST_CASE("a renewal costs one request") {
  World world;
  world.add("one");
  world.settle();
  world.model.clear_log();
  world.pass(20s);
  CHECK(world.model.log().size() == 10);
}

TEST_CASE("a killed holder is replaced within 17 s, wherever it was in its period") {
  for (const Duration moment : {0ms, 700ms, 1400ms, 1950ms}) {
    World world;
    Replica& one = world.add("one");
    world.settle();
    Replica& two = world.add("two");
    world.pass(30s + moment);
    CHECK(one.held());
    CHECK_FALSE(two.held());
    CHECK(two.lease.holder() == "one");
    one.frozen = true;
    const Duration taken = world.time_until([&] { return two.held(); });
    CHECK(taken <= 17s);
    CHECK(taken >= 12s);
    CHECK(two.lease.transitions() == 1);
    CHECK(world.most_holders == 1);
  }
}

TEST_CASE("a holder that gives its lease back is replaced within 2 s") {
  World world;
  Replica& one = world.add("one");
  world.settle();
  Replica& two = world.add("two");
  world.pass(5s);
  one.lease.release(one.now());
  CHECK_FALSE(one.held());
  CHECK(world.time_until([&] { return two.held(); }) <= 2s);
  CHECK(one.lease.stopped());
  CHECK_FALSE(one.lease.wake_at().has_value());
  CHECK(two.lease.transitions() == 1);
  CHECK(world.most_holders == 1);
}

TEST_CASE("a release while a renewal is under way waits for its answer, and is not held up by a lost one") {
  World world;
  Replica& one = world.add("one");
  world.settle();
  world.clock.advance(2s);
  one.lease.wake(one.now());  // the renewal is on its way
  one.lease.release(one.now());
  CHECK_FALSE(one.lease.stopped());
  world.settle();
  CHECK(one.lease.stopped());
  CHECK(world.stored().at({"spec", "holderIdentity"}).as_string().empty());

  World other;
  Replica& two = other.add("two");
  other.settle();
  two.cut_off = true;
  two.lease.release(two.now());
  other.pass(11s);
  CHECK(two.lease.stopped());
}

TEST_CASE("a candidate that is told to stop leaves the lease of others alone") {
  World world;
  world.add("one");
  world.settle();
  Replica& two = world.add("two");
  world.settle();
  two.lease.release(two.now());
  CHECK(two.lease.stopped());
  CHECK(world.stored().at({"spec", "holderIdentity"}).as_string() == "one");
}

TEST_CASE("a frozen holder writes nothing when it thaws, and learns who took over") {
  World world;
  Replica& one = world.add("one");
  world.settle();
  Replica& two = world.add("two");
  world.pass(5s);
  const MonotonicTime fence = one.lease.until();
  one.frozen = true;
  world.pass(60s);
  REQUIRE(two.held());
  // It thaws between its check and the write, and before it has looked at the time: the fence still refuses.
  CHECK(one.lease.until() == fence);
  CHECK_FALSE(one.write());
  CHECK_FALSE(one.held());
  one.frozen = false;
  world.settle();
  CHECK(one.lease.until() < world.clock.monotonic());
  CHECK(one.lease.holder() == "two");
  CHECK(two.held());
  CHECK(world.most_holders == 1);
}

TEST_CASE("a renewal that was frozen on its way is not sent late") {
  World world;
  Replica& one = world.add("one");
  world.settle();
  world.clock.advance(2s);
  one.lease.wake(one.now());
  world.model.clear_log();
  world.clock.advance(60s);
  one.turn();
  CHECK(world.model.log().empty());
  CHECK_FALSE(one.held());
  world.pass(1s);
  CHECK(one.held());  // nobody else came
}

TEST_CASE("a holder whose lease calls fail, and nothing else, steps down before another may begin") {
  for (const int status : {500, 503, 429, 403}) {
    World world;
    Replica& one = world.add("one");
    world.settle();
    world.pass(4s);
    world.fail_lease_calls("patch", status, 1000);
    CHECK(one.write());
    const Duration down = world.time_until([&] { return !one.held(); });
    CHECK(down <= 10s);
    CHECK(down >= 7s);
    CHECK_FALSE(one.write());
    CHECK(one.lease.error().has_value());
  }
}

TEST_CASE("a lease that can be written again is held again, and the error is forgotten") {
  World world;
  Replica& one = world.add("one");
  world.settle();
  world.pass(1s);
  world.fail_lease_calls("", 503, 2);
  world.pass(8s);
  CHECK(one.held());
  CHECK_FALSE(one.lease.error().has_value());
}

TEST_CASE("a renewal whose answer is lost counts as one, once it was read") {
  World world;
  Replica& one = world.add("one");
  world.settle();
  Replica& two = world.add("two");
  world.fail_lease_calls("patch", 504, 1, Fault::Effect::lost_answer);
  world.pass(30s);
  CHECK(one.held());
  CHECK(one.lease.transitions() == 0);
  CHECK_FALSE(two.held());
}

TEST_CASE("clocks that show another hour change nothing") {
  World world;
  Replica& one = world.add("one");
  one.skew = 24h;
  world.settle();
  Replica& two = world.add("two");
  two.skew = -24h;
  Replica& three = world.add("three");
  world.pass(20s);
  CHECK(one.held());
  one.skew = -1h;  // set back while it holds
  world.pass(40s);
  CHECK(one.held());
  one.frozen = true;
  CHECK(world.time_until([&] { return two.held() || three.held(); }) <= 17s);
  world.pass(30s);
  CHECK(world.most_holders == 1);
}

TEST_CASE("a renewal within the microsecond of the last one is seen") {
  World world;
  Replica& one = world.add("one");
  world.settle();
  const std::string before(world.stored().at({"spec", "renewTime"}).as_string());
  world.clock.advance(2s);
  one.skew = -2s;
  world.settle();
  CHECK(world.stored().at({"spec", "renewTime"}).as_string() != before);
}

TEST_CASE("a label on the lease is no renewal, and does not make its holder stumble") {
  World world;
  Replica& one = world.add("one");
  world.settle();
  Replica& two = world.add("two");
  world.pass(4s);
  const auto label = [&](int value) {
    QueueInbox inbox;
    const auto cluster = make_model_cluster(world.model, inbox);
    Call call;
    call.id = 1;
    call.verb = Verb::merge_patch;
    call.type = {{"coordination.k8s.io", "v1", "Lease"}, "leases", ObjectScope::namespaced, {}};
    call.namespace_ = "default";
    call.name = "reconciled";
    call.body = Value::map({{"metadata", Value::map({{"labels", Value::map({{"touched", std::to_string(value)}})}})}});
    REQUIRE(ask(*cluster, inbox, call).object.has_value());
  };
  label(0);
  world.pass(10s);
  CHECK(one.held());
  one.frozen = true;
  int value = 0;
  const Duration taken = world.time_until([&] {
    label(++value);
    return two.held();
  });
  CHECK(taken <= 17s);
}

TEST_CASE("a lease that somebody deletes goes back to its holder, and no other takes it while that one may write") {
  World world;
  Replica& one = world.add("one");
  world.settle();
  Replica& two = world.add("two");
  world.pass(5s);
  one.cut_off = true;
  world.remove_stored();
  world.pass(4s);
  CHECK(one.held());
  CHECK_FALSE(two.held());
  world.pass(16s);
  CHECK(two.held());
  CHECK(world.most_holders == 1);

  World other;
  Replica& three = other.add("three");
  other.settle();
  other.pass(1s);
  other.remove_stored();
  other.pass(3s);
  CHECK(three.held());
}

TEST_CASE("a record with this very identity that another process wrote is respected") {
  World world;
  world.add("same");
  world.settle();
  Replica& twin = world.add("same");
  world.pass(60s);
  CHECK_FALSE(twin.held());
  CHECK(world.most_holders == 1);
}

TEST_CASE("a holder with a longer duration is waited for, but not for ever") {
  World world;
  Replica& one = world.add("one");
  world.settle();
  QueueInbox inbox;
  const auto cluster = make_model_cluster(world.model, inbox);
  Call call;
  call.id = 1;
  call.verb = Verb::merge_patch;
  call.type = {{"coordination.k8s.io", "v1", "Lease"}, "leases", ObjectScope::namespaced, {}};
  call.namespace_ = "default";
  call.name = "reconciled";
  call.body = Value::map({{"spec", Value::map({{"leaseDurationSeconds", 40}})}});
  REQUIRE(ask(*cluster, inbox, call).object.has_value());
  one.frozen = true;
  Replica& two = world.add("two");
  world.pass(39s);
  CHECK_FALSE(two.held());
  world.pass(2s);
  CHECK(two.held());

  call.id = 2;
  call.body = Value::map({{"spec", Value::map({{"leaseDurationSeconds", 2'000'000'000}})}});
  REQUIRE(ask(*cluster, inbox, call).object.has_value());
  two.frozen = true;
  Replica& three = world.add("three");
  world.pass(9min, 1s);
  CHECK_FALSE(three.held());
  world.pass(2min, 1s);
  CHECK(three.held());
}

TEST_CASE("a server that refuses each write is not asked in a loop") {
  for (const int status : {404, 409}) {
    World world;
    world.fail_lease_calls("create", status, 1000);
    world.fail_lease_calls("patch", status, 1000);
    Replica& one = world.add("one");
    world.settle();
    world.pass(20s);
    CHECK_FALSE(one.held());
    CHECK(world.model.log().size() < 60);
  }
}

TEST_CASE("answers of other calls, and late ones, change nothing") {
  World world;
  Replica& one = world.add("one");
  world.settle();
  const MonotonicTime until = one.lease.until();
  CHECK_FALSE(one.lease.owns(0));
  Answer answer;
  answer.id = 12345;
  answer.object = fail(ErrorKind::api_missing, "no");
  one.lease.take(answer, one.now());
  CHECK(one.lease.until() == until);
}

TEST_CASE("whatever is lost, frozen or cut off: two never hold at a time, and in the end one does") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    World world;
    SeededRandom dice(seed);
    const auto roll = [&](std::uint64_t sides) { return dice.next() % sides; };
    for (const char* name : {"one", "two", "three"}) world.add(name);
    for (int step = 0; step < 400; ++step) {
      Replica& one = world.replicas[roll(3)];
      switch (roll(12)) {
        case 0: one.frozen = !one.frozen; break;
        case 1: one.cut_off = !one.cut_off; break;
        case 2: one.skew = std::chrono::hours(static_cast<int>(roll(48)) - 24); break;
        case 3: world.fail_lease_calls("", 503, 1 + roll(3)); break;
        case 4: world.fail_lease_calls("patch", 504, 1, Fault::Effect::lost_answer); break;
        case 5: world.fail_lease_calls("create", 504, 1, Fault::Effect::lost_answer); break;
        case 6:
          if (roll(6) == 0) one.lease.release(one.now());
          break;
        case 7: one.lease.start(one.now()); break;
        case 8: world.clock.advance(std::chrono::seconds(roll(20))); break;
        default: break;
      }
      world.pass(std::chrono::milliseconds(roll(3000)), 250ms);
      REQUIRE(world.most_holders <= 1);
    }
    for (Replica& one : world.replicas) {
      one.frozen = one.cut_off = false;
      one.lease.start(one.now());
    }
    // Faults that were not met yet are met now.
    CHECK(world.time_until([&] { return world.holders() == 1; }, 20min) < 20min);
  }
}

TEST_CASE("settings that cannot keep two replicas apart are refused, with what to do") {
  CHECK(check_lease(options_for("a")).has_value());
  const auto refused = [](auto change) {
    LeaseOptions options = options_for("a");
    change(options);
    const Status checked = check_lease(options);
    REQUIRE_FALSE(checked.has_value());
    CHECK(checked.error().kind == ErrorKind::config);
    CHECK_FALSE(checked.error().hint.empty());
    return checked.error().message;
  };
  CHECK(
      refused([](LeaseOptions& options) { options.renew_deadline = options.duration; }) ==
      "the lease's renew deadline of 15s is not shorter than its duration of 15s: two replicas could write at a time");
  refused([](LeaseOptions& options) { options.renew_deadline = 1h; });
  refused([](LeaseOptions& options) { options.retry_period = 5s; });
  refused([](LeaseOptions& options) { options.retry_period = 0s; });
  refused([](LeaseOptions& options) { options.retry_period = -1s; });
  refused([](LeaseOptions& options) { options.duration = 1h; });
  refused([](LeaseOptions& options) { options.name.clear(); });
  refused([](LeaseOptions& options) { options.namespace_.clear(); });
  refused([](LeaseOptions& options) { options.identity.clear(); });
}

}  // namespace
}  // namespace reconciled
