#include "renderers/helm/time/posix_zone.h"

#include <utility>

namespace reconciled::helm {
namespace {

constexpr std::int64_t k_hour = 3600;
constexpr std::int64_t k_day = 86'400;

/// The day on which the clocks change, and the second of it.
struct ChangeDay {
  enum class Kind : std::uint8_t { day_without_leap_day, day_of_year, weekday_of_month } kind = Kind::day_of_year;
  int day = 0;
  int week = 0;
  int month = 0;
  std::int64_t second = 2 * k_hour;
};

/// Reads a rule from the left; the first thing that is wrong makes all of it wrong.
class RuleReader {
 public:
  explicit RuleReader(std::string_view rule) : m_rest(rule) {}

  [[nodiscard]] bool at_end() const { return m_rest.empty(); }
  [[nodiscard]] bool at(char c) const { return m_rest.starts_with(c); }
  [[nodiscard]] bool good() const { return m_good; }
  void fail() { m_good = false; }
  void expect(char c) {
    if (at(c)) {
      m_rest.remove_prefix(1);
    } else {
      fail();
    }
  }
  void set_rest(std::string_view rest) { m_rest = rest; }

  std::string_view name() {
    if (at('<')) {
      const std::size_t end = m_rest.find('>');
      if (end == std::string_view::npos) return refuse();
      const std::string_view name = m_rest.substr(1, end - 1);
      m_rest.remove_prefix(end + 1);
      return name;
    }
    const std::string_view name = m_rest.substr(0, m_rest.find_first_of("0123456789,-+"));
    if (name.size() < 3) return refuse();
    m_rest.remove_prefix(name.size());
    return name;
  }

  int number(int least, int most) {
    int number = 0;
    std::size_t length = 0;
    for (; length < m_rest.size() && m_rest[length] >= '0' && m_rest[length] <= '9'; ++length) {
      number = number * 10 + (m_rest[length] - '0');
      if (number > most) break;
    }
    if (length == 0 || number < least || number > most) {
      fail();
      return 0;
    }
    m_rest.remove_prefix(length);
    return number;
  }

  /// In seconds, as it is written: "2", "-3:30".
  std::int64_t offset() {
    const bool negative = at('-');
    if (negative || at('+')) m_rest.remove_prefix(1);
    std::int64_t seconds = number(0, 24 * 7) * k_hour;
    for (std::int64_t unit = 60; unit >= 1 && at(':'); unit /= 60) {
      m_rest.remove_prefix(1);
      seconds += number(0, 59) * unit;
    }
    return negative ? -seconds : seconds;
  }

  ChangeDay change_day() {
    ChangeDay change;
    if (at('J')) {
      m_rest.remove_prefix(1);
      change.kind = ChangeDay::Kind::day_without_leap_day;
      change.day = number(1, 365);
    } else if (at('M')) {
      m_rest.remove_prefix(1);
      change.kind = ChangeDay::Kind::weekday_of_month;
      change.month = number(1, 12);
      expect('.');
      change.week = number(1, 5);
      expect('.');
      change.day = number(0, 6);
    } else {
      change.day = number(0, 365);
    }
    if (at('/')) {
      m_rest.remove_prefix(1);
      change.second = offset();
    }
    return change;
  }

 private:
  std::string_view refuse() {
    fail();
    return {};
  }

  std::string_view m_rest;
  bool m_good = true;
};

/// Days from the first of January to a weekday of a month: the week 5 is the last one.
std::int64_t weekday_of_month(std::int64_t year, const ChangeDay& change) {
  const int first = civil_time(civil_seconds(year, change.month, 1)).weekday;
  int day = change.day - first;
  if (day < 0) day += 7;
  for (int week = 1; week < change.week && day + 7 < days_in_month(change.month, year); ++week) day += 7;
  day += days_before_month(change.month);
  return is_leap_year(year) && change.month > 2 ? day + 1 : day;
}

/// The second of the year at which the clocks change, in UTC; `offset` is that of the clocks before.
std::int64_t second_of_year(std::int64_t year, const ChangeDay& change, std::int64_t offset) {
  std::int64_t days = change.day;
  switch (change.kind) {
    case ChangeDay::Kind::day_without_leap_day: days -= is_leap_year(year) && change.day >= 60 ? 0 : 1; break;
    case ChangeDay::Kind::day_of_year: break;
    case ChangeDay::Kind::weekday_of_month: days = weekday_of_month(year, change); break;
  }
  return days * k_day + change.second - offset;
}

}  // namespace

std::optional<ZoneOffset> posix_zone_at(std::string_view rule, std::int64_t seconds) {
  RuleReader reader(rule);
  ZoneOffset standard;
  standard.name = reader.name();
  standard.seconds = -reader.offset();
  if (!reader.good()) return std::nullopt;
  if (reader.at_end() || reader.at(',')) return standard;

  ZoneOffset summer;
  summer.name = reader.name();
  const bool is_usual = reader.at_end() || reader.at(',');
  summer.seconds = is_usual ? standard.seconds + k_hour : -reader.offset();
  if (reader.good() && reader.at_end()) reader.set_rest(",M3.2.0,M11.1.0");
  reader.expect(reader.at(';') ? ';' : ',');
  const ChangeDay begin = reader.change_day();
  reader.expect(',');
  const ChangeDay end = reader.change_day();
  if (!reader.good() || !reader.at_end()) return std::nullopt;

  const CivilTime now = civil_time(seconds);
  const std::int64_t second = (now.year_day - 1) * k_day + now.hour * k_hour + now.minute * 60 + now.second;
  std::int64_t summer_from = second_of_year(now.year, begin, standard.seconds);
  std::int64_t summer_until = second_of_year(now.year, end, summer.seconds);
  // In the south the summer goes over the end of the year.
  if (summer_until < summer_from) {
    std::swap(summer_from, summer_until);
    std::swap(standard, summer);
  }
  return second < summer_from || second >= summer_until ? standard : summer;
}

}  // namespace reconciled::helm
