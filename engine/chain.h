// The chain from a rendered environment to its record, over machinery that runs on the same cluster share.
#pragma once

#include "engine/calls.h"
#include "engine/execution.h"
#include "engine/inventory_store.h"
#include "engine/planning.h"
#include "engine/run.h"
#include "engine/timers.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace reconciled {

/// Planning, then Execution where the request says so. Calls, timers and store belong to the caller and outlive it.
class Chain {
 public:
  /// See Planning for `known`.
  Chain(RunRequest request, Desired desired, std::optional<Known> known, Calls& calls, Timers& timers,
        InventoryStore& store, RunWatcher& watcher);
  Chain(const Chain&) = delete;
  Chain& operator=(const Chain&) = delete;

  void start(std::function<void()> done);
  /// Starts nothing more; what is under way is awaited, and what is known is committed.
  void stop();
  [[nodiscard]] bool done() const { return m_finished; }
  RunRecord take_record() { return std::move(m_record); }

 private:
  void take_survey(Result<Survey> result);
  void finish();

  RunRequest m_request;
  Repository m_repository;
  std::string m_revision;
  Calls& m_calls;
  Timers& m_timers;
  InventoryStore& m_store;
  RunWatcher& m_watcher;
  Planning m_planning;
  Survey m_survey;
  std::unique_ptr<Execution> m_execution;
  RunRecord m_record;
  std::function<void()> m_done;
  bool m_stopping = false;
  bool m_finished = false;
};

}  // namespace reconciled
