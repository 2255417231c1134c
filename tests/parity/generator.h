// Random texts and values that look for trouble.
#pragma once

#include "ports/random.h"
#include "renderers/helm/values/go_value.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace reconciled::parity {

/// Draws from a seed.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : m_random(seed) {}
  std::uint64_t bits() { return m_random.next(); }
  /// From 0 to below `count`.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(m_random.next() % count); }
  bool one_in(std::size_t count) { return below(count) == 0; }
  template <class T>
  const T& pick(std::span<const T> from) {
    return from[below(from.size())];
  }
  template <class Table>
  auto pick_of(const Table& table) {
    return table[below(table.size())];
  }

 private:
  SeededRandom m_random;
};

/// Words that YAML, JSON, templates and people may understand differently, alone and joined, with odd characters.
std::string make_text(Dice& dice);
/// A short name as maps in charts have.
std::string make_key(Dice& dice);
double make_double(Dice& dice);
std::int64_t make_integer(Dice& dice);

enum class ValueTypes : std::uint8_t {
  json,  ///< what comes out of a values file
  go,    ///< also int, int64, []byte, []string, durations, nil maps
};
helm::GoValue make_value(Dice& dice, ValueTypes types, std::uint32_t depth, helm::Arena& arena);

/// A text that mostly is YAML, JSON.
std::string make_yaml(Dice& dice);
std::string make_json(Dice& dice);
/// Removes, doubles and swaps pieces.
std::string damage(Dice& dice, std::string text);

}  // namespace reconciled::parity
