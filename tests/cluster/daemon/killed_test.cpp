// `kill -9` of the daemon at moments all over its work, and a start after each: nothing lost, nothing left behind,
// nothing deleted that was to stay.
#include "tests/cluster/daemon/fleet.h"

#include <algorithm>
#include <array>
#include <iostream>
#include <map>
#include <set>

namespace reconciled {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Values = std::map<std::string, std::string>;  // ConfigMap -> data.v

constexpr int k_points = 20;
constexpr int k_objects = 30;
constexpr auto k_patience = 20s;
constexpr std::array k_stacks{"platform/base", "applications/shop", "applications/pay"};

/// From one content of the repository to another: so many objects, and their value. Each kill has a value of its own.
struct Scenario {
  const char* name;
  int before, after;
  bool new_values;
  const char* settings;
};
constexpr std::array k_scenarios{
    Scenario{"create", 3, k_objects, false, "prune: {maxCount: 1000, maxPercent: 100}\n"},
    Scenario{"change", k_objects, k_objects, true, ""},
    Scenario{"shrink", k_objects, k_objects - 5, false, ""},
};

std::string text_of(const Values& values) {
  std::string text;
  for (const auto& [name, value] : values) text += name + "=" + value + " ";
  return text;
}

class Killing {
 public:
  explicit Killing(const Scenario& scenario) : m_scenario(scenario), m_fleet(scenario.name) {
    // Without a Lease to wait for, and no faster than that kills come in the middle.
    m_fleet.use(
        {.requests = "perSecond: 200, burst: 5", .more = "lease: {enabled: false}\n" + std::string(scenario.settings)});
    m_fleet.make("/api/v1/namespaces/$NS/configmaps", R"({"metadata":{"name":"foreign"},"data":{"v":"x"}})");
    m_foreign = m_fleet.identity(config_map_path("foreign"));
    m_wanted = write(scenario.before, "1");
    m_fleet.push();
    m_daemon.emplace(m_fleet.start());
    settle("at first");
    m_always = m_fleet.identity(config_map_path("c0")).uid;
  }

  void run() {
    const milliseconds length = rehearse();
    int half_done = 0;
    for (int point = 0; point < k_points; ++point) half_done += strike(length * point / k_points, point) ? 1 : 0;
    std::cout << m_scenario.name << ": " << k_points << " kills over " << length.count() << " ms, " << half_done
              << " of them with objects half done\n";
    CHECK(half_done >= 3);
  }

 private:
  Values write(int objects, const std::string& value) {
    Values wanted;
    for (int i = 0; i < k_objects; ++i) {
      const std::string name = "c" + std::to_string(i);
      const std::string file = std::string(k_stacks[static_cast<std::size_t>(i) % 3]) + "/" + name + ".yaml";
      if (i >= objects) {
        m_fleet.remove(file);
        continue;
      }
      m_fleet.write_config_map(file, value);
      wanted[name] = value;
    }
    return wanted;
  }

  Values live() const {
    Values found;
    const json list = m_fleet.live("/api/v1/namespaces/$NS/configmaps");
    for (const json& item : list.at("items")) {
      const std::string name = item.at("metadata").at("name");
      if (name.starts_with('c')) found[name] = item.at("data").at("v");
    }
    return found;
  }

  bool settled() const {
    const auto good = [&](const char* path) {
      const json stack = m_daemon->stack(path);
      return !stack.is_null() && stack.at("sync") == "in-sync" && stack.at("health") == "healthy" &&
             stack.at("objects").at("orphaned") == 0;
    };
    return live() == m_wanted && std::ranges::all_of(k_stacks, good);
  }

  void settle(const std::string& when) {
    const bool done = comes_true(k_patience, [&] { return settled(); });
    REQUIRE_MESSAGE(done, m_scenario.name << " " << when << ": wanted " << text_of(m_wanted) << "\nfound "
                                          << text_of(live()) << "\n"
                                          << m_daemon->log_end());
  }

  /// The state after, and how it comes there without a kill.
  Values change(int point) {
    return write(m_scenario.after, m_scenario.new_values ? "v" + std::to_string(point) : "1");
  }
  void bring_back(const std::string& when) {
    m_wanted = write(m_scenario.before, m_scenario.new_values ? "back" : "1");
    m_fleet.tell(*m_daemon, m_fleet.push());
    settle(when);
  }

  milliseconds rehearse() {
    m_wanted = change(-1);
    const std::string commit = m_fleet.push();
    const auto begun = steady_clock::now();
    m_fleet.tell(*m_daemon, commit);
    settle("in the rehearsal");
    const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - begun);
    bring_back("after the rehearsal");
    return took;
  }

  /// Until something in the cluster is not as it was: on a busy machine the planned moments may all miss the changes.
  void await_first_change(const Values& before) const {
    const auto end = steady_clock::now() + k_patience;
    while (live() == before && steady_clock::now() < end) {
    }
  }

  /// Whether it was killed with a part of the changes made. Every other kill comes `after` so long, the rest at the
  /// first change.
  bool strike(milliseconds after, int point) {
    const std::string at = "killed after " + std::to_string(after.count()) + " ms";
    const Values before = m_wanted;
    const std::uint64_t log = audit_position();
    m_wanted = change(point);
    m_fleet.tell(*m_daemon, m_fleet.push());
    if (point % 2 == 0)
      std::this_thread::sleep_for(after);  // the moment of the kill is what this tests
    else
      await_first_change(before);
    m_daemon->process().kill();
    const Values found = live();
    m_daemon.emplace(m_fleet.start());
    settle(at);
    check_deletes(before, log, at);
    CHECK_MESSAGE(m_fleet.identity(config_map_path("foreign")) == m_foreign, at);
    CHECK_MESSAGE(m_fleet.identity(config_map_path("c0")).uid == m_always, at);
    const bool half_done = found != before && found != m_wanted;
    bring_back(at + ", and then back");  // also prunes what was made: an object that no inventory has would stay
    return half_done;
  }

  /// What was deleted is what was to be deleted, once. Whether a request took effect whose sender was killed meanwhile
  /// is not always in the log.
  void check_deletes(const Values& before, std::uint64_t log, const std::string& at) const {
    std::multiset<std::string> wanted;
    for (const auto& [name, value] : before) {
      if (!m_wanted.contains(name)) wanted.insert(name);
    }
    std::multiset<std::string> deleted;
    std::set<std::string> cut_off;
    for (const auto& event : read_audit(log)) {
      const bool ours = event.user == m_fleet.account().user && event.verb.starts_with("delete") &&
                        event.in_namespace == m_fleet.space() && !event.dry_run;
      if (!ours) continue;
      const std::string name = event.resource == "configmaps" ? event.name : event.resource;
      if (event.code < 300)
        deleted.insert(name);
      else if (event.code >= 499)
        cut_off.insert(name);
    }
    for (const auto& name : cut_off) {
      if (wanted.contains(name) && !deleted.contains(name)) deleted.insert(name);
    }
    CHECK_MESSAGE(deleted == wanted, at << ": " << deleted.size() << " deletes, " << wanted.size() << " wanted");
  }

  const Scenario& m_scenario;
  Fleet m_fleet;
  std::optional<RunningDaemon> m_daemon;
  LiveIdentity m_foreign;
  std::string m_always;
  Values m_wanted;
};

}  // namespace

TEST_CASE("a daemon killed while it creates, changes or prunes leaves nothing that its successor does not put right") {
  for (const Scenario& scenario : k_scenarios) {
    CAPTURE(scenario.name);
    Killing(scenario).run();
  }
}

}  // namespace reconciled
