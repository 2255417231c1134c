// A control plane that stops, freezes and forgets: the daemon comes back by itself, and
// says nothing greener than it knows meanwhile.
#include "tests/cluster/daemon/fleet.h"

#include <atomic>
#include <csignal>
#include <iostream>

namespace reconciled {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Noticed at once where connections are refused, and where they are silent once a watch has been so for 25 s.
constexpr auto k_notices_refusal = 3s;
constexpr auto k_notices_silence = 35s;
constexpr auto k_recovers = 60s;
constexpr const char* k_stack = "applications/shop";

/// Looks at the status all the time: for how long at most it said "in sync" after the moment it was blind from.
class Onlooker {
 public:
  Onlooker(const RunningDaemon& daemon, steady_clock::time_point blind_from)
      : m_thread([this, &daemon, blind_from] {
          while (!m_done) {
            const auto asked = steady_clock::now();
            if (daemon.state_of(k_stack).starts_with("in-sync")) m_green = asked - blind_from;
            std::this_thread::sleep_for(50ms);
          }
        }) {}
  ~Onlooker() { stop(); }
  Onlooker(const Onlooker&) = delete;
  Onlooker& operator=(const Onlooker&) = delete;
  steady_clock::duration stop() {
    m_done = true;
    if (m_thread.joinable()) m_thread.join();
    return m_green;
  }

 private:
  std::atomic<bool> m_done = false;
  steady_clock::duration m_green{};
  std::thread m_thread;
};

bool is_green(const RunningDaemon& daemon) {
  return daemon.state_of(k_stack) == "in-sync healthy";
}

void set_up(Fleet& fleet) {
  fleet.write_config_map("applications/shop/a.yaml", "1");
  fleet.write("applications/shop/b.yaml",
              "apiVersion: v1\nkind: Service\nmetadata: {name: b}\nspec: {clusterIP: None}\n");
  fleet.push();
}

/// A hand edit is healed and the status green again, without anybody's help.
void check_keeps(const Fleet& fleet, const RunningDaemon& daemon) {
  fleet.patch(config_map_path("a"), R"({"data":{"v":"by hand"}})");
  const auto edited = steady_clock::now();
  CHECK_MESSAGE(comes_true(k_recovers, [&] { return fleet.value_of("a") == "1"; }), daemon.log_end());
  std::cout << "  healed after " << std::chrono::duration_cast<milliseconds>(steady_clock::now() - edited).count()
            << " ms\n";
  CHECK_MESSAGE(comes_true(k_recovers, [&] { return is_green(daemon); }), daemon.log_end());
}

void check_green(const char* what, steady_clock::duration green, steady_clock::duration limit) {
  const auto in_ms = std::chrono::duration_cast<milliseconds>(green);
  std::cout << what << ": the status said \"in sync\" for " << in_ms.count() << " ms of the time it was blind\n";
  CHECK(green < limit);
}

}  // namespace

TEST_CASE("an API server that is away for 10 s and an etcd that starts again: unknown meanwhile, healed afterwards") {
  Fleet fleet("away");
  set_up(fleet);
  RunningDaemon daemon = fleet.start();
  REQUIRE_MESSAGE(comes_true(20s, [&] { return is_green(daemon); }), daemon.log_end());

  fleet.plane().api_server().kill();
  const auto gone = steady_clock::now();
  Onlooker onlooker(daemon, gone);
  std::this_thread::sleep_until(gone + 10s);  // the length of the outage is what this tests
  check_green("no API server", onlooker.stop(), k_notices_refusal);
  CHECK(!is_green(daemon));
  CHECK(
      daemon.metric(
          R"(reconciled_stack_sync_status{stack="shop",layer="applications",environment="prod",target_cluster="test",status="in-sync"})") ==
      0);
  check_ok(fleet.plane().restart_api_server());
  check_keeps(fleet, daemon);

  check_ok(fleet.plane().restart_etcd());
  check_keeps(fleet, daemon);
  // Its Lease, its inventory and its watches are whole: the next commit goes through.
  fleet.write_config_map("applications/shop/a.yaml", "2");
  fleet.tell(daemon, fleet.push());
  CHECK_MESSAGE(comes_true(k_recovers, [&] { return fleet.value_of("a") == "2"; }), daemon.log_end());
}

TEST_CASE("an API server that hangs for 40 s with all its connections open is noticed, and the daemon comes back") {
  Fleet fleet("hangs");
  set_up(fleet);
  RunningDaemon daemon = fleet.start();
  REQUIRE_MESSAGE(comes_true(20s, [&] { return is_green(daemon); }), daemon.log_end());
  fleet.plane().api_server().signal(SIGSTOP);
  const auto frozen = steady_clock::now();
  Onlooker onlooker(daemon, frozen);
  std::this_thread::sleep_until(frozen + 40s);  // as long as it takes to find out, and more
  check_green("an API server that hangs", onlooker.stop(), k_notices_silence);
  CHECK(!is_green(daemon));
  fleet.plane().api_server().signal(SIGCONT);
  check_keeps(fleet, daemon);
  check_ok(fleet.plane().restart_controllers());
}

TEST_CASE("watches that expired are begun anew, and what happened meanwhile is found") {
  Fleet fleet("expired");
  set_up(fleet);
  RunningDaemon daemon = fleet.start();
  REQUIRE_MESSAGE(comes_true(20s, [&] { return is_green(daemon); }), daemon.log_end());
  // A new server knows no old resourceVersions: the watches that the daemon resumes are answered 410.
  daemon.process().signal(SIGSTOP);
  fleet.patch(config_map_path("a"), R"({"data":{"v":"by hand"}})");
  for (int i = 0; i < 20; ++i) fleet.patch(config_map_path("a"), R"({"data":{"w":")" + std::to_string(i) + "\"}}");
  check_ok(fleet.plane().compact_history());
  check_ok(fleet.plane().restart_api_server());
  daemon.process().signal(SIGCONT);
  CHECK_MESSAGE(comes_true(k_recovers, [&] { return fleet.value_of("a") == "1"; }), daemon.log_end());
  CHECK(comes_true(k_recovers,
                   [&] { return daemon.metric(R"(reconciled_kube_watch_restarts_total{reason="api-gone"})") >= 1; }));
  check_keeps(fleet, daemon);
}

}  // namespace reconciled
