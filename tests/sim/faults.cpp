#include "tests/sim/faults.h"

#include <algorithm>
#include <iomanip>

namespace reconciled::sim {
namespace {

constexpr std::array<std::string_view, k_fault_kinds> k_fault_names{
    "lost request", "lost answer", "sent again",       "late request",     "late answer",     "doubled events",
    "late events",  "429 storm",   "500 storm",        "503 for all",      "403 on a kind",   "409 conflict",
    "discovery",    "partition",   "lease path",       "watch cut",        "watch expired",   "410 compacted",
    "stale list",   "crash",       "crash bef. write", "crash aft. write", "stopped",         "frozen",
    "clock jump",   "cache lost",  "disk full",        "worker crash",     "git unreachable", "git lies",
    "branch gone"};

constexpr std::array<std::string_view, k_await_points> k_point_names{
    "discovered",     "inventory_loaded",   "observed",   "planned",       "intent_queued",  "intent_written",
    "apply_started",  "apply_answered",     "wave_done",  "prune_started", "prune_answered", "commit_queued",
    "commit_written", "waiting_for_health", "stack_done", "started"};

}  // namespace

std::string_view name_of(FaultKind kind) {
  return k_fault_names[static_cast<std::size_t>(kind)];
}

std::string_view name_of(AwaitPoint point) {
  return k_point_names[static_cast<std::size_t>(point)];
}

void Coverage::add(const Coverage& other) {
  for (std::size_t kind = 0; kind < k_fault_kinds; ++kind) {
    for (std::size_t point = 0; point < k_await_points; ++point) m_hits[kind][point] += other.m_hits[kind][point];
  }
}

std::uint64_t Coverage::faults() const {
  std::uint64_t sum = 0;
  for (const auto& row : m_hits) {
    for (const auto count : row) sum += count;
  }
  return sum;
}

std::uint64_t Coverage::least() const {
  std::uint64_t least = m_hits[0][0];
  for (const auto& row : m_hits) least = std::min(least, *std::ranges::min_element(row));
  return least;
}

void Coverage::print(std::ostream& out) const {
  out << std::left << std::setw(18) << "fault";
  for (const auto name : k_point_names) out << std::right << std::setw(10) << name.substr(0, 9);
  out << '\n';
  for (std::size_t kind = 0; kind < k_fault_kinds; ++kind) {
    out << std::left << std::setw(18) << k_fault_names[kind];
    for (const auto count : m_hits[kind]) out << std::right << std::setw(10) << count;
    out << '\n';
  }
  out << "least hit cell: " << least() << '\n';
}

}  // namespace reconciled::sim
