// `kill -9` of a sync at points all over its run, followed by a plain sync: nothing lost, nothing left, nothing of
// others touched.
#include "engine/run.h"
#include "tests/cluster/acceptance/scene.h"

#include <fstream>
#include <iostream>
#include <map>
#include <set>

namespace reconciled {
namespace {

using nlohmann::json;
using Kind = RunEvent::Kind;
using Wanted = std::map<std::string, std::string>;  // ConfigMap -> data.v

constexpr int k_killed = 128 + 9;

/// Two states of a repository; going from one to the other creates, updates, moves and prunes in three stacks of two
/// layers.
class TwoStates {
 public:
  explicit TwoStates(Scene& scene) : m_scene(scene) {}

  Wanted write(bool second) {
    const std::string value = second ? "2" : "1";
    m_wanted.clear();
    for (const auto* path : {"platform/base/always", "applications/shop/steady", "applications/pay/pay"})
      put(path, value);
    for (const auto* path : {"platform/base/a1", "applications/shop/a2", "applications/shop/a3", "applications/pay/a4"})
      put_if(!second, path, value);
    for (const auto* path : {"platform/base/b1", "applications/shop/b2", "applications/pay/b3", "applications/pay/b4"})
      put_if(second, path, value);
    put_if(!second, "applications/shop/moved", value);
    put_if(second, "applications/pay/moved", value);
    return m_wanted;
  }

 private:
  void put(const std::string& path, const std::string& value) {
    m_scene.write_config_map(path + ".yaml", value);
    m_wanted[path.substr(path.rfind('/') + 1)] = value;
  }
  void put_if(bool wanted, const std::string& path, const std::string& value) {
    if (wanted) {
      put(path, value);
      m_there.insert(path);
    } else if (m_there.erase(path) != 0) {
      m_scene.remove(path + ".yaml");
    }
  }
  Scene& m_scene;
  Wanted m_wanted;
  std::set<std::string> m_there;
};

Wanted live_config_maps(const Scene& scene) {
  Wanted found;
  const json list = scene.live("/api/v1/namespaces/$NS/configmaps");
  for (const json& item : list.at("items")) {
    const std::string name = item.at("metadata").at("name");
    if (name != "kube-root-ca.crt" && name != "foreign") found[name] = item.at("data").at("v");
  }
  return found;
}

std::string text_of(const Wanted& objects) {
  std::string text;
  for (const auto& [name, value] : objects) text += name + "=" + value + " ";
  return text;
}

struct Event {
  Kind kind;
  std::string detail;
};

std::vector<Event> read_events(const std::string& file) {
  std::vector<Event> events;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const auto space = line.find(' ');
    events.push_back({static_cast<Kind>(std::stoi(line.substr(0, space))), line.substr(space + 1)});
  }
  return events;
}

/// The numbers of events to be killed at: the first and the last of each kind, and some between.
std::set<int> choose_points(const std::vector<Event>& events) {
  std::map<Kind, std::vector<int>> of_kind;
  for (std::size_t i = 0; i < events.size(); ++i) of_kind[events[i].kind].push_back(static_cast<int>(i) + 1);
  std::set<int> points;
  for (const auto& [kind, numbers] : of_kind) {
    if (kind == Kind::discovered || kind == Kind::inventory_loaded || kind == Kind::observed) continue;
    points.insert(numbers.front());
    points.insert(numbers.back());
    points.insert(numbers[numbers.size() / 2]);
  }
  return points;
}

TEST_CASE("a sync that is killed at any point is taken up by the next one, without orphans and wrong deletes") {
  Scene scene("killed");
  TwoStates states(scene);
  scene.make("/api/v1/namespaces/$NS/configmaps", R"({"metadata":{"name":"foreign"},"data":{"v":"1"}})");
  const auto foreign = scene.identity(config_map_path("foreign"));
  const std::vector<std::string> arguments{"sync", "--source", scene.repository().folder()};
  const std::string events_file = scene.folder() + "/events";
  Wanted wanted = states.write(false);
  Outcome run = scene.run(arguments);
  REQUIRE_MESSAGE(run.code == 0, run.text());
  REQUIRE(live_config_maps(scene) == wanted);

  // Once undisturbed, to learn what there is to be killed at.
  bool second = true;
  wanted = states.write(second);
  run = scene.run(arguments, RECONCILE_KILLABLE, {{"RECONCILE_EVENTS", events_file}});
  REQUIRE_MESSAGE(run.code == 0, run.text());
  REQUIRE(live_config_maps(scene) == wanted);
  const std::vector<Event> events = read_events(events_file);
  const std::set<int> points = choose_points(events);
  CHECK(points.size() >= 10);
  const auto always = scene.identity(config_map_path("always")).uid;
  const auto moved = scene.identity(config_map_path("moved")).uid;

  std::set<Kind> reached;
  int times_killed = 0;
  for (const int point : points) {
    second = !second;
    wanted = states.write(second);
    const Outcome killed = scene.run(arguments, RECONCILE_KILLABLE,
                                     {{"RECONCILE_KILL_AT", std::to_string(point)}, {"RECONCILE_EVENTS", events_file}});
    const std::string at = "killed at event " + std::to_string(point);
    // How the rows of stacks are batched is a matter of timing: a run may have an event or two less.
    CHECK_MESSAGE((killed.code == k_killed || point + 3 > static_cast<int>(events.size())),
                  at << ": " << killed.text());
    times_killed += killed.code == k_killed ? 1 : 0;
    if (const auto before = read_events(events_file); !before.empty()) reached.insert(before.back().kind);
    CHECK_MESSAGE(scene.identity(config_map_path("foreign")) == foreign, at);
    const Outcome next = scene.run(arguments);
    CHECK_MESSAGE(next.code == 0, at << ": " << next.text());
    CHECK_MESSAGE(text_of(live_config_maps(scene)) == text_of(wanted), at << ": " << next.text());
    CHECK_MESSAGE(scene.identity(config_map_path("foreign")) == foreign, at);
    CHECK_MESSAGE(scene.identity(config_map_path("always")).uid == always, at);
    CHECK_MESSAGE(scene.identity(config_map_path("moved")).uid == moved, at);
  }
  std::cout << times_killed << " syncs were killed, at as many points of " << events.size() << " events\n";
  CHECK(times_killed >= 10);
  CHECK(reached.size() >= 6);
  run = scene.plan();
  CHECK_MESSAGE(run.code == 0, run.text());
}

TEST_CASE("a commit that follows a killed sync prunes what that one made") {
  Scene scene("killed-later");
  TwoStates states(scene);
  const std::vector<std::string> arguments{"sync", "--source", scene.repository().folder()};
  const std::string events_file = scene.folder() + "/events";
  Wanted wanted = states.write(false);
  REQUIRE(scene.run(arguments).code == 0);
  states.write(true);
  REQUIRE(scene.run(arguments, RECONCILE_KILLABLE, {{"RECONCILE_EVENTS", events_file}}).code == 0);
  const std::vector<Event> events = read_events(events_file);
  wanted = states.write(false);
  REQUIRE(scene.run(arguments).code == 0);
  int tried = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    // After an apply was sent or answered and before its stack's row was narrowed: only the intent knows of it.
    if (events[i].kind != Kind::apply_answered && events[i].kind != Kind::wave_done) continue;
    if (++tried % 3 != 1) continue;
    states.write(true);
    const Outcome killed = scene.run(arguments, RECONCILE_KILLABLE, {{"RECONCILE_KILL_AT", std::to_string(i + 1)}});
    CHECK_MESSAGE(killed.code == k_killed, killed.text());
    wanted = states.write(false);  // the commit is taken back before anybody looked again
    const Outcome next = scene.run(arguments);
    CHECK_MESSAGE(next.code == 0, "killed at event " << i + 1 << ": " << next.text());
    CHECK_MESSAGE(text_of(live_config_maps(scene)) == text_of(wanted), "killed at event " << i + 1);
  }
  CHECK(tried >= 3);
}

}  // namespace
}  // namespace reconciled
