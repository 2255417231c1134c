// A layout, a NUL and a text: as a time, a duration, the file of a time zone and a POSIX rule. Never crashes; a time
// that was read is written and read again as the same.
#include "renderers/helm/time/duration.h"
#include "renderers/helm/time/posix_zone.h"
#include "renderers/helm/time/time_format.h"
#include "renderers/helm/time/time_parse.h"
#include "renderers/helm/time/time_zone.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace reconciled;
using namespace reconciled::helm;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view k_exact = "2006-01-02T15:04:05.999999999Z07:00:00";
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const std::size_t nul = all.find('\0');
  const std::string_view layout = all.substr(0, nul);
  const std::string_view text = nul == std::string_view::npos ? all : all.substr(nul + 1);
  const auto time = parse_go_time(layout, text);
  if (time) {
    const ZoneOffset zone{time->zone_name, time->zone_seconds};
    format_go_time(time->instant, zone, layout);
    const auto again = parse_go_time(k_exact, format_go_time(time->instant, {}, k_exact));
    if (again && again->instant != time->instant) std::abort();
  } else if (!time.error().message.starts_with("parsing time ")) {
    std::abort();
  }
  parse_go_duration(text);
  if (const auto zone = TimeZone::parse(text)) {
    for (const std::int64_t seconds : {std::int64_t{INT64_MIN}, std::int64_t{0}, std::int64_t{INT64_MAX}}) {
      if (zone->at(seconds).name.size() > size) std::abort();
    }
  }
  posix_zone_at(layout, 1'700'000'000);
  return 0;
}
