// Planning 4,000 unchanged objects in 1,000 stacks: the sync is made on the cluster model, then only the time between
// "observed" and "planned" is measured, of objects that came as JSON as they do from an API server.
#include "base/json.h"
#include "bench/fleet_objects.h"
#include "bench/pairs.h"
#include "engine/run.h"
#include "ports/memory_tree.h"
#include "ports/queue_inbox.h"
#include "sandbox/model_cluster.h"
#include "tests/support/no_source.h"

#include <algorithm>
#include <cstdio>
#include <string>

using namespace reconciled;

namespace {

constexpr std::size_t k_stacks = 1000;
constexpr int k_rounds = 9;
constexpr double k_limit_ms = 40;
constexpr const char* k_namespace = "fleet";

/// Objects of the model share memory with those that were sent: what is written and read again shares none.
class AsJson final : public Inbox {
 public:
  void deliver(Answer answer) override {
    Budget budget(Limits{.bytes = 1ULL << 30, .time = std::chrono::hours(1)});
    if (answer.object) answer.object = parse_json(format_json(*answer.object), budget);
    queue.deliver(std::move(answer));
  }
  void deliver(WatchEvent event) override { queue.deliver(std::move(event)); }
  QueueInbox queue;
};

class Stopwatch final : public RunWatcher {
 public:
  void on_event(const RunEvent& event) override {
    if (event.kind == RunEvent::Kind::observed) m_began = bench::thread_seconds();
    if (event.kind == RunEvent::Kind::planned) seconds = bench::thread_seconds() - m_began;
  }
  double seconds = 0;

 private:
  double m_began = 0;
};

std::map<std::string, std::string> make_files() {
  std::map<std::string, std::string> files;
  for (std::size_t stack = 0; stack < k_stacks; ++stack) {
    for (const bench::FleetKind kind : bench::k_fleet_kinds) {
      files["applications/" + bench::stack_name(stack) + "/" + bench::file_name(kind)] =
          bench::as_yaml({stack, kind, k_namespace});
    }
  }
  files["infrastructure/base/namespace.yaml"] =
      std::string("apiVersion: v1\nkind: Namespace\nmetadata: {name: ") + k_namespace + "}\n";
  return files;
}

class World {
 public:
  RunRecord run(RunMode mode) {
    DesiredRequest wanted;
    wanted.local = OpenTree{{}, m_tree};
    wanted.local->revision.url = "/fleet";
    test::NoSource source;
    auto desired = load_desired(wanted, source);
    RunRecord record;
    if (!desired) {
      record.error = desired.error();
      return record;
    }
    RunRequest request;
    request.mode = mode;
    request.diff = DiffMode::local;
    request.writer = "bench/1";
    request.wait = Wait::no;
    request.scope.cluster = desired->graph.stacks.front().cluster;
    AsJson inbox;
    const auto cluster = sandbox::make_model_cluster(m_model, inbox, sandbox::Delivery::on_pump);
    Run run(std::move(request), std::move(*desired), *cluster, m_clock, watch);
    run.start();
    while (!run.done()) {
      const bool pumped = cluster->pump_one();
      if (auto message = inbox.queue.try_take()) {
        if (auto* answer = std::get_if<Answer>(&*message)) run.on(std::move(*answer));
      } else if (!pumped) {
        m_clock.advance(run.next_wakeup().value_or(m_clock.monotonic()) - m_clock.monotonic());
      }
      run.tick();
    }
    return run.take_record();
  }
  Stopwatch watch;

 private:
  ManualClock m_clock;
  SeededRandom m_random{7};
  sandbox::ApiModel m_model{m_clock, m_random, sandbox::SandboxControllers::instant};
  std::shared_ptr<const SourceTree> m_tree = make_memory_tree(make_files());
};

}  // namespace

int main() {
  World world;
  const auto synced = world.run(RunMode::apply);
  if (synced.error) {
    std::printf("the sync failed: %s\n", format_error(*synced.error).c_str());
    return 1;
  }
  std::vector<double> times;
  for (int round = 0; round < k_rounds; ++round) {
    const RunRecord record = world.run(RunMode::plan);
    std::size_t kept = 0;
    for (const StackRun& stack : record.stacks) kept += stack.plan.count(ActionKind::keep);
    if (record.error || kept != k_stacks * bench::k_fleet_kinds.size() + 1) {
      std::printf("%zu objects are in sync, not all\n", kept);
      return 1;
    }
    times.push_back(world.watch.seconds * 1e3);
  }
  std::printf("planning %zu unchanged objects in %zu stacks: median %.1f ms, best %.1f, worst %.1f\n",
              k_stacks * bench::k_fleet_kinds.size(), k_stacks, bench::median(times),
              *std::min_element(times.begin(), times.end()), *std::max_element(times.begin(), times.end()));
  return bench::report("plan-unchanged-ms", bench::median(times), k_limit_ms) ? 0 : 1;
}
