// How many bytes all connections of a server may hold. Internal to daemon/http.
#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <string>

namespace reconciled {

/// Used by one thread; `used` may be asked by any.
class BufferBudget {
 public:
  explicit BufferBudget(std::size_t most) : m_most(most) {}

  [[nodiscard]] bool take(std::size_t bytes) {
    if (bytes > m_most - m_used) return false;
    m_used += bytes;
    return true;
  }
  void give(std::size_t bytes) { m_used -= bytes; }

  /// A text that several connections send at once counts once.
  [[nodiscard]] bool take_shared(const std::shared_ptr<const std::string>& text) {
    auto& users = m_shared[text.get()];
    if (users == 0 && !take(text->size())) {
      m_shared.erase(text.get());
      return false;
    }
    ++users;
    return true;
  }
  void give_shared(const std::shared_ptr<const std::string>& text) {
    const auto at = m_shared.find(text.get());
    if (at == m_shared.end() || --at->second != 0) return;
    give(text->size());
    m_shared.erase(at);
  }

  [[nodiscard]] std::size_t used() const { return m_used; }

 private:
  std::size_t m_most;
  std::atomic<std::size_t> m_used{0};
  std::map<const std::string*, std::size_t> m_shared;
};

}  // namespace reconciled
