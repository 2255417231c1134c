// What the readers of JSON and YAML share: strings that come back, and keys that must not.
#pragma once

#include "base/hash.h"
#include "base/value.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

namespace reconciled {

/// Remembers recent strings, so that a key or a value that repeats ten thousand times is one piece of memory. A slot
/// holds the last string that fell into it: nothing grows, and nothing can be made slow.
class StringCache {
 public:
  /// For a text of so many bytes: at most 1,024 slots, few for a short one.
  explicit StringCache(std::size_t text_bytes)
      : m_shift(64 - std::clamp(static_cast<int>(std::bit_width(text_bytes / 64)), 3, 10)),
        m_slots(std::size_t{1} << (64 - m_shift)) {}

  Value get(std::string_view text) {
    if (text.size() <= k_inline || text.size() > k_longest) return Value(text);
    const std::uint64_t hash = hash_of(text);
    Slot& slot = m_slots[hash >> m_shift];
    if (slot.tag != static_cast<std::uint32_t>(hash) || slot.text.as_string() != text) {
      slot = {Value(text), static_cast<std::uint32_t>(hash)};
    }
    return slot.text;
  }

 private:
  struct Slot {
    Value text;
    std::uint32_t tag = 0;  ///< of the hash: looking at a text that is another costs a cache miss
  };
  static constexpr std::size_t k_inline = 14;  ///< such strings need no memory of their own
  static constexpr std::size_t k_longest = 1024;

  static std::uint64_t hash_of(std::string_view text) noexcept {
    std::uint64_t head = 0;
    std::uint64_t tail = 0;
    std::memcpy(&head, text.data(), sizeof head);
    std::memcpy(&tail, text.data() + text.size() - sizeof tail, sizeof tail);
    const std::uint64_t mixed = (head ^ (tail << 1) ^ text.size()) * 0x9E3779B97F4A7C15U;
    return mixed ^ mixed >> 32;
  }

  int m_shift;  // leaves of a hash the bits that number a slot
  std::vector<Slot> m_slots;
};

/// Finds keys that a map has twice, in linear time whatever the keys are.
class RepeatedKeys {
 public:
  struct Pair {
    std::size_t first = 0;
    std::size_t second = 0;
  };
  /// The first key (by its second position) that an earlier key equals. `key_of(i)` is the i-th key as a string_view.
  template <class KeyOf>
  std::optional<Pair> find(std::size_t count, KeyOf key_of) {
    if (count <= k_few) return find_among_few(count, key_of);
    return find_among_many(count, key_of);
  }

 private:
  static constexpr std::size_t k_few = 16;

  template <class KeyOf>
  static std::optional<Pair> find_among_few(std::size_t count, KeyOf key_of) {
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t bit = mark_of(key_of(i));
      if ((seen & bit) != 0) {
        for (std::size_t j = 0; j < i; ++j) {
          if (key_of(j) == key_of(i)) return Pair{j, i};
        }
      }
      seen |= bit;
    }
    return std::nullopt;
  }

  template <class KeyOf>
  std::optional<Pair> find_among_many(std::size_t count, KeyOf key_of) {
    std::size_t capacity = 64;
    while (capacity < count * 2) capacity *= 2;
    m_slots.assign(capacity, 0);
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t slot = hash_bytes(key_of(i)) & (capacity - 1);; slot = (slot + 1) & (capacity - 1)) {
        if (m_slots[slot] == 0) {
          m_slots[slot] = static_cast<std::uint32_t>(i + 1);
          break;
        }
        if (key_of(m_slots[slot] - 1) == key_of(i)) return Pair{m_slots[slot] - 1, i};
      }
    }
    return std::nullopt;
  }

  /// One of 64 bits: most keys of a small map differ in it.
  static std::uint64_t mark_of(std::string_view key) noexcept {
    if (key.empty()) return 1;
    const std::size_t mix = key.size() * 7 + static_cast<unsigned char>(key.front()) * 5U +
                            static_cast<unsigned char>(key.back()) * 3U +
                            static_cast<unsigned char>(key[key.size() / 2]);
    return std::uint64_t{1} << (mix & 63U);
  }

  std::vector<std::uint32_t> m_slots;  // kept between maps
};

}  // namespace reconciled
