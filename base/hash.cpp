#include "base/hash.h"

#include "base/clock.h"

#include <sys/random.h>
#include <unistd.h>

#include <bit>
#include <chrono>
#include <cstring>

namespace reconciled {
namespace {

struct Key {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};

Key draw_key() noexcept {
  Key key;
  if (getrandom(&key, sizeof key, GRND_NONBLOCK) != sizeof key) {
    // Early in a boot the kernel's pool may be empty: the time and the addresses of this process must do.
    key.first = static_cast<std::uint64_t>(monotonic_now().time_since_epoch().count());
    key.second = reinterpret_cast<std::uintptr_t>(&key) ^ (static_cast<std::uint64_t>(getpid()) << 40);
  }
  return key;
}

struct Sip {
  std::uint64_t v0, v1, v2, v3;

  explicit Sip(const Key& key)
      : v0(key.first ^ 0x736f6d6570736575U),
        v1(key.second ^ 0x646f72616e646f6dU),
        v2(key.first ^ 0x6c7967656e657261U),
        v3(key.second ^ 0x7465646279746573U) {}

  void round() noexcept {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }
  void absorb(std::uint64_t word) noexcept {
    v3 ^= word;
    round();
    v0 ^= word;
  }
};

}  // namespace

std::uint64_t hash_bytes(std::string_view bytes) noexcept {
  static const Key key = draw_key();
  Sip sip(key);
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; at += 8, left -= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    sip.absorb(word);
  }
  std::uint64_t last = static_cast<std::uint64_t>(bytes.size()) << 56;
  for (std::size_t i = 0; i < left; ++i)
    last |= static_cast<std::uint64_t>(static_cast<unsigned char>(at[i])) << (8 * i);
  sip.absorb(last);
  sip.v2 ^= 0xff;
  for (int i = 0; i < 3; ++i) sip.round();
  return sip.v0 ^ sip.v1 ^ sip.v2 ^ sip.v3;
}

}  // namespace reconciled
