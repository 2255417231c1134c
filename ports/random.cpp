#include "ports/random.h"

#include <unistd.h>

#include <array>
#include <random>

namespace reconciled {

std::string Random::uuid() {
  constexpr std::string_view k_digits = "0123456789abcdef";
  std::array<std::uint64_t, 2> words{next(), next()};
  words[0] = (words[0] & 0xFFFFFFFFFFFF0FFFULL) | 0x4000ULL;
  words[1] = (words[1] & 0x3FFFFFFFFFFFFFFFULL) | 0x8000000000000000ULL;
  std::string text;
  for (int digit = 0; digit < 32; ++digit) {
    if (digit == 8 || digit == 12 || digit == 16 || digit == 20) text += '-';
    text += k_digits[(words[static_cast<std::size_t>(digit / 16)] >> (60 - 4 * (digit % 16))) & 0xF];
  }
  return text;
}

std::uint64_t SystemRandom::next() {
  // std::random_device asks the processor what it is each time, which takes a virtual machine long.
  std::uint64_t word = 0;
  if (::getentropy(&word, sizeof word) != 0) return std::random_device()();
  return word;
}

std::uint64_t SeededRandom::next() {
  std::uint64_t word = (m_state += 0x9E3779B97F4A7C15ULL);
  word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9ULL;
  word = (word ^ (word >> 27)) * 0x94D049BB133111EBULL;
  return word ^ (word >> 31);
}

}  // namespace reconciled
