// Lists and maps that come back: a cluster's objects repeat whole subtrees, managedFields above all.
#pragma once

#include "base/value.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace reconciled {

/// Remembers recent small lists and maps by what they hold, so that equal ones are one piece of memory. Children count
/// as equal when their 16 bytes are: with strings and inner nodes shared before, that is nearly always when they are.
/// Like StringCache, a slot holds the last node that fell into it.
class NodeCache {
 public:
  /// For a text of so many bytes: at most 1,024 slots, few for a short one.
  explicit NodeCache(std::size_t text_bytes)
      : m_shift(64 - std::clamp(static_cast<int>(std::bit_width(text_bytes / 64)), 3, 10)),
        m_slots(std::size_t{1} << (64 - m_shift)) {}

  /// The node that was kept with the same children, or null; `keep` then takes what the caller makes of them.
  /// `child(i)` is the i-th of `count` children, keys and values of a map in turn.
  template <class ChildOf>
  const Value* find(Value::Kind kind, std::size_t count, ChildOf child) {
    m_slot = nullptr;
    if (count > k_most) return nullptr;
    std::uint64_t mixed = count * 2 + (kind == Value::Kind::map ? 1 : 0);
    for (std::size_t i = 0; i < count; ++i) {
      const Bits bits = bits_of(child(i));
      mixed = (mixed ^ bits[0]) * 0x9E3779B97F4A7C15U;
      mixed = ((mixed ^ mixed >> 32) ^ bits[1]) * 0xD6E8FEB86659FD93U;
    }
    mixed ^= mixed >> 32;
    m_slot = &m_slots[mixed >> m_shift];
    const bool likely = m_slot->tag == static_cast<std::uint32_t>(mixed) && m_slot->node.kind() == kind;
    m_slot->tag = static_cast<std::uint32_t>(mixed);
    if (!likely) return nullptr;
    return kind == Value::Kind::map ? match_map(count, child) : match_list(count, child);
  }
  void keep(const Value& node) {
    if (m_slot != nullptr) m_slot->node = node;
  }

 private:
  struct Slot {
    Value node;
    std::uint32_t tag = 0;  ///< of the hash: looking at a node that is another costs cache misses
  };
  using Bits = std::array<std::uint64_t, 2>;
  static constexpr std::size_t k_most = 48;  ///< children

  static Bits bits_of(const Value& value) noexcept {
    Bits bits;
    std::memcpy(&bits, static_cast<const void*>(&value), sizeof bits);
    return bits;
  }

  template <class ChildOf>
  const Value* match_map(std::size_t count, ChildOf child) const {
    const auto entries = m_slot->node.entries();
    if (entries.size() * 2 != count) return nullptr;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (bits_of(entries[i].key) != bits_of(child(2 * i))) return nullptr;
      if (bits_of(entries[i].value) != bits_of(child(2 * i + 1))) return nullptr;
    }
    return &m_slot->node;
  }
  template <class ChildOf>
  const Value* match_list(std::size_t count, ChildOf child) const {
    const auto items = m_slot->node.items();
    if (items.size() != count) return nullptr;
    for (std::size_t i = 0; i < count; ++i) {
      if (bits_of(items[i]) != bits_of(child(i))) return nullptr;
    }
    return &m_slot->node;
  }

  int m_shift;  // leaves of a hash the bits that number a slot
  std::vector<Slot> m_slots;
  Slot* m_slot = nullptr;
};

}  // namespace reconciled
