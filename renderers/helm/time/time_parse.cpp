#include "renderers/helm/time/time_parse.h"

#include "renderers/helm/time/duration.h"
#include "renderers/helm/time/time_format.h"
#include "renderers/helm/time/time_layout.h"

#include <algorithm>
#include <optional>

namespace reconciled::helm {
namespace {

bool is_digit(std::string_view text, std::size_t at) {
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}
bool begins_fraction(std::string_view text) {
  return !text.empty() && (text.front() == '.' || text.front() == ',') && is_digit(text, 1);
}

/// How reading one field ended: well, not as the layout says, or out of a range that it names.
struct Outcome {
  bool bad = false;
  std::string_view out_of_range{};
};
constexpr Outcome k_good{};
constexpr Outcome k_bad{true, {}};

enum class Digits : std::uint8_t { one_or_two, exactly_two };

std::optional<int> take_two(std::string_view& text, Digits digits) {
  if (!is_digit(text, 0) || (digits == Digits::exactly_two && !is_digit(text, 1))) return std::nullopt;
  int number = text[0] - '0';
  const std::size_t length = is_digit(text, 1) ? 2 : 1;
  if (length == 2) number = number * 10 + (text[1] - '0');
  text.remove_prefix(length);
  return number;
}

/// A number with an optional sign, all of the text.
std::optional<int> whole_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int number = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_digit(text, i)) return std::nullopt;
    number = number * 10 + (text[i] - '0');
  }
  return negative ? -number : number;
}

/// The length of a signed offset of at most 23 hours ("+03"); 0 when there is none.
std::size_t signed_offset_length(std::string_view text) {
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return 0;
  std::size_t end = 1;
  std::uint64_t number = 0;
  while (is_digit(text, end)) {
    number = std::min<std::uint64_t>(number * 10 + static_cast<std::uint64_t>(text[end] - '0'), 1000);
    ++end;
  }
  return end == 1 || number > 23 ? 0 : end;
}

/// The length of the abbreviation of a time zone; 0 when the text does not begin with one.
std::size_t zone_name_length(std::string_view text) {
  if (text.size() < 3) return 0;
  if (text.starts_with("ChST") || text.starts_with("MeST")) return 4;
  if (text.starts_with("GMT")) return 3 + signed_offset_length(text.substr(3));
  if (text.front() == '+' || text.front() == '-') return signed_offset_length(text);
  std::size_t capitals = 0;
  while (capitals < 6 && capitals < text.size() && text[capitals] >= 'A' && text[capitals] <= 'Z') ++capitals;
  if (capitals == 5) return text[4] == 'T' ? 5 : 0;
  if (capitals == 4) return text[3] == 'T' || text.starts_with("WITA") ? 4 : 0;
  return capitals == 3 ? 3 : 0;
}

/// Takes the prefix of a layout off the text; a run of spaces stands for any other. False leaves both where they
/// differ.
bool skip(std::string_view& text, std::string_view prefix) {
  const auto cut_spaces = [](std::string_view& from) {
    while (from.starts_with(' ')) from.remove_prefix(1);
  };
  while (!prefix.empty()) {
    if (prefix.front() == ' ') {
      if (!text.empty() && text.front() != ' ') return false;
      cut_spaces(prefix);
      cut_spaces(text);
      continue;
    }
    if (text.empty() || text.front() != prefix.front()) return false;
    prefix.remove_prefix(1);
    text.remove_prefix(1);
  }
  return true;
}

/// Reads a text by a layout, field by field.
class TimeReader {
 public:
  TimeReader(std::string_view layout, std::string_view text) : m_layout(layout), m_text(text), m_rest(text) {}

  Result<ParsedTime> run() {
    std::string_view layout = m_layout;
    while (true) {
      const LayoutChunk chunk = take_layout_chunk(layout);
      if (!skip(m_rest, chunk.prefix)) return cannot_parse(m_rest, chunk.prefix);
      if (chunk.field == LayoutField::none) break;
      const std::string_view before = m_rest;
      const Outcome outcome = read(chunk, layout);
      if (!outcome.out_of_range.empty()) return complain(": " + std::string(outcome.out_of_range) + " out of range");
      if (outcome.bad) return cannot_parse(before, chunk.text);
    }
    if (!m_rest.empty()) return complain(": extra text: " + time_quoted(m_rest));
    return finish();
  }

 private:
  [[nodiscard]] tl::unexpected<Error> cannot_parse(std::string_view part, std::string_view field) const {
    return fail(ErrorKind::render, "parsing time " + time_quoted(m_text) + " as " + time_quoted(m_layout) +
                                       ": cannot parse " + time_quoted(part) + " as " + time_quoted(field));
  }
  [[nodiscard]] tl::unexpected<Error> complain(const std::string& reason) const {
    return fail(ErrorKind::render, "parsing time " + time_quoted(m_text) + reason);
  }

  Outcome read(const LayoutChunk& chunk, std::string_view layout_behind);
  Outcome read_year();
  Outcome read_long_year();
  Outcome read_number(int& out, Digits digits, int least, int most, std::string_view name);
  Outcome read_seconds(Digits digits, std::string_view layout_behind);
  Outcome read_year_day(LayoutField field);
  Outcome read_half(std::string_view morning, std::string_view afternoon);
  Outcome read_offset(const LayoutChunk& chunk);
  Outcome read_zone_name();
  Outcome read_fraction(std::size_t length);
  template <class NameOf>
  bool take_name(int count, std::size_t length, NameOf name_of, int& index);
  Outcome read_name(LayoutField field);
  Outcome read_day(LayoutField field);

  Result<ParsedTime> finish();
  Status settle_day();

  std::string_view m_layout;
  std::string_view m_text;
  std::string_view m_rest;
  int m_year = 0;
  int m_month = -1;
  int m_day = -1;
  int m_year_day = -1;
  int m_hour = 0;
  int m_minute = 0;
  int m_second = 0;
  int m_nanoseconds = 0;
  enum class Half : std::uint8_t { unknown, morning, afternoon } m_half = Half::unknown;
  bool m_is_utc = false;
  int m_offset = -1;  // seconds; -1 means that there was none, as in Go
  std::string_view m_zone_name;
};

Outcome TimeReader::read_number(int& out, Digits digits, int least, int most, std::string_view name) {
  const auto number = take_two(m_rest, digits);
  if (!number) {
    out = 0;
    return k_bad;
  }
  out = *number;
  if (out < least || out > most) return {false, name};
  return k_good;
}

Outcome TimeReader::read_year() {
  if (m_rest.size() < 2) return k_bad;
  const auto number = whole_number(m_rest.substr(0, 2));
  m_rest.remove_prefix(2);
  if (!number) return k_bad;
  m_year = *number + (*number >= 69 ? 1900 : 2000);
  return k_good;
}

Outcome TimeReader::read_long_year() {
  if (m_rest.size() < 4 || !is_digit(m_rest, 0)) return k_bad;
  const auto number = whole_number(m_rest.substr(0, 4));
  m_rest.remove_prefix(4);
  if (!number) return k_bad;
  m_year = *number;
  return k_good;
}

/// One of `count` names, whatever its capitals, of which `length` letters count.
template <class NameOf>
bool TimeReader::take_name(int count, std::size_t length, NameOf name_of, int& index) {
  for (index = 0; index < count; ++index) {
    const std::string_view name = name_of(index).substr(0, length);
    const std::string_view given = m_rest.substr(0, name.size());
    if (std::equal(given.begin(), given.end(), name.begin(), name.end(), [](char left, char right) {
          return left == right || ((left | 0x20) == (right | 0x20) && (left | 0x20) >= 'a' && (left | 0x20) <= 'z');
        })) {
      m_rest.remove_prefix(name.size());
      return true;
    }
  }
  return false;
}

Outcome TimeReader::read_name(LayoutField field) {
  const bool is_long = field == LayoutField::long_month || field == LayoutField::long_weekday;
  const std::size_t length = is_long ? std::string_view::npos : 3;
  int index = 0;
  if (field == LayoutField::month || field == LayoutField::long_month) {
    const bool found = take_name(12, length, [](int month) { return month_name(month + 1); }, index);
    m_month = found ? index + 1 : 0;
    return found ? k_good : k_bad;
  }
  return take_name(7, length, weekday_name, index) ? k_good : k_bad;
}

Outcome TimeReader::read_day(LayoutField field) {
  if (field == LayoutField::under_day && m_rest.starts_with(' ')) m_rest.remove_prefix(1);
  // Any number of days: with month and year it is looked at again.
  return read_number(m_day, field == LayoutField::zero_day ? Digits::exactly_two : Digits::one_or_two, 0, 99, "day");
}

Outcome TimeReader::read_year_day(LayoutField field) {
  for (int i = 0; i < 2 && field == LayoutField::under_year_day && m_rest.starts_with(' '); ++i) {
    m_rest.remove_prefix(1);
  }
  int number = 0;
  std::size_t length = 0;
  while (length < 3 && is_digit(m_rest, length)) number = number * 10 + (m_rest[length++] - '0');
  if (length == 0 || (field == LayoutField::zero_year_day && length != 3)) return k_bad;
  m_rest.remove_prefix(length);
  m_year_day = number;
  return k_good;
}

/// `length` bytes: a point or comma and digits, of which nine count.
Outcome TimeReader::read_fraction(std::size_t length) {
  const std::string_view text = m_rest.substr(0, length);
  m_rest.remove_prefix(std::min(length, m_rest.size()));
  if (text.empty() || (text.front() != '.' && text.front() != ',')) return k_bad;
  const std::string_view digits = text.substr(1, 9);
  const auto number = whole_number(digits);
  if (!number) return k_bad;
  if (*number < 0) return {false, "fractional second"};
  m_nanoseconds = *number;
  for (std::size_t i = digits.size(); i < 9; ++i) m_nanoseconds *= 10;
  return k_good;
}

Outcome TimeReader::read_seconds(Digits digits, std::string_view layout_behind) {
  const Outcome outcome = read_number(m_second, digits, 0, 59, "second");
  if (outcome.bad || !outcome.out_of_range.empty() || !begins_fraction(m_rest)) return outcome;
  // A fraction may stand there although the layout has none.
  const LayoutField next = take_layout_chunk(layout_behind).field;
  if (next == LayoutField::fraction || next == LayoutField::fraction_fixed) return k_good;
  const std::size_t end = m_rest.find_first_not_of("0123456789", 1);
  return read_fraction(std::min(end, m_rest.size()));
}

Outcome TimeReader::read_half(std::string_view morning, std::string_view afternoon) {
  if (m_rest.size() < 2) return k_bad;
  const std::string_view half = m_rest.substr(0, 2);
  m_rest.remove_prefix(2);
  if (half != morning && half != afternoon) return k_bad;
  m_half = half == morning ? Half::morning : Half::afternoon;
  return k_good;
}

Outcome TimeReader::read_offset(const LayoutChunk& chunk) {
  if (chunk.field == LayoutField::offset_or_z && m_rest.starts_with('Z')) {
    m_rest.remove_prefix(1);
    m_is_utc = true;
    return k_good;
  }
  const OffsetForm form = offset_form(chunk.text);
  if (m_rest.size() < chunk.text.size()) return k_bad;
  std::string_view text = m_rest.substr(0, chunk.text.size());
  if (form.colons && (text[3] != ':' || (form.seconds && text[6] != ':'))) return k_bad;
  m_rest.remove_prefix(text.size());
  const char sign = text.front();
  const std::size_t step = form.colons ? 3 : 2;
  int parts[3] = {0, 0, 0};
  bool bad = sign != '+' && sign != '-';
  bool readable = true;
  for (std::size_t i = 0; i < 3 && readable; ++i) {
    if ((i == 1 && !form.minutes) || (i == 2 && !form.seconds)) continue;
    std::string_view part = text.substr(1 + i * step, 2);
    const auto number = take_two(part, Digits::exactly_two);
    readable = number.has_value();
    parts[i] = number.value_or(0);
  }
  bad = bad || !readable;
  // 24 hours and 60 minutes are written by some.
  if (parts[2] > 60) return {bad, "time zone offset second"};
  if (parts[1] > 60) return {bad, "time zone offset minute"};
  if (parts[0] > 24) return {bad, "time zone offset hour"};
  m_offset = (parts[0] * 60 + parts[1]) * 60 + parts[2];
  if (sign == '-') m_offset = -m_offset;
  return bad ? k_bad : k_good;
}

Outcome TimeReader::read_zone_name() {
  if (m_rest.starts_with("UTC")) {
    m_rest.remove_prefix(3);
    m_is_utc = true;
    return k_good;
  }
  const std::size_t length = zone_name_length(m_rest);
  if (length == 0) return k_bad;
  m_zone_name = m_rest.substr(0, length);
  m_rest.remove_prefix(length);
  return k_good;
}

Outcome TimeReader::read(const LayoutChunk& chunk, std::string_view layout_behind) {
  constexpr Digits k_two = Digits::exactly_two;
  constexpr Digits k_free = Digits::one_or_two;
  switch (chunk.field) {
    case LayoutField::none: return k_good;
    case LayoutField::year: return read_year();
    case LayoutField::long_year: return read_long_year();
    case LayoutField::month:
    case LayoutField::long_month:
    case LayoutField::weekday:
    case LayoutField::long_weekday: return read_name(chunk.field);
    case LayoutField::number_month: return read_number(m_month, k_free, 1, 12, "month");
    case LayoutField::zero_month: return read_number(m_month, k_two, 1, 12, "month");
    case LayoutField::day:
    case LayoutField::under_day:
    case LayoutField::zero_day: return read_day(chunk.field);
    case LayoutField::under_year_day:
    case LayoutField::zero_year_day: return read_year_day(chunk.field);
    case LayoutField::hour: return read_number(m_hour, k_free, 0, 23, "hour");
    case LayoutField::hour_12: return read_number(m_hour, k_free, 0, 12, "hour");
    case LayoutField::zero_hour_12: return read_number(m_hour, k_two, 0, 12, "hour");
    case LayoutField::minute: return read_number(m_minute, k_free, 0, 59, "minute");
    case LayoutField::zero_minute: return read_number(m_minute, k_two, 0, 59, "minute");
    case LayoutField::second: return read_seconds(k_free, layout_behind);
    case LayoutField::zero_second: return read_seconds(k_two, layout_behind);
    case LayoutField::upper_half: return read_half("AM", "PM");
    case LayoutField::lower_half: return read_half("am", "pm");
    case LayoutField::offset:
    case LayoutField::offset_or_z: return read_offset(chunk);
    case LayoutField::zone_name: return read_zone_name();
    case LayoutField::fraction_fixed:
      return m_rest.size() < chunk.text.size() ? k_bad : read_fraction(chunk.text.size());
    case LayoutField::fraction:
      if (!begins_fraction(m_rest)) return k_good;
      return read_fraction(std::min(m_rest.find_first_not_of("0123456789", 1), m_rest.size()));
  }
  return k_bad;
}

/// Month and day out of the day of the year, or their defaults.
Status TimeReader::settle_day() {
  if (m_year_day < 0) {
    if (m_month < 0) m_month = 1;
    if (m_day < 0) m_day = 1;
  } else {
    int month = 0;
    int day = 0;
    int rest = m_year_day;
    if (is_leap_year(m_year) && rest == 60) {
      month = 2;
      day = 29;
    } else if (is_leap_year(m_year) && rest > 60) {
      --rest;
    }
    if (rest < 1 || rest > 365) return complain(": day-of-year out of range");
    if (month == 0) {
      month = 12;
      while (days_before_month(month) >= rest) --month;
      day = rest - days_before_month(month);
    }
    if (m_month >= 0 && m_month != month) return complain(": day-of-year does not match month");
    if (m_day >= 0 && m_day != day) return complain(": day-of-year does not match day");
    m_month = month;
    m_day = day;
  }
  if (m_day < 1 || m_day > days_in_month(m_month, m_year)) return complain(": day out of range");
  return {};
}

Result<ParsedTime> TimeReader::finish() {
  if (m_half == Half::afternoon && m_hour < 12) {
    m_hour += 12;
  } else if (m_half == Half::morning && m_hour == 12) {
    m_hour = 0;
  }
  TRY(settle_day());
  ParsedTime parsed;
  parsed.instant = {civil_seconds(m_year, m_month, m_day, m_hour, m_minute, m_second), m_nanoseconds};
  if (m_is_utc) {
    parsed.zone = ParsedTime::Zone::utc;
  } else if (m_offset != -1) {
    parsed.instant.seconds -= m_offset;
    if (m_offset != 0 || !m_zone_name.empty()) {
      parsed.zone = ParsedTime::Zone::fixed;
      parsed.zone_name = m_zone_name;
      parsed.zone_seconds = m_offset;
    }
  } else if (!m_zone_name.empty()) {
    parsed.zone = ParsedTime::Zone::fixed;
    parsed.zone_name = m_zone_name;
    if (m_zone_name.size() > 3 && m_zone_name.starts_with("GMT")) {
      parsed.zone_seconds = whole_number(m_zone_name.substr(3)).value_or(0) * 3600;
    }
  }
  return parsed;
}

}  // namespace

Result<ParsedTime> parse_go_time(std::string_view layout, std::string_view text) {
  return TimeReader(layout, text).run();
}

}  // namespace reconciled::helm
