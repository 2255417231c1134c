// Times out of texts by a layout.
#pragma once

#include "base/result.h"
#include "renderers/helm/time/calendar.h"

#include <string>
#include <string_view>

namespace reconciled::helm {

struct ParsedTime {
  enum class Zone : std::uint8_t { utc, local, fixed };
  Instant instant;
  Zone zone = Zone::local;
  std::string zone_name{};        ///< of a fixed one; may be empty
  std::int64_t zone_seconds = 0;  ///< of a fixed one
};

/// time.ParseInLocation where the local zone is UTC. Messages are Go's: `parsing time "x" as "2006": cannot parse "x"
/// as "2006"`.
Result<ParsedTime> parse_go_time(std::string_view layout, std::string_view text);

}  // namespace reconciled::helm
