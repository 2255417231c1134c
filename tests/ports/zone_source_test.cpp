#include "ports/zone_source.h"

#include <doctest/doctest.h>

namespace reconciled {
namespace {

TEST_CASE("names of zones do not lead out of their folder") {
  SystemZoneSource zones;
  for (const std::string_view name :
       {"", "/etc/passwd", "../../../etc/passwd", "Europe/../../../../etc/passwd", "\\x", "No/Such"}) {
    CAPTURE(name);
    CHECK(!zones.open_zone(name));
  }
  CHECK(!zones.open_zone(std::string_view("UTC\0", 4)));
}

}  // namespace
}  // namespace reconciled
