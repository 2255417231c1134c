// time.Time as a value of templates.
#pragma once

#include "renderers/helm/time/calendar.h"
#include "renderers/helm/time/time_parse.h"
#include "renderers/helm/values/go_function.h"

#include <cstdint>
#include <string_view>

namespace reconciled::helm {

/// time.Location: UTC, the local zone (which is UTC, too), or a fixed offset, which may have no name.
struct TimeLocation {
  ParsedTime::Zone kind = ParsedTime::Zone::utc;
  std::string_view name{};  ///< in an arena or for ever
  std::int64_t seconds = 0;
  [[nodiscard]] ZoneOffset offset() const;
};

struct GoTime {
  Instant instant{k_year_one, 0};
  TimeLocation location{};
};

GoValue make_time(Arena& arena, const GoTime& time);
GoValue make_time(Arena& arena, const ParsedTime& parsed);
/// Whether the value is a time.Time, and which one it is.
bool is_time(GoValue value);
const GoTime& time_of(GoValue value);

/// "2006-01-02 15:04:05.999999999 -0700 MST" of it.
std::string time_text(const GoTime& time);

/// The moment that the render counts as now, in the local zone.
GoTime take_now(RenderWorld& world);

}  // namespace reconciled::helm
