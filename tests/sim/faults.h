// What can go wrong, and where a daemon is waiting when it does: the table fault x await point.
#pragma once

#include "engine/run.h"

#include <array>
#include <cstdint>
#include <ostream>
#include <string_view>

namespace reconciled::sim {

enum class FaultKind : std::uint8_t {
  lost_request,        ///< never arrives; the caller hears of it at its time-out
  lost_answer,         ///< carried out, but the answer never comes back
  resent,              ///< carried out, answer lost, and sent again by the transport
  late_request,        ///< arrives seconds later
  late_answer,         ///< carried out at once, answered seconds later
  doubled_events,      ///< watch events come twice
  late_events,         ///< watch events come seconds later: a stale watch cache
  refused_429,         ///< for a while, half of the calls
  error_500,           ///< for a while, half of the calls
  refused_503,         ///< for a while, all calls
  forbidden,           ///< for a while, a kind must not be read: 403
  conflict,            ///< the next write is answered with 409
  partial_discovery,   ///< for a while, an API group does not answer
  partition,           ///< for a while, nothing reaches the API server or comes back
  lease_path,          ///< for a while, only calls of the Lease fail
  watch_cut,           ///< every watch ends
  watch_expired,       ///< every watch ends with an ERROR event of code 410
  compacted,           ///< for a while nothing comes through, and then the history since is forgotten
  stale_list,          ///< the next lists answer as things were some time ago
  crash,               ///< the process dies here
  crash_before_write,  ///< the process dies before its next write leaves
  crash_after_write,   ///< the process dies when its next write has left
  stopped,             ///< the process is asked to end, and started again
  frozen,              ///< the process stands still, and its next write lingers on the way
  clock_jump,          ///< the wall clock jumps by up to a day
  cache_lost,          ///< everything that is kept on disk or remembered of the repository is gone
  disk_full,           ///< for a while, nothing can be fetched
  worker_crash,        ///< for a while, the render of one stack crashes its worker
  git_unreachable,     ///< for a while
  git_lies,            ///< for a while, the server answers with a page of HTML
  branch_gone,         ///< for a while
};
constexpr std::size_t k_fault_kinds = static_cast<std::size_t>(FaultKind::branch_gone) + 1;
std::string_view name_of(FaultKind kind);

/// Where a process is: the last RunEvent it told of, or `started` before the first.
enum class AwaitPoint : std::uint8_t { started = static_cast<std::uint8_t>(RunEvent::Kind::stack_done) + 1 };
constexpr std::size_t k_await_points = static_cast<std::size_t>(AwaitPoint::started) + 1;
constexpr AwaitPoint await_point(RunEvent::Kind kind) {
  return static_cast<AwaitPoint>(kind);
}
std::string_view name_of(AwaitPoint point);

/// How often each fault struck at each await point.
class Coverage {
 public:
  void hit(FaultKind kind, AwaitPoint point) {
    ++m_hits[static_cast<std::size_t>(kind)][static_cast<std::size_t>(point)];
  }
  void add(const Coverage& other);
  [[nodiscard]] std::uint64_t faults() const;
  /// The cell that was hit least.
  [[nodiscard]] std::uint64_t least() const;
  void print(std::ostream& out) const;

 private:
  std::array<std::array<std::uint64_t, k_await_points>, k_fault_kinds> m_hits{};
};

}  // namespace reconciled::sim
