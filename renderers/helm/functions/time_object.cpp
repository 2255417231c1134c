#include "renderers/helm/functions/time_object.h"

#include "renderers/helm/functions/methods.h"
#include "renderers/helm/functions/signature.h"
#include "renderers/helm/time/time_format.h"
#include "renderers/helm/values/quote.h"

#include <array>
#include <vector>

namespace reconciled::helm {
namespace {

using Zone = ParsedTime::Zone;

class LocationObject final : public GoObject {
 public:
  explicit LocationObject(const TimeLocation& location) : m_location(location) {}
  [[nodiscard]] const TimeLocation& location() const { return m_location; }
  [[nodiscard]] std::string_view name() const {
    if (m_location.kind == Zone::fixed) return m_location.name;
    return m_location.kind == Zone::utc ? "UTC" : "Local";
  }

  [[nodiscard]] std::string_view type_name() const override { return "*time.Location"; }
  [[nodiscard]] bool is_pointer() const override { return true; }
  bool field(std::string_view, Arena&, GoValue&) const override { return false; }
  [[nodiscard]] const GoFunction* method(std::string_view name) const override;
  bool text(Arena&, Receiver, std::string_view& text) const override {
    text = name();
    return true;
  }
  std::span<const GoMap::Entry> fields(Arena& arena) const override {
    auto* fields = arena.make_array<GoMap::Entry>(2);
    fields[0] = {"name", GoValue::string(name())};
    fields[1] = {"zone", GoValue::integer(m_location.seconds)};
    return {fields, 2};
  }

 private:
  TimeLocation m_location;
};

/// The pointer in a time.Time, by which == tells locations apart: UTC has none, and the local zone and those that Go
/// makes once, whole hours without a name, are always the same.
GoValue location_pointer(const TimeLocation& location, Arena& arena) {
  constexpr std::int64_t k_hour = 3600;
  constexpr std::int64_t k_first = -12;
  constexpr std::int64_t k_last = 14;
  static const LocationObject local({Zone::local, {}, 0});
  static const std::vector<LocationObject> hours = [] {
    std::vector<LocationObject> made;
    for (std::int64_t hour = k_first; hour <= k_last; ++hour)
      made.emplace_back(TimeLocation{Zone::fixed, {}, hour * k_hour});
    return made;
  }();
  if (location.kind == Zone::utc) return GoValue::nil();
  if (location.kind == Zone::local) return GoValue::object(&local);
  const std::int64_t hour = location.seconds / k_hour;
  if (location.name.empty() && hour * k_hour == location.seconds && hour >= k_first && hour <= k_last) {
    return GoValue::object(&hours[static_cast<std::size_t>(hour - k_first)]);
  }
  return GoValue::object(arena.make<LocationObject>(location));
}

class TimeObject final : public GoObject {
 public:
  explicit TimeObject(const GoTime& time) : m_time(time) {}
  [[nodiscard]] const GoTime& time() const { return m_time; }

  [[nodiscard]] std::string_view type_name() const override { return "time.Time"; }
  [[nodiscard]] bool is_pointer() const override { return false; }
  bool field(std::string_view, Arena&, GoValue&) const override { return false; }
  [[nodiscard]] const GoFunction* method(std::string_view name) const override;
  bool text(Arena& arena, Receiver, std::string_view& text) const override {
    text = arena.copy(time_text(m_time));
    return true;
  }
  std::span<const GoMap::Entry> fields(Arena& arena) const override {
    auto* fields = arena.make_array<GoMap::Entry>(3);
    fields[0] = {"wall",
                 GoValue::unsigned_integer(static_cast<std::uint64_t>(m_time.instant.nanoseconds), GoType::uint64)};
    fields[1] = {"ext", GoValue::integer(m_time.instant.seconds - k_year_one, GoType::int64)};
    fields[2] = {"loc", location_pointer(m_time.location, arena)};
    return {fields, 3};
  }
  bool json_text(Arena& arena, std::string_view& text) const override {
    text = arena.copy(format_go_time(m_time.instant, m_time.location.offset(), "2006-01-02T15:04:05.999999999Z07:00"));
    return true;
  }

 private:
  GoTime m_time;
};

CivilTime civil_of(GoValue value) {
  const GoTime& time = time_of(value);
  return civil_time(time.instant.seconds, time.location.offset());
}

template <auto part>
Result<GoValue> get_part(FunctionCall& call) {
  return GoValue::integer(static_cast<std::int64_t>(civil_of(call.receiver).*part));
}

Result<GoValue> get_month(FunctionCall& call) {
  return GoValue::integer(civil_of(call.receiver).month, GoType::month);
}
Result<GoValue> get_weekday(FunctionCall& call) {
  return GoValue::integer(civil_of(call.receiver).weekday, GoType::weekday);
}
Result<GoValue> get_nanosecond(FunctionCall& call) {
  return GoValue::integer(time_of(call.receiver).instant.nanoseconds);
}

/// Since 1970 in units of which a second has so many; wraps as in Go.
template <std::uint64_t units>
Result<GoValue> get_unix(FunctionCall& call) {
  const Instant instant = time_of(call.receiver).instant;
  const std::uint64_t whole = static_cast<std::uint64_t>(instant.seconds) * units;
  const std::uint64_t fraction = static_cast<std::uint64_t>(instant.nanoseconds) / (1'000'000'000 / units);
  return GoValue::integer(static_cast<std::int64_t>(whole + fraction), GoType::int64);
}

Result<GoValue> get_string(FunctionCall& call) {
  return make_string(call.arena(), time_text(time_of(call.receiver)));
}

Result<GoValue> get_go_string(FunctionCall& call) {
  const GoTime& time = time_of(call.receiver);
  const CivilTime civil = civil_of(call.receiver);
  std::string text = "time.Date(" + std::to_string(civil.year) + ", time." + std::string(month_name(civil.month));
  for (const int part : {civil.day, civil.hour, civil.minute, civil.second, time.instant.nanoseconds}) {
    text += ", " + std::to_string(part);
  }
  if (time.location.kind == Zone::fixed)
    return make_string(call.arena(), text + ", time.Location(" + quoted(time.location.name) + "))");
  return make_string(call.arena(), text + (time.location.kind == Zone::utc ? ", time.UTC)" : ", time.Local)"));
}

Result<GoValue> get_format(FunctionCall& call) {
  const GoTime& time = time_of(call.receiver);
  return make_string(call.arena(), format_go_time(time.instant, time.location.offset(), call.arguments[0].as_text()));
}

Result<GoValue> get_is_zero(FunctionCall& call) {
  return GoValue::boolean(time_of(call.receiver).instant == Instant{k_year_one, 0});
}
Result<GoValue> get_is_dst(FunctionCall&) {
  return GoValue::boolean(false);  // no zone that a template can get at has summer time
}

std::strong_ordering order(const FunctionCall& call) {
  return time_of(call.receiver).instant <=> time_of(call.arguments[0]).instant;
}
Result<GoValue> get_after(FunctionCall& call) {
  return GoValue::boolean(order(call) > 0);
}
Result<GoValue> get_before(FunctionCall& call) {
  return GoValue::boolean(order(call) < 0);
}
Result<GoValue> get_equal(FunctionCall& call) {
  return GoValue::boolean(order(call) == 0);
}
Result<GoValue> get_compare(FunctionCall& call) {
  return GoValue::integer(order(call) < 0 ? -1 : order(call) > 0 ? 1 : 0);
}
Result<GoValue> get_sub(FunctionCall& call) {
  const std::int64_t between = nanoseconds_between(time_of(call.arguments[0]).instant, time_of(call.receiver).instant);
  return GoValue::integer(between, GoType::duration);
}

/// The receiver with the instant that `change` makes of it and the duration.
template <Instant (*change)(Instant, std::int64_t)>
Result<GoValue> get_changed(FunctionCall& call) {
  GoTime time = time_of(call.receiver);
  time.instant = change(time.instant, call.arguments[0].as_int());
  return make_time(call.arena(), time);
}

Result<GoValue> get_add_date(FunctionCall& call) {
  GoTime time = time_of(call.receiver);
  const CivilTime civil = civil_of(call.receiver);
  const auto sum = [&](std::int64_t part, std::size_t index) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(part) +
                                     static_cast<std::uint64_t>(call.arguments[index].as_int()));
  };
  const std::int64_t local =
      civil_seconds(sum(civil.year, 0), sum(civil.month, 1), sum(civil.day, 2), civil.hour, civil.minute, civil.second);
  time.instant.seconds = static_cast<std::int64_t>(static_cast<std::uint64_t>(local) -
                                                   static_cast<std::uint64_t>(time.location.offset().seconds));
  return make_time(call.arena(), time);
}

GoValue moved(FunctionCall& call, const TimeLocation& location) {
  return make_time(call.arena(), GoTime{time_of(call.receiver).instant, location});
}
Result<GoValue> get_utc(FunctionCall& call) {
  return moved(call, {Zone::utc, {}, 0});
}
Result<GoValue> get_local(FunctionCall& call) {
  return moved(call, {Zone::local, {}, 0});
}
Result<GoValue> get_in(FunctionCall& call) {
  if (call.arguments[0].is_nil()) return fail(ErrorKind::render, "time: missing Location in call to Time.In");
  return moved(call, static_cast<const LocationObject*>(call.arguments[0].as_object())->location());
}
Result<GoValue> get_location(FunctionCall& call) {
  return GoValue::object(call.arena().make<LocationObject>(time_of(call.receiver).location));
}

Result<GoValue> get_location_name(FunctionCall& call) {
  return GoValue::string(static_cast<const LocationObject*>(call.receiver.as_object())->name());
}

using enum GoParameter;
constexpr auto& k_nothing = k_takes<>;
constexpr auto& k_time = k_takes<time>;
constexpr auto& k_duration = k_takes<duration>;

constexpr std::array k_location_methods{GoFunction{"String", k_nothing, k_fixed, &get_location_name}};

constexpr std::array k_time_methods{
    GoFunction{"Add", k_duration, k_fixed, &get_changed<&later>},
    GoFunction{"AddDate", k_takes<int_, int_, int_>, k_fixed, &get_add_date},
    GoFunction{"After", k_time, k_fixed, &get_after},
    GoFunction{"Before", k_time, k_fixed, &get_before},
    GoFunction{"Compare", k_time, k_fixed, &get_compare},
    GoFunction{"Day", k_nothing, k_fixed, &get_part<&CivilTime::day>},
    GoFunction{"Equal", k_time, k_fixed, &get_equal},
    GoFunction{"Format", k_takes<string>, k_fixed, &get_format},
    GoFunction{"GoString", k_nothing, k_fixed, &get_go_string},
    GoFunction{"Hour", k_nothing, k_fixed, &get_part<&CivilTime::hour>},
    GoFunction{"In", k_takes<location>, k_fixed, &get_in},
    GoFunction{"IsDST", k_nothing, k_fixed, &get_is_dst},
    GoFunction{"IsZero", k_nothing, k_fixed, &get_is_zero},
    GoFunction{"Local", k_nothing, k_fixed, &get_local},
    GoFunction{"Location", k_nothing, k_fixed, &get_location},
    GoFunction{"Minute", k_nothing, k_fixed, &get_part<&CivilTime::minute>},
    GoFunction{"Month", k_nothing, k_fixed, &get_month},
    GoFunction{"Nanosecond", k_nothing, k_fixed, &get_nanosecond},
    GoFunction{"Round", k_duration, k_fixed, &get_changed<&rounded>},
    GoFunction{"Second", k_nothing, k_fixed, &get_part<&CivilTime::second>},
    GoFunction{"String", k_nothing, k_fixed, &get_string},
    GoFunction{"Sub", k_time, k_fixed, &get_sub},
    GoFunction{"Truncate", k_duration, k_fixed, &get_changed<&truncated>},
    GoFunction{"UTC", k_nothing, k_fixed, &get_utc},
    GoFunction{"Unix", k_nothing, k_fixed, &get_unix<1>},
    GoFunction{"UnixMicro", k_nothing, k_fixed, &get_unix<1'000'000>},
    GoFunction{"UnixMilli", k_nothing, k_fixed, &get_unix<1'000>},
    GoFunction{"UnixNano", k_nothing, k_fixed, &get_unix<1'000'000'000>},
    GoFunction{"Weekday", k_nothing, k_fixed, &get_weekday},
    GoFunction{"Year", k_nothing, k_fixed, &get_part<&CivilTime::year>},
    GoFunction{"YearDay", k_nothing, k_fixed, &get_part<&CivilTime::year_day>},
};

const GoFunction* LocationObject::method(std::string_view name) const {
  return find_method(k_location_methods, name);
}
const GoFunction* TimeObject::method(std::string_view name) const {
  return find_method(k_time_methods, name);
}

}  // namespace

ZoneOffset TimeLocation::offset() const {
  if (kind == Zone::fixed) return {name, seconds};
  return {};
}

GoValue make_time(Arena& arena, const GoTime& time) {
  return GoValue::object(arena.make<TimeObject>(time));
}

GoValue make_time(Arena& arena, const ParsedTime& parsed) {
  return make_time(arena, GoTime{parsed.instant, {parsed.zone, arena.copy(parsed.zone_name), parsed.zone_seconds}});
}

bool is_time(GoValue value) {
  return value.type() == GoType::object && value.type_name() == "time.Time";
}

const GoTime& time_of(GoValue value) {
  return static_cast<const TimeObject*>(value.as_object())->time();
}

std::string time_text(const GoTime& time) {
  return format_go_time(time.instant, time.location.offset(), "2006-01-02 15:04:05.999999999 -0700 MST");
}

GoTime take_now(RenderWorld& world) {
  world.used_time = true;
  const auto since_1970 = std::chrono::duration_cast<std::chrono::nanoseconds>(world.now.time_since_epoch()).count();
  return {later({0, 0}, since_1970), {Zone::local, {}, 0}};
}

}  // namespace reconciled::helm
