// The lease over the adapter, on a real kube-apiserver.
#include "engine/lease.h"
#include "kube/kube_cluster.h"
#include "kube/kubeconfig.h"
#include "ports/queue_inbox.h"
#include "tests/cluster/control_plane.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <vector>

using namespace reconciled;
using namespace std::chrono_literals;

namespace {

struct Replica {
  SystemClock clock;
  SeededRandom random{1};
  QueueInbox inbox;
  std::unique_ptr<Cluster> cluster;
  CallId last_id = 0;
  std::optional<Lease> lease;

  Replica(const std::string& space, std::string identity) {
    KubeConfigOptions from;
    from.path = shared_control_plane().kubeconfig(TestUser::admin);
    auto access = read_kubeconfig(from, process_environment());
    REQUIRE_MESSAGE(access.has_value(), format_error(access.error()));
    std::map<std::string, ClusterAccess> clusters;
    clusters.emplace("c", std::move(*access));
    auto made = make_kube_cluster(std::move(clusters), {}, clock, random, inbox);
    REQUIRE(made.has_value());
    cluster = std::move(*made);
    LeaseOptions options;
    options.scope.cluster = "c";
    options.namespace_ = space;
    options.name = "reconciled";
    options.identity = std::move(identity);
    lease.emplace(*cluster, options, [this] { return ++last_id; });
    lease->start(now());
  }
  [[nodiscard]] Moment now() const { return {clock.monotonic(), clock.wall()}; }
  [[nodiscard]] bool held() const { return lease->held(clock.monotonic()); }
  void turn(Duration at_most) {
    auto message = inbox.take(clock.monotonic() + at_most);
    if (message) lease->take(std::get<Answer>(std::move(*message)), now());
    lease->wake(now());
  }
};

/// How long until `done`, while these live.
template <class Done>
Duration time_until(const std::vector<Replica*>& living, const Done& done) {
  const MonotonicTime begun = monotonic_now();
  while (!done() && monotonic_now() - begun < 30s) {
    for (Replica* one : living) one->turn(10ms);
    CHECK(std::ranges::count_if(living, [](const Replica* one) { return one->held(); }) <= 1);
  }
  return monotonic_now() - begun;
}

}  // namespace

TEST_CASE("a lease is taken, renewed, given back within 2 s and taken over within 17 s") {
  const std::string space = shared_control_plane().make_namespace().value();
  Replica one(space, "one");
  CHECK(time_until({&one}, [&] { return one.held(); }) < 1s);
  Replica two(space, "two");
  const MonotonicTime until = one.lease->until();
  time_until({&one, &two}, [&] { return one.lease->until() > until; });
  CHECK(one.held());
  CHECK_FALSE(two.held());
  CHECK(two.lease->holder() == "one");

  one.lease->release(one.now());
  CHECK(time_until({&one, &two}, [&] { return two.held(); }) < 2s);
  CHECK(one.lease->stopped());
  CHECK(two.lease->transitions() == 1);

  Replica three(space, "three");
  time_until({&two, &three}, [&] { return three.lease->holder() == "two"; });
  const MonotonicTime fence = two.lease->until();
  CHECK(time_until({&three}, [&] { return three.held(); }) < 17s);  // "two" is dead: nobody turns it
  CHECK(monotonic_now() >= fence);
  CHECK(three.lease->transitions() == 2);
  CHECK_FALSE(three.lease->error().has_value());
}
