// Methods of time.Duration, time.Month and time.Weekday.
#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/methods.h"
#include "renderers/helm/functions/signature.h"
#include "renderers/helm/time/duration.h"
#include "renderers/helm/values/duration_text.h"

#include <array>
#include <limits>

namespace reconciled::helm {
namespace {

template <std::string (*text)(std::int64_t)>
Result<GoValue> get_string(FunctionCall& call) {
  return make_string(call.arena(), text(call.receiver.as_int()));
}

/// Whole units of so many nanoseconds.
template <std::int64_t unit>
Result<GoValue> get_count(FunctionCall& call) {
  return GoValue::integer(call.receiver.as_int() / unit, GoType::int64);
}

/// Units with their fraction, added as Go does so that both round alike.
template <std::int64_t unit>
Result<GoValue> get_fraction(FunctionCall& call) {
  const std::int64_t duration = call.receiver.as_int();
  const std::int64_t whole = duration / unit;
  return GoValue::number(static_cast<double>(whole) + static_cast<double>(duration % unit) / static_cast<double>(unit));
}

template <std::int64_t (*change)(std::int64_t, std::int64_t)>
Result<GoValue> get_changed(FunctionCall& call) {
  return GoValue::integer(change(call.receiver.as_int(), call.arguments[0].as_int()), GoType::duration);
}

Result<GoValue> get_abs(FunctionCall& call) {
  const std::int64_t duration = call.receiver.as_int();
  constexpr std::int64_t k_least = std::numeric_limits<std::int64_t>::min();
  const std::int64_t positive = duration == k_least ? std::numeric_limits<std::int64_t>::max() : -duration;
  return GoValue::integer(duration < 0 ? positive : duration, GoType::duration);
}

constexpr auto& k_nothing = k_takes<>;
constexpr auto& k_duration = k_takes<GoParameter::duration>;

constexpr std::array k_duration_methods{
    GoFunction{"Abs", k_nothing, k_fixed, &get_abs},
    GoFunction{"Hours", k_nothing, k_fixed, &get_fraction<3'600'000'000'000>},
    GoFunction{"Microseconds", k_nothing, k_fixed, &get_count<1'000>},
    GoFunction{"Milliseconds", k_nothing, k_fixed, &get_count<1'000'000>},
    GoFunction{"Minutes", k_nothing, k_fixed, &get_fraction<60'000'000'000>},
    GoFunction{"Nanoseconds", k_nothing, k_fixed, &get_count<1>},
    GoFunction{"Round", k_duration, k_fixed, &get_changed<&rounded_duration>},
    GoFunction{"Seconds", k_nothing, k_fixed, &get_fraction<1'000'000'000>},
    GoFunction{"String", k_nothing, k_fixed, &get_string<&duration_text>},
    GoFunction{"Truncate", k_duration, k_fixed, &get_changed<&truncated_duration>},
};
constexpr std::array k_month_methods{GoFunction{"String", k_nothing, k_fixed, &get_string<&month_text>}};
constexpr std::array k_weekday_methods{GoFunction{"String", k_nothing, k_fixed, &get_string<&weekday_text>}};

}  // namespace

std::span<const GoFunction> duration_methods() {
  return k_duration_methods;
}
std::span<const GoFunction> month_methods() {
  return k_month_methods;
}
std::span<const GoFunction> weekday_methods() {
  return k_weekday_methods;
}

}  // namespace reconciled::helm
