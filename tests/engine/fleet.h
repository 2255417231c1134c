// A whole world in one process for tests of the engine: files, a cluster model, a clock that moves when all wait.
#pragma once

#include "engine/run.h"
#include "ports/memory_tree.h"
#include "ports/queue_inbox.h"
#include "sandbox/model_cluster.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace reconciled::test {

using Files = std::map<std::string, std::string>;

/// Events of a run in their order; `stop_at` may end the process of a run by throwing.
class Watcher final : public RunWatcher {
 public:
  void on_event(const RunEvent& event) override {
    events.push_back(event);
    if (hook) hook(event);
  }
  std::vector<RunEvent> events;
  std::function<void(const RunEvent&)> hook;
};

class Fleet {
 public:
  explicit Fleet(sandbox::SandboxControllers controllers = sandbox::SandboxControllers::instant);

  /// One run over the files. `prepare` may change the request.
  RunRecord run(const Files& files, RunMode mode, const std::function<void(RunRequest&)>& prepare = {});
  RunRecord sync(const Files& files, const std::function<void(RunRequest&)>& prepare = {}) {
    return run(files, RunMode::apply, prepare);
  }
  RunRecord plan(const Files& files, const std::function<void(RunRequest&)>& prepare = {}) {
    return run(files, RunMode::plan, prepare);
  }

  /// One raw call as an administrator.
  Answer call(Verb verb, const std::string& api_version, const std::string& kind, const std::string& namespace_,
              const std::string& name, const Value& body = {}, const std::string& manager = "kubectl");
  /// Writes the status of an object, as its controller would.
  void call_status(const std::string& api_version, const std::string& kind, const std::string& namespace_,
                   const std::string& name, const Value& body);
  /// The object, or null.
  Value get(const std::string& api_version, const std::string& kind, const std::string& namespace_,
            const std::string& name);
  [[nodiscard]] std::size_t count_requests(const std::string& verb) const;

  ManualClock clock;
  SeededRandom random{7};
  sandbox::ApiModel model;
  Watcher watcher;
  std::function<void(Desired&)> alter;  ///< what was loaded, before a run of it
  std::string environment;
  std::vector<std::string> stacks;

 private:
  /// Sends a call for a kind that discovery knows.
  Answer send(Call call, const std::string& api_version, const std::string& kind);

  std::uint64_t m_calls = 1'000'000;
  std::uint64_t m_runs = 0;
};

/// The run of a stack; fails the test when there is none.
const StackRun& stack_run(const RunRecord& record, const std::string& path);
/// The action for an object ("Deployment shop/web") in any stack; nullptr: none.
const Action* find_action(const RunRecord& record, const std::string& object);
std::size_t count_actions(const RunRecord& record, ActionKind kind);
bool in_sync(const RunRecord& record);

/// A ConfigMap manifest with one key.
std::string config_map(const std::string& name, const std::string& value);
std::string name_space(const std::string& name);

}  // namespace reconciled::test
