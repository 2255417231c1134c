// Dates and durations.
#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/methods.h"
#include "renderers/helm/functions/signature.h"
#include "renderers/helm/functions/time_object.h"
#include "renderers/helm/time/duration.h"
#include "renderers/helm/time/time_format.h"
#include "renderers/helm/time/time_zone.h"
#include "renderers/helm/values/duration_text.h"

#include <array>
#include <charconv>
#include <limits>

namespace reconciled::helm {
namespace {

constexpr std::int64_t k_second = 1'000'000'000;
constexpr std::string_view k_html_layout = "2006-01-02";

/// What sprig takes for a date: a time, or seconds since 1970; everything else is now.
GoTime date_of(GoValue value, RenderWorld& world) {
  if (is_time(value)) return time_of(value);
  switch (value.type()) {
    case GoType::int_:
    case GoType::int32:
    case GoType::int64: return {{value.as_int(), 0}, {ParsedTime::Zone::local, {}, 0}};
    default: return take_now(world);
  }
}

/// In UTC when there is no zone of this name.
std::string format_in_zone(std::string_view layout, GoValue date, std::string_view zone_name, RenderWorld& world) {
  const Instant instant = date_of(date, world).instant;
  if (!zone_name.empty() && zone_name != "UTC" && zone_name != "Local" && world.zones != nullptr) {
    const auto bytes = world.zones->open_zone(zone_name);
    const auto zone = bytes ? TimeZone::parse(*bytes) : std::nullopt;
    if (zone) return format_go_time(instant, zone->at(instant.seconds), layout);
  }
  return format_go_time(instant, {}, layout);
}

Result<GoValue> call_now(FunctionCall& call) {
  return make_time(call.arena(), take_now(call.world));
}

Result<GoValue> call_date(FunctionCall& call) {
  return make_string(call.arena(), format_in_zone(call.arguments[0].as_text(), call.arguments[1], "UTC", call.world));
}
Result<GoValue> call_date_in_zone(FunctionCall& call) {
  return make_string(call.arena(), format_in_zone(call.arguments[0].as_text(), call.arguments[1],
                                                  call.arguments[2].as_text(), call.world));
}
Result<GoValue> call_html_date(FunctionCall& call) {
  return make_string(call.arena(), format_in_zone(k_html_layout, call.arguments[0], "UTC", call.world));
}
Result<GoValue> call_html_date_in_zone(FunctionCall& call) {
  return make_string(call.arena(),
                     format_in_zone(k_html_layout, call.arguments[0], call.arguments[1].as_text(), call.world));
}

Result<GoValue> call_must_date_modify(FunctionCall& call) {
  TRY_ASSIGN(const std::int64_t duration, parse_go_duration(call.arguments[0].as_text()));
  GoTime time = time_of(call.arguments[1]);
  time.instant = later(time.instant, duration);
  return make_time(call.arena(), time);
}
Result<GoValue> call_date_modify(FunctionCall& call) {
  auto modified = call_must_date_modify(call);
  return modified ? std::move(modified) : call.arguments[1];
}

Result<GoValue> call_must_to_date(FunctionCall& call) {
  TRY_ASSIGN(const ParsedTime parsed, parse_go_time(call.arguments[0].as_text(), call.arguments[1].as_text()));
  return make_time(call.arena(), parsed);
}
Result<GoValue> call_to_date(FunctionCall& call) {
  auto date = call_must_to_date(call);
  return date ? std::move(date) : make_time(call.arena(), GoTime{});
}

Result<GoValue> call_unix_epoch(FunctionCall& call) {
  return make_string(call.arena(), std::to_string(time_of(call.arguments[0]).instant.seconds));
}

Result<GoValue> call_ago(FunctionCall& call) {
  // Unlike date, this one does not know an int32.
  const GoValue date = call.arguments[0].type() == GoType::int32 ? GoValue() : call.arguments[0];
  const GoTime now = take_now(call.world);
  const std::int64_t since = nanoseconds_between(date_of(date, call.world).instant, now.instant);
  return make_string(call.arena(), duration_text(rounded_duration(since, k_second)));
}

/// strconv.ParseInt in base 10, with what it gives besides its error: 0, or the limit that was passed.
std::int64_t read_decimal(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return 0;
  if (error != std::errc::result_out_of_range) return number;
  return text.starts_with('-') ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

Result<GoValue> call_duration(FunctionCall& call) {
  const GoValue value = call.arguments[0];
  std::int64_t seconds = 0;
  if (value.is_string()) seconds = read_decimal(value.as_text());
  if (value.type() == GoType::int64) seconds = value.as_int();
  const std::uint64_t nanoseconds = static_cast<std::uint64_t>(seconds) * static_cast<std::uint64_t>(k_second);
  return make_string(call.arena(), duration_text(static_cast<std::int64_t>(nanoseconds)));
}

Result<GoValue> call_duration_round(FunctionCall& call) {
  struct Unit {
    std::string_view name;
    std::uint64_t seconds;
  };
  constexpr std::array k_units{Unit{"y", 365 * 86'400}, Unit{"mo", 30 * 86'400}, Unit{"d", 86'400},
                               Unit{"h", 3'600},        Unit{"m", 60},           Unit{"s", 1}};
  const GoValue value = call.arguments[0];
  std::int64_t duration = 0;
  if (value.is_string()) duration = parse_go_duration(value.as_text()).value_or(0);
  if (value.type() == GoType::int64) duration = value.as_int();
  if (is_time(value)) duration = nanoseconds_between(time_of(value).instant, take_now(call.world).instant);
  const auto size = duration < 0 ? 0 - static_cast<std::uint64_t>(duration) : static_cast<std::uint64_t>(duration);
  for (const auto& [name, seconds] : k_units) {
    const std::uint64_t unit = seconds * static_cast<std::uint64_t>(k_second);
    if (size > unit) return make_string(call.arena(), std::to_string(size / unit) + std::string(name));
  }
  return GoValue::string("0s");
}

using enum GoParameter;
constexpr auto& k_in_zone = k_takes<string, any, string>;
constexpr auto& k_modify = k_takes<string, time>;
constexpr auto& k_two_texts = k_takes<string, string>;

constexpr std::array k_functions{
    GoFunction{"now", k_takes<>, k_fixed, &call_now},
    GoFunction{"date", k_takes<string, any>, k_fixed, &call_date},
    GoFunction{"dateInZone", k_in_zone, k_fixed, &call_date_in_zone},
    GoFunction{"date_in_zone", k_in_zone, k_fixed, &call_date_in_zone},
    GoFunction{"htmlDate", k_takes<any>, k_fixed, &call_html_date},
    GoFunction{"htmlDateInZone", k_takes<any, string>, k_fixed, &call_html_date_in_zone},
    GoFunction{"dateModify", k_modify, k_fixed, &call_date_modify},
    GoFunction{"date_modify", k_modify, k_fixed, &call_date_modify},
    GoFunction{"mustDateModify", k_modify, k_fixed, &call_must_date_modify},
    GoFunction{"must_date_modify", k_modify, k_fixed, &call_must_date_modify},
    GoFunction{"toDate", k_two_texts, k_fixed, &call_to_date},
    GoFunction{"mustToDate", k_two_texts, k_fixed, &call_must_to_date},
    GoFunction{"unixEpoch", k_takes<time>, k_fixed, &call_unix_epoch},
    GoFunction{"ago", k_takes<any>, k_fixed, &call_ago},
    GoFunction{"duration", k_takes<any>, k_fixed, &call_duration},
    GoFunction{"durationRound", k_takes<any>, k_fixed, &call_duration_round},
};

}  // namespace

std::span<const GoFunction> date_functions() {
  return k_functions;
}

}  // namespace reconciled::helm
