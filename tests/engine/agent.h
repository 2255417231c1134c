// One reconciler on a cluster model, a repository of strings and a clock that moves when all wait.
#pragma once

#include "engine/reconciler.h"
#include "ports/queue_inbox.h"
#include "renderers/executor.h"
#include "sandbox/model_cluster.h"
#include "tests/engine/fleet.h"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace reconciled::test {

/// A repository with one branch whose content is set by the test.
class OneBranch final : public Source {
 public:
  void push(Files files);
  Result<Revision> resolve(const SourceRef& ref, MonotonicTime deadline) override;
  Result<std::shared_ptr<const SourceTree>> open(const Revision& revision) override;
  std::optional<Error> broken;  ///< every call fails with this

 private:
  std::map<std::string, std::shared_ptr<const SourceTree>> m_trees;
  std::string m_head;
  int m_commits = 0;
};

class Agent final : public ReconcilerWatcher, public Loader {
 public:
  /// Lives on `fleet`, which has the model, the clock and calls of an administrator.
  Agent(Fleet& fleet, Files files, const std::function<void(ReconcilerOptions&)>& prepare = {});

  void on_record(const StackRecord& record) override { records.push_back(record); }
  void on_run_event(const RunEvent& event) override { events.push_back(event); }
  void on_notice(const Error& error) override { notices.push_back(error); }
  void start_load(std::uint64_t id) override { m_loads.push_back(id); }
  void note_cluster(const ClusterFacts& facts) override { m_facts = facts; }

  /// Delivers what came and ticks; false: nothing is under way.
  bool step();
  /// Steps until nothing is under way; moves no clock.
  void settle();
  /// The same while `time` passes.
  void pass(Duration time);
  /// Commits and tells it, as a webhook would.
  void push(Files files);

  [[nodiscard]] StackView stack(const std::string& path) const;
  [[nodiscard]] const StackRecord* last_record(const std::string& path) const;
  /// Requests that changed something since the last call of this.
  std::size_t writes();

  OneBranch source;
  std::vector<StackRecord> records;
  std::vector<RunEvent> events;
  std::vector<Error> notices;
  std::unique_ptr<Reconciler> reconciler;

 private:
  Fleet& m_fleet;
  QueueInbox m_inbox;
  SeededRandom m_random{11};
  std::unique_ptr<sandbox::ModelCluster> m_cluster;
  InlineExecutor m_executor;
  EnvironmentLoader m_loader;
  std::deque<std::uint64_t> m_loads;
  ClusterFacts m_facts;
  std::size_t m_log_seen = 0;
};

}  // namespace reconciled::test
