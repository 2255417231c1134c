// Times as texts by a layout.
#pragma once

#include "renderers/helm/time/calendar.h"

#include <string>
#include <string_view>

namespace reconciled::helm {

std::string format_go_time(Instant instant, const ZoneOffset& zone, std::string_view layout);

std::string_view month_name(int month);      ///< from 1
std::string_view weekday_name(int weekday);  ///< from 0, Sunday

}  // namespace reconciled::helm
