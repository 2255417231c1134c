// The rule of a time zone for all years to come, as POSIX writes it: "CET-1CEST,M3.5.0,M10.5.0/3".
#pragma once

#include "renderers/helm/time/calendar.h"

#include <optional>
#include <string_view>

namespace reconciled::helm {

/// What the rule says of an instant; nothing when it is not well-formed. Names point into the rule.
std::optional<ZoneOffset> posix_zone_at(std::string_view rule, std::int64_t seconds);

}  // namespace reconciled::helm
