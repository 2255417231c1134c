// The writing half of a run: the stacks in motion, each after what it depends on.
#pragma once

#include "engine/calls.h"
#include "engine/health_wait.h"
#include "engine/inventory_store.h"
#include "engine/planning.h"
#include "engine/run.h"
#include "engine/stack_apply.h"
#include "engine/timers.h"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace reconciled {

/// Takes each stack through intent, apply, commit and health. A stack starts when every stack that it depends on (by
/// dependsOn, by its layer, or because its namespace or CRD is created there) is done and healthy; when one of those
/// failed it is blocked and says why.
class Execution {
 public:
  using Done = std::function<void()>;
  Execution(const RunRequest& request, const Repository& repository, const std::string& revision, Survey& survey,
            Calls& calls, InventoryStore& store, Timers& timers, RunWatcher& watcher);

  ~Execution();
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  void start(Done done);
  void stop();
  /// One for each selected stack of the survey, in its order.
  std::vector<StackRun> take_runs();

 private:
  enum class Phase : std::uint8_t { waiting, intending, applying, settling, finished };
  struct Item;

  void find_dependencies();
  void advance();
  void consider(Item& item);
  void begin(Item& item);
  void claim(Item& item, int tries);
  void renew_later(Item& item, MonotonicTime written);
  void apply(Item& item);
  void applied(Item& item);
  void commit(Item& item);
  void await_health(Item& item);
  Wait take_health(Item& item, std::size_t action, const Health& health);
  void health_timed_out(Item& item);
  void finish(Item& item);
  void tell(Item& item);
  [[nodiscard]] bool successful(const Item& item) const;

  const RunRequest& m_request;
  const Repository& m_repository;
  std::string m_revision;
  Survey& m_survey;
  Calls& m_calls;
  InventoryStore& m_store;
  Timers& m_timers;
  RunWatcher& m_watcher;
  HealthWait m_health;
  Done m_done;
  std::vector<std::unique_ptr<Item>> m_items;
  std::size_t m_unfinished = 0;
  std::size_t m_commits_open = 0;
  std::shared_ptr<const bool> m_alive = std::make_shared<const bool>(true);  ///< for timers that outlive it
  bool m_stopping = false;
  bool m_advancing = false;
  bool m_again = false;
};

}  // namespace reconciled
