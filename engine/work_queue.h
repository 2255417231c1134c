// Which stacks are due, and why: each key once, oldest first.
#pragma once

#include "base/clock.h"
#include "engine/view.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace reconciled {

/// Keyed by stack: many wakes before a stack runs are one, at the earliest of their times, for the strongest of their
/// reasons (the order of Trigger). Holds nothing while a stack runs or waits.
class WorkQueue {
 public:
  struct Item {
    std::string key;
    Trigger trigger = Trigger::start;
    MonotonicTime since;  ///< when it was first asked for
  };

  void add(const std::string& key, Trigger trigger, MonotonicTime due, MonotonicTime now) {
    const auto at = m_waiting.find(key);
    if (at == m_waiting.end()) {
      m_waiting.emplace(key, Waiting{trigger, due, now});
      m_order.emplace(due, key);
      return;
    }
    at->second.trigger = std::min(at->second.trigger, trigger);
    if (due >= at->second.due) return;
    m_order.erase({at->second.due, key});
    at->second.due = due;
    m_order.emplace(due, key);
  }

  /// Removes and returns what is due.
  std::vector<Item> take_due(MonotonicTime now) {
    std::vector<Item> items;
    while (!m_order.empty() && m_order.begin()->first <= now) {
      const auto at = m_waiting.find(m_order.begin()->second);
      items.push_back({at->first, at->second.trigger, at->second.since});
      m_order.erase(m_order.begin());
      m_waiting.erase(at);
    }
    return items;
  }

  void erase(const std::string& key) {
    const auto at = m_waiting.find(key);
    if (at == m_waiting.end()) return;
    m_order.erase({at->second.due, key});
    m_waiting.erase(at);
  }
  [[nodiscard]] bool contains(const std::string& key) const { return m_waiting.contains(key); }
  [[nodiscard]] std::size_t size() const { return m_waiting.size(); }
  /// How many are due by now.
  [[nodiscard]] std::size_t due(MonotonicTime now) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(m_order, [&](const auto& entry) { return entry.first <= now; }));
  }
  [[nodiscard]] std::optional<MonotonicTime> next() const {
    return m_order.empty() ? std::nullopt : std::optional(m_order.begin()->first);
  }
  /// When what is due by now was first asked for, or nullopt.
  [[nodiscard]] std::optional<MonotonicTime> oldest(MonotonicTime now) const {
    std::optional<MonotonicTime> oldest;
    for (const auto& [due, key] : m_order) {
      if (due > now) break;
      const MonotonicTime since = m_waiting.at(key).since;
      if (!oldest || since < *oldest) oldest = since;
    }
    return oldest;
  }

 private:
  struct Waiting {
    Trigger trigger;
    MonotonicTime due;
    MonotonicTime since;
  };
  std::map<std::string, Waiting> m_waiting;
  std::set<std::pair<MonotonicTime, std::string>> m_order;
};

}  // namespace reconciled
