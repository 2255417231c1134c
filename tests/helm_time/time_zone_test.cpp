#include "renderers/helm/time/time_zone.h"

#include "renderers/helm/time/posix_zone.h"

#include <doctest/doctest.h>

#include <string>

namespace reconciled::helm {
namespace {

std::string big_endian(std::uint64_t number, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) text += static_cast<char>(number >> shift & 0xFF);
  return text;
}

/// A file with local mean time until 1900, then +1 with summer time in 1980, then a rule.
std::string make_file() {
  const std::string header = "TZif2" + std::string(15, '\0');
  const std::string names("LMT\0CET\0CEST\0", 13);
  std::string file = header;
  for (const int count : {0, 0, 0, 0, 1, 1}) file += big_endian(static_cast<std::uint64_t>(count), 4);
  file += std::string(7, '\0');  // the 32-bit block: a kind and a character
  file += header;
  for (const int count : {0, 0, 0, 3, 3, 13}) file += big_endian(static_cast<std::uint64_t>(count), 4);
  for (const std::int64_t at : {-2'208'988'800LL, 323'830'800LL, 338'950'800LL}) {
    file += big_endian(static_cast<std::uint64_t>(at), 8);
  }
  file += std::string("\1\2\1", 3);
  file += big_endian(3'208, 4) + std::string("\0\0", 2);
  file += big_endian(3'600, 4) + std::string("\0\4", 2);
  file += big_endian(7'200, 4) + std::string("\1\10", 2);
  return file + names + "\nCET-1CEST,M3.5.0,M10.5.0/3\n";
}

TEST_CASE("a zone's changes, what was before, and the rule behind them") {
  const auto zone = TimeZone::parse(make_file());
  REQUIRE(zone);
  CHECK(zone->at(-3'000'000'000).name == "LMT");
  CHECK(zone->at(-3'000'000'000).seconds == 3'208);
  CHECK(zone->at(0).name == "CET");
  CHECK(zone->at(323'830'800).name == "CEST");
  CHECK(zone->at(338'950'799).seconds == 7'200);
  CHECK(zone->at(1'719'792'000).name == "CEST");  // 2024-07-01
  CHECK(zone->at(1'704'067'200).name == "CET");   // 2024-01-01
}

TEST_CASE("bytes that are no zone") {
  const std::string file = make_file();
  for (std::size_t size = 0; size < file.size() - 30; ++size) {
    CAPTURE(size);
    CHECK(!TimeZone::parse(std::string_view(file).substr(0, size)));
  }
  CHECK(!TimeZone::parse("TZif9" + file.substr(5)));
  std::string huge = file;
  huge.replace(51 + 32, 4, "\xFF\xFF\xFF\xFF");
  CHECK(!TimeZone::parse(huge));
}

TEST_CASE("rules of POSIX") {
  const auto at = [](std::string_view rule, std::int64_t seconds) {
    const auto offset = posix_zone_at(rule, seconds);
    return offset ? std::string(offset->name) + " " + std::to_string(offset->seconds) : "none";
  };
  constexpr std::int64_t k_january = 1'704'067'200;
  constexpr std::int64_t k_july = 1'719'792'000;
  CHECK(at("UTC0", k_july) == "UTC 0");
  CHECK(at("<-03>3", k_july) == "-03 -10800");
  CHECK(at("EST5EDT", k_july) == "EDT -14400");
  CHECK(at("AEST-10AEDT,M10.1.0,M4.1.0/3", k_january) == "AEDT 39600");
  CHECK(at("AEST-10AEDT,M10.1.0,M4.1.0/3", k_july) == "AEST 36000");
  CHECK(at("X", k_july) == "none");
  CHECK(at("CET-1CEST,M3.5.0", k_july) == "none");
  CHECK(at("CET-1CEST,M13.5.0,M10.5.0", k_july) == "none");
  CHECK(at("AAA1BBB,J60,J300", k_july) == "BBB 0");
  CHECK(at("AAA1BBB,0/0,365/25", k_july) == "BBB 0");
}

}  // namespace
}  // namespace reconciled::helm
