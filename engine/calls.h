// Calls to the cluster and who waits for each: the one place where the engine's machines meet the port.
#pragma once

#include "ports/cluster.h"

#include <algorithm>
#include <functional>
#include <unordered_map>

namespace reconciled {

/// Numbers calls and hands each answer to the continuation it was started with. Driven by one loop; holds no thread.
class Calls {
 public:
  using Continuation = std::function<void(Answer)>;

  /// Each call may take `timeout` with its retries.
  explicit Calls(Cluster& cluster, Duration timeout = std::chrono::seconds(30))
      : m_cluster(cluster), m_timeout(timeout) {}
  Calls(const Calls&) = delete;
  Calls& operator=(const Calls&) = delete;

  void start(Call call, Continuation then) {
    call.id = ++m_last;
    call.timeout = m_timeout;
    if (writes(call)) call.start_before = std::min(call.start_before, m_write_until);
    m_waiting.emplace(call.id, std::move(then));
    ++m_started;
    m_cluster.start(std::move(call));
  }
  /// Answers of calls that nobody waits for are dropped: they were given up.
  void on(Answer answer) {
    const auto at = m_waiting.find(answer.id);
    if (at == m_waiting.end()) return;
    Continuation then = std::move(at->second);
    m_waiting.erase(at);
    then(std::move(answer));
  }
  /// Numbers a call that somebody else starts on the same cluster.
  CallId next_id() { return ++m_last; }
  /// Writes that are started from now on may be sent before `until` only; by default at any time.
  void fence(MonotonicTime until) { m_write_until = until; }
  [[nodiscard]] std::size_t under_way() const { return m_waiting.size(); }
  [[nodiscard]] std::uint64_t started() const { return m_started; }

 private:
  static bool writes(const Call& call) {
    switch (call.verb) {
      case Verb::create:
      case Verb::apply:
      case Verb::merge_patch:
      case Verb::remove: return call.dry_run == DryRun::no;
      case Verb::discover:
      case Verb::get:
      case Verb::list:
      case Verb::watch: return false;
    }
    return true;
  }

  Cluster& m_cluster;
  MonotonicTime m_write_until = MonotonicTime::max();
  Duration m_timeout;
  CallId m_last = 0;
  std::uint64_t m_started = 0;
  std::unordered_map<CallId, Continuation> m_waiting;
};

}  // namespace reconciled
