// Two daemons and one Lease: who writes, who takes over and when, by the API server's own log.
#include "tests/cluster/daemon/fleet.h"

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>

namespace reconciled {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr auto k_pairs = 5;  // that lose their leaders at the same time
constexpr auto k_killed_limit = 17s;
constexpr auto k_stopped_limit = 2s;

/// More rounds by hand: RECONCILED_REPLICA_ROUNDS=50.
int rounds() {
  const char* wanted = std::getenv("RECONCILED_REPLICA_ROUNDS");
  return wanted == nullptr ? k_pairs : std::atoi(wanted);
}

/// Two replicas with an account each, so that the log of the API server tells them apart.
class Pair {
 public:
  Pair() : m_fleet("pair") {
    m_fleet.write_config_map("applications/shop/a.yaml", "1");
    m_fleet.push();
    for (std::size_t i = 0; i < 2; ++i) {
      m_accounts[i] = m_fleet.make_account(k_names[i]);
      start(i);
      if (i == 0) REQUIRE_MESSAGE(comes_true(20s, [&] { return m_daemons[0]->leads(); }), m_daemons[0]->log_end());
    }
    await_both();
    CHECK(!m_daemons[1]->leads());
  }

  [[nodiscard]] Fleet& fleet() { return m_fleet; }
  [[nodiscard]] RunningDaemon& leader() { return *m_daemons[m_leader]; }
  [[nodiscard]] RunningDaemon& other() { return *m_daemons[1 - m_leader]; }
  [[nodiscard]] const std::string& leader_user() const { return m_accounts[m_leader].user; }
  void swap() { m_leader = 1 - m_leader; }
  /// Starts the one that is not the leader again.
  void start_other() { start(1 - m_leader); }

  /// Until the leader has everything in sync and the other would know what to do.
  void await_both() {
    const bool both = comes_true(20s, [&] {
      const json seen = other().environment();
      const bool loaded = !seen.is_null() && seen.at("ready") == true && !seen.at("stacks").empty();
      return loaded && leader().state_of("applications/shop") == "in-sync healthy";
    });
    REQUIRE_MESSAGE(both, leader().log_end() << "\n--- the other\n" << other().log_end());
  }

  /// A new commit, of which both are told.
  std::string push_value(const std::string& value) {
    m_fleet.write_config_map("applications/shop/a.yaml", value);
    return m_fleet.push();
  }

 private:
  static constexpr std::array k_names{"first", "second"};
  void start(std::size_t index) {
    m_fleet.use({.kubeconfig = m_fleet.write_kubeconfig(k_names[index], m_fleet.plane().server(),
                                                        "{token: " + m_accounts[index].token + "}")});
    m_daemons[index] = std::make_unique<RunningDaemon>(m_fleet.start(k_names[index]));
  }
  Fleet m_fleet;
  std::array<Fleet::Account, 2> m_accounts;
  std::array<std::unique_ptr<RunningDaemon>, 2> m_daemons;
  std::size_t m_leader = 0;
};

/// From one moment until the value of each pair is in the cluster.
std::vector<milliseconds> await_values(std::vector<std::unique_ptr<Pair>>& pairs, const std::string& value,
                                       steady_clock::time_point since, milliseconds limit) {
  std::vector<milliseconds> took(pairs.size(), milliseconds::max());
  comes_true(limit, [&] {
    bool all = true;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if (took[i] != milliseconds::max()) continue;
      if (pairs[i]->fleet().value_of("a") == value)
        took[i] = std::chrono::duration_cast<milliseconds>(steady_clock::now() - since);
      else
        all = false;
    }
    return all;
  });
  return took;
}

std::string list(std::vector<milliseconds> all) {
  std::ranges::sort(all);
  std::string text;
  for (const auto one : all) text += (one == milliseconds::max() ? "never" : std::to_string(one.count())) + " ";
  return text + "ms";
}

struct Reign {
  std::string user;
  AuditTime from, until;  ///< until: 15 s after the last renewal, or its release
};

/// Who held the Lease when, by its writes that the API server took.
std::vector<Reign> reigns(const Fleet& fleet) {
  std::vector<Reign> all;
  for (const auto& event : fleet.audit()) {
    if (event.resource != "leases" || event.in_namespace != fleet.filled("$NS-state") || event.code >= 300) continue;
    const json spec = event.response.at("spec");
    const std::string holder = spec.value("holderIdentity", "");
    if (holder.empty()) {
      if (!all.empty()) all.back().until = std::min(all.back().until, event.received);
      continue;
    }
    const AuditTime until =
        parse_audit_time(spec.at("renewTime")) + std::chrono::seconds(spec.at("leaseDurationSeconds").get<int>());
    if (all.empty() || all.back().user != event.user) {
      if (!all.empty()) all.back().until = std::min(all.back().until, event.received);
      all.push_back({event.user, event.received, until});
    } else {
      all.back().until = until;
    }
  }
  return all;
}

struct Writes {
  int all = 0;
  std::string late;  ///< a line for each that came while its writer did not hold the Lease
};

/// Of both replicas; their Lease, and the namespace that it lies in, are what a follower may write.
Writes find_late_writes(const Fleet& fleet) {
  const auto held = reigns(fleet);
  Writes writes;
  for (const auto& event : fleet.audit()) {
    const bool replica = event.user.ends_with(":first") || event.user.ends_with(":second");
    const bool of_pair = replica && event.user.find(":" + fleet.space() + ":") != std::string::npos;
    const bool for_all = event.resource == "leases" || event.resource == "namespaces";
    if (!of_pair || for_all || event.dry_run) continue;
    ++writes.all;
    const bool allowed = std::ranges::any_of(held, [&](const Reign& reign) {
      return reign.user == event.user && reign.from <= event.received && event.received < reign.until;
    });
    if (!allowed) writes.late += event.user + " " + event.verb + " " + event.resource + "/" + event.name + "\n";
  }
  return writes;
}

std::vector<std::unique_ptr<Pair>> make_pairs() {
  std::vector<std::unique_ptr<Pair>> pairs;
  for (int i = 0; i < k_pairs; ++i) pairs.push_back(std::make_unique<Pair>());
  return pairs;
}

void check_all(const std::vector<milliseconds>& took, milliseconds limit) {
  for (const auto one : took) CHECK_MESSAGE(one <= limit, list(took));
}

}  // namespace

TEST_CASE("a leader that is killed is replaced within 17 s, one that is stopped within 2 s, and no other ever writes") {
  auto pairs = make_pairs();
  for (int round = 0; round < rounds(); round += k_pairs) {
    const std::string value = "killed-" + std::to_string(round);
    std::vector<std::string> commits;
    for (auto& pair : pairs) commits.push_back(pair->push_value(value));
    const auto killed = steady_clock::now();
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      pairs[i]->leader().process().kill();
      pairs[i]->fleet().tell(pairs[i]->other(), commits[i]);
    }
    const auto took = await_values(pairs, value, killed, k_killed_limit + 20s);
    std::cout << "killed leaders replaced, their successor's first write after " << list(took) << "\n";
    check_all(took, k_killed_limit);
    for (auto& pair : pairs) {
      pair->swap();
      pair->start_other();
    }
    for (auto& pair : pairs) pair->await_both();

    const std::string next = "stopped-" + std::to_string(round);
    for (std::size_t i = 0; i < pairs.size(); ++i) commits[i] = pairs[i]->push_value(next);
    std::vector<milliseconds> stopped;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const auto at = steady_clock::now();
      pairs[i]->leader().process().signal(SIGTERM);
      pairs[i]->fleet().tell(pairs[i]->other(), commits[i]);
      const bool there = comes_true(20s, [&] { return pairs[i]->fleet().value_of("a") == next; });
      stopped.push_back(there ? std::chrono::duration_cast<milliseconds>(steady_clock::now() - at)
                              : milliseconds::max());
      CHECK(pairs[i]->leader().process().wait(10s) == 0);
    }
    std::cout << "stopped leaders replaced after " << list(stopped) << "\n";
    check_all(stopped, k_stopped_limit);
    for (auto& pair : pairs) {
      pair->swap();
      pair->start_other();
    }
    for (auto& pair : pairs) pair->await_both();
  }
  for (auto& pair : pairs) {
    const Writes writes = find_late_writes(pair->fleet());
    CHECK_MESSAGE(writes.late.empty(), writes.late);
    CHECK(writes.all > 0);
  }
}

TEST_CASE("a leader that stood still for 20 s in the middle of its work writes nothing once it goes on") {
  auto pairs = make_pairs();
  for (int round = 0; round < rounds(); round += k_pairs) {
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      Pair& pair = *pairs[i];
      for (int number = 0; number < 100; ++number)
        pair.fleet().write_config_map("applications/many/m" + std::to_string(number) + ".yaml", std::to_string(round));
      pair.fleet().tell(pair.leader(), pair.push_value("frozen-" + std::to_string(round)));
      // At another moment of the run each: before, while and after it applies.
      std::this_thread::sleep_for(milliseconds(30 + 25 * i));
      pair.leader().process().signal(SIGSTOP);
    }
    const auto frozen = steady_clock::now();
    const std::string value = "after-" + std::to_string(round);
    for (auto& pair : pairs) pair->fleet().tell(pair->other(), pair->push_value(value));
    const auto took = await_values(pairs, value, frozen, 40s);
    std::cout << "frozen leaders replaced after " << list(took) << "\n";
    check_all(took, k_killed_limit);
    std::this_thread::sleep_until(frozen + 20s);  // what is tested is what happens after so long
    for (auto& pair : pairs) pair->leader().process().signal(SIGCONT);
    for (auto& pair : pairs) {
      CHECK(comes_true(20s, [&] { return !pair->leader().leads(); }));
      CHECK(pair->other().leads());
      CHECK(pair->fleet().value_of("a") == value);
      pair->swap();
      pair->await_both();
    }
  }
  for (auto& pair : pairs) {
    CHECK(reigns(pair->fleet()).size() >= 2);
    const Writes writes = find_late_writes(pair->fleet());
    CHECK_MESSAGE(writes.late.empty(), writes.late);
    CHECK(writes.all > 0);
  }
}

}  // namespace reconciled
