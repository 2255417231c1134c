#include "ports/random.h"

#include "ports/clock_port.h"

#include <doctest/doctest.h>

#include <set>

namespace reconciled {
namespace {

TEST_CASE("a seed gives the same numbers on every machine") {
  SeededRandom random(0);
  // The first outputs of splitmix64 from state 0, as its authors publish them.
  CHECK(random.next() == 0xE220A8397B1DCDAFULL);
  CHECK(random.next() == 0x6E789E6AA1B965F4ULL);
  CHECK(random.next() == 0x06C45D188009454FULL);
  CHECK(SeededRandom(1).uuid() == SeededRandom(1).uuid());
  CHECK(SeededRandom(1).uuid() != SeededRandom(2).uuid());
}

TEST_CASE("a uuid has the form of version 4") {
  SeededRandom random(42);
  for (int i = 0; i < 100; ++i) {
    const auto text = random.uuid();
    REQUIRE(text.size() == 36);
    for (std::size_t at = 0; at < text.size(); ++at) {
      const bool dash = at == 8 || at == 13 || at == 18 || at == 23;
      CHECK((text[at] == '-') == dash);
      if (!dash) CHECK(std::string_view("0123456789abcdef").find(text[at]) != std::string_view::npos);
    }
    CHECK(text[14] == '4');
    CHECK(std::string_view("89ab").find(text[19]) != std::string_view::npos);
  }
}

TEST_CASE("the kernel's randomness does not repeat itself") {
  SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) seen.insert(random.uuid());
  CHECK(seen.size() == 1'000);
}

TEST_CASE("a manual clock moves only when told to") {
  ManualClock clock;
  const auto wall = clock.wall();
  const auto monotonic = clock.monotonic();
  CHECK(clock.wall() == wall);
  clock.advance(std::chrono::seconds(90));
  CHECK(clock.wall() - wall == std::chrono::seconds(90));
  CHECK(clock.monotonic() - monotonic == std::chrono::seconds(90));
}

}  // namespace
}  // namespace reconciled
