// Memory of one render: grows, is never given back before the end, and counts against the budget.
#pragma once

#include "base/budget.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace reconciled::helm {

/// What is made in it lives as long as it does and is never destroyed, so only trivially destructible types fit.
/// An allocation always succeeds; one that the budget does not cover is remembered, and who runs a template asks
/// `within_budget` after every step. Ask `reserve` before a single large one, for example of `repeat`.
class Arena {
 public:
  explicit Arena(Budget& budget) : m_budget(budget) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void* allocate(std::size_t size, std::size_t alignment = alignof(std::max_align_t));
  template <class T, class... Arguments>
  T* make(Arguments&&... arguments) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (allocate(sizeof(T), alignof(T))) T(std::forward<Arguments>(arguments)...);
  }
  /// `count` objects without a value yet.
  template <class T>
  T* make_array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    return static_cast<T*>(allocate(sizeof(T) * count, alignof(T)));
  }
  std::string_view copy(std::string_view text);

  /// Whether `bytes` more fit into the budget; charges nothing.
  [[nodiscard]] bool reserve(std::uint64_t bytes) const { return bytes <= m_budget.bytes_left(); }
  [[nodiscard]] bool within_budget() const { return !m_overspent; }
  [[nodiscard]] Budget& budget() const { return m_budget; }

 private:
  Budget& m_budget;
  std::vector<std::unique_ptr<std::byte[]>> m_chunks;
  std::byte* m_next = nullptr;
  std::byte* m_end = nullptr;
  std::size_t m_chunk_size = 16U << 10;
  bool m_overspent = false;
};

}  // namespace reconciled::helm
