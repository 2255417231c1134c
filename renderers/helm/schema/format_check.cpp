#include "renderers/helm/schema/format_check.h"

#include "base/split.h"
#include "base/utf8.h"
#include "renderers/helm/functions/go_regex.h"
#include "renderers/helm/functions/go_url.h"
#include "renderers/helm/functions/ip_literal.h"
#include "renderers/helm/time/calendar.h"
#include "renderers/helm/values/quote.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <vector>

namespace reconciled::helm {
namespace {

/// Why not, or nothing.
using Complaint = std::optional<std::string>;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_letter_or_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::size_t leading_digits(std::string_view text) {
  return std::min(text.find_first_not_of("0123456789"), text.size());
}

/// strconv.Atoi.
std::optional<int> to_int(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// The first character that `allowed` refuses, in a complaint.
template <class Allowed>
Complaint invalid_character(std::string_view text, std::string_view kind, const Allowed& allowed) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (allowed(text[i])) continue;
    const auto point = first_code_point(text.substr(i));
    std::string complaint(kind);
    complaint += ' ';
    append_quoted_rune(complaint, point.length == 0 ? 0xFFFD : point.value);
    return complaint;
  }
  return std::nullopt;
}

Complaint check_json_pointer(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (!text.starts_with('/')) return "not starting with /";
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1')))
      return "~ must be followed by 0 or 1";
  }
  return std::nullopt;
}

Complaint check_relative_json_pointer(std::string_view text) {
  const auto digits = leading_digits(text);
  if (digits == 0) return "must start with non-negative integer";
  if (digits > 1 && text.starts_with('0')) return "starts with zero";
  text.remove_prefix(digits);
  return text == "#" ? std::nullopt : check_json_pointer(text);
}

Complaint check_uuid(std::string_view text) {
  constexpr std::array<std::size_t, 5> k_lengths{8, 4, 4, 4, 12};
  const auto groups = split(text, '-');
  if (groups.size() != k_lengths.size()) return "must have 5 elements";
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (groups[i].size() != k_lengths.at(i))
      return fmt::format("element {} must be {} characters long", i + 1, k_lengths.at(i));
    if (auto complaint = invalid_character(groups[i], "non-hex character", is_hex_digit)) return complaint;
  }
  return std::nullopt;
}

/// One half of a duration, with units in their order.
Complaint check_duration_part(std::string_view text, std::string_view all_units) {
  auto units = all_units;
  while (!text.empty()) {
    const auto digits = leading_digits(text);
    if (digits == 0) return "missing number";
    text.remove_prefix(digits);
    if (text.empty()) return "missing unit";
    const auto at = units.find(text.front());
    if (at == std::string_view::npos) {
      std::string unit;
      append_quoted_rune(unit, static_cast<unsigned char>(text.front()));
      return all_units.find(text.front()) != std::string_view::npos ? "unit " + unit + " out of order"
                                                                    : "invalid unit " + unit;
    }
    units.remove_prefix(at + 1);
    text.remove_prefix(1);
  }
  return std::nullopt;
}

Complaint check_duration(std::string_view text) {
  if (!text.starts_with('P')) return "must start with P";
  text.remove_prefix(1);
  if (text.empty()) return "nothing after P";
  if (text.ends_with('W')) {
    text.remove_suffix(1);
    if (text.empty()) return "no number in week";
    return leading_digits(text) == text.size() ? std::nullopt : Complaint("invalid week");
  }
  constexpr std::array<std::string_view, 2> k_units{"YMD", "HMS"};
  const auto halves = split(text, 'T');
  for (std::size_t i = 0; i < halves.size(); ++i) {
    if (i != 0 && halves[i].empty()) return "no time elements";
    if (i >= k_units.size()) return "more than one T";
    if (auto complaint = check_duration_part(halves[i], k_units.at(i))) return complaint;
  }
  return std::nullopt;
}

Complaint check_ipv4(std::string_view text) {
  const auto groups = split(text, '.');
  if (groups.size() != 4) return "expected four decimals";
  for (const auto group : groups) {
    if (group.size() > 1 && group.front() == '0') return "leading zeros";
    const auto number = to_int(group);
    if (!number) return fmt::format("strconv.Atoi: parsing {}: invalid syntax", quoted(group));
    if (*number < 0 || *number > 255) return "decimal must be between 0 and 255";
  }
  return std::nullopt;
}

Complaint check_ipv6(std::string_view text) {
  if (text.find(':') == std::string_view::npos) return "missing colon";
  if (const auto checked = check_ip_literal(text); !checked) {
    constexpr std::string_view k_of_url = "invalid host: ";
    const auto& message = checked.error().message;
    return message.starts_with(k_of_url) ? message.substr(k_of_url.size()) : message;
  }
  if (text.find('%') != std::string_view::npos) return "zone id is not a part of ipv6 address";
  return std::nullopt;
}

Complaint check_hostname(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.size() > 253) return "more than 253 characters long";
  for (const auto label : split(text, '.')) {
    if (label.empty() || label.size() > 63) return "label must be 1 to 63 characters long";
    if (label.starts_with('-')) return "label starts with hyphen";
    if (label.ends_with('-')) return "label ends with hyphen";
    const auto allowed = [](char c) { return is_letter_or_digit(c) || c == '-'; };
    if (auto complaint = invalid_character(label, "invalid character", allowed)) return complaint;
  }
  return std::nullopt;
}

Complaint check_local_part(std::string_view local) {
  if (local.size() > 64) return "local part more than 64 characters long";
  if (local.size() > 1 && local.starts_with('"')) {
    const auto inner = local.substr(1, local.size() - 2);
    if (inner.find_first_of("\\\"") == std::string_view::npos) return std::nullopt;
    return "backslash and quote are not allowed within quoted local part";
  }
  if (local.starts_with('.')) return "starts with dot";
  if (local.ends_with('.')) return "ends with dot";
  if (local.find("..") != std::string_view::npos) return "consecutive dots";
  constexpr std::string_view k_others = ".!#$%&'*+-/=?^_`{|}~";
  return invalid_character(local, "invalid character",
                           [&](char c) { return is_letter_or_digit(c) || k_others.find(c) != std::string_view::npos; });
}

Complaint check_email(std::string_view text) {
  if (text.size() > 254) return "more than 255 characters long";
  const auto at = text.rfind('@');
  if (at == std::string_view::npos) return "missing @";
  if (auto complaint = check_local_part(text.substr(0, at))) return complaint;
  auto domain = text.substr(at + 1);
  if (domain.size() > 1 && domain.starts_with('[') && domain.ends_with(']')) {
    domain = domain.substr(1, domain.size() - 2);
    constexpr std::string_view k_ipv6 = "IPv6:";
    const bool is_ipv6 = domain.starts_with(k_ipv6);
    const auto complaint = is_ipv6 ? check_ipv6(domain.substr(k_ipv6.size())) : check_ipv4(domain);
    if (!complaint) return std::nullopt;
    return fmt::format("invalid {} address: {}", is_ipv6 ? "ipv6" : "ipv4", *complaint);
  }
  const auto complaint = check_hostname(domain);
  return complaint ? Complaint("invalid domain: " + *complaint) : std::nullopt;
}

/// As Go's time package complains about a date that is not as "2006-01-02".
Complaint check_date(std::string_view text) {
  const auto cannot = [&](std::string_view rest, std::string_view element) {
    return fmt::format("parsing time {} as \"2006-01-02\": cannot parse {} as {}", quoted(text), quoted(rest),
                       quoted(element));
  };
  struct Element {
    std::size_t at;
    std::size_t size;
    std::string_view name;
  };
  constexpr std::array k_elements{Element{0, 4, "2006"}, Element{4, 1, "-"}, Element{5, 2, "01"}, Element{7, 1, "-"},
                                  Element{8, 2, "02"}};
  for (const auto& [at, size, name] : k_elements) {
    const auto rest = text.substr(std::min(at, text.size()));
    const bool fits = name == "-" ? rest.starts_with('-') : leading_digits(rest.substr(0, size)) == size;
    if (!fits) return cannot(rest, name);
    if (name == "01" && (*to_int(rest.substr(0, 2)) < 1 || *to_int(rest.substr(0, 2)) > 12))
      return fmt::format("parsing time {}: month out of range", quoted(text));
  }
  const int day = *to_int(text.substr(8, 2));
  if (text.size() > 10) return fmt::format("parsing time {}: extra text: {}", quoted(text), quoted(text.substr(10)));
  if (day < 1 || day > days_in_month(*to_int(text.substr(5, 2)), *to_int(text.substr(0, 4))))
    return fmt::format("parsing time {}: day out of range", quoted(text));
  return std::nullopt;
}

/// The offset of a time zone in minutes, to be taken from the local time.
Complaint read_offset(std::string_view text, int& minutes) {
  if (text == "z" || text == "Z") return std::nullopt;
  if (text.size() != 6) return "offset must be 6 characters long";
  if (text.front() != '+' && text.front() != '-') return "offset must begin with plus/minus";
  if (text[3] != ':') return "missing colon in offset in correct place";
  const auto hour = to_int(text.substr(1, 2));
  const auto minute = to_int(text.substr(4, 2));
  if (!hour || !minute) return "invalid hour/min in offset";
  if (*hour < 0 || *minute < 0) return "non-positive hour/min in offset";
  if (*hour > 23 || *minute > 59) return "hour/min in offset out of range";
  minutes = (text.front() == '+' ? -1 : 1) * (*hour * 60 + *minute);
  return std::nullopt;
}

Complaint check_time(std::string_view text) {
  if (text.size() < 9) return "less than 9 characters long";
  if (text[2] != ':' || text[5] != ':') return "missing colon in correct place";
  const auto hour = to_int(text.substr(0, 2));
  const auto minute = to_int(text.substr(3, 2));
  const auto second = to_int(text.substr(6, 2));
  if (!hour || !minute || !second) return "invalid hour/min/sec";
  if (*hour < 0 || *minute < 0 || *second < 0) return "non-positive hour/min/sec";
  if (*hour > 23 || *minute > 59 || *second > 60) return "hour/min/sec out of range";
  text.remove_prefix(8);
  if (text.starts_with('.')) {
    const auto digits = leading_digits(text.substr(1));
    if (digits == 0) return "no digits in second fraction";
    text.remove_prefix(1 + digits);
  }
  int offset = 0;
  if (auto complaint = read_offset(text, offset)) return complaint;
  constexpr int k_day = 24 * 60;
  int of_day = *hour * 60 + *minute + offset;
  if (of_day < 0) of_day += k_day;
  if (*second >= 60 && of_day != k_day - 1) return "invalid leap second";
  return std::nullopt;
}

Complaint check_date_time(std::string_view text) {
  if (text.size() < 20) return "less than 20 characters long";
  if (text[10] != 't' && text[10] != 'T') return "11th character must be t or T";
  if (const auto complaint = check_date(text.substr(0, 10))) return "invalid date element: " + *complaint;
  if (const auto complaint = check_time(text.substr(11))) return "invalid time element: " + *complaint;
  return std::nullopt;
}

Complaint check_period(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return "missing slash";
  const auto start = text.substr(0, slash);
  const auto end = text.substr(slash + 1);
  const auto check = [](std::string_view side, std::string_view part, bool may_last) -> Complaint {
    const bool lasts = may_last && part.starts_with('P');
    const auto complaint = lasts ? check_duration(part) : check_date_time(part);
    if (!complaint) return std::nullopt;
    return fmt::format("invalid {} {}: {}", side, lasts ? "duration" : "date-time", *complaint);
  };
  if (auto complaint = check("start", start, true)) return complaint;
  return check("end", end, !start.starts_with('P'));
}

Result<GoUrl> parse_url(std::string_view text) {
  TRY_ASSIGN(auto url, parse_go_url(text));
  const auto host = url.hostname();
  if (host.find(':') == std::string::npos) return url;
  if (url.host.find('[') == std::string::npos || url.host.find(']') == std::string::npos)
    return fail(ErrorKind::render, "ipv6 address not enclosed in brackets");
  if (const auto complaint = check_ipv6(host)) return fail(ErrorKind::render, "invalid ipv6 address: " + *complaint);
  return url;
}

Complaint check_uri_reference(std::string_view text) {
  if (text.find('\\') != std::string_view::npos) return "contains \\";
  const auto url = parse_url(text);
  return url ? std::nullopt : Complaint(url.error().message);
}

Complaint check_uri(std::string_view text) {
  const auto url = parse_url(text);
  if (!url) return url.error().message;
  return url->scheme.empty() ? Complaint("relative url") : std::nullopt;
}

Complaint check_uri_template(std::string_view text) {
  const auto url = parse_url(text);
  if (!url) return url.error().message;
  bool open = false;
  for (const char c : url->path) {
    if (c == '/' && open) return "no matching closing brace";
    if (c != '{' && c != '}') continue;
    if ((c == '{') == open) return "nested curly braces";
    open = !open;
  }
  return open ? Complaint("no matching closing brace") : std::nullopt;
}

Complaint check_regex(std::string_view text) {
  const auto regex = GoRegex::compile(text);
  return regex ? std::nullopt : Complaint(regex.error().message);
}

Complaint check_identifiers(std::string_view text, std::string_view what) {
  for (const auto identifier : split(text, '.')) {
    if (identifier.empty()) return fmt::format("{} identifier is empty", what);
    for (const char c : identifier) {
      if (!is_letter_or_digit(c) && c != '-') return fmt::format("invalid character '{}' in {} identifier", c, what);
    }
    if (what == "pre-release" && identifier.size() > 1 && identifier.front() == '0' &&
        leading_digits(identifier) == identifier.size())
      return "pre-release numeric identifier starts with zero";
  }
  return std::nullopt;
}

Complaint check_semver(std::string_view text) {
  if (const auto plus = text.find('+'); plus != std::string_view::npos) {
    if (plus + 1 == text.size()) return "build is empty";
    if (auto complaint = check_identifiers(text.substr(plus + 1), "build")) return complaint;
    text = text.substr(0, plus);
  }
  if (const auto hyphen = text.find('-'); hyphen != std::string_view::npos) {
    if (auto complaint = check_identifiers(text.substr(hyphen + 1), "pre-release")) return complaint;
    text = text.substr(0, hyphen);
  }
  constexpr std::array<std::string_view, 3> k_names{"major", "minor", "patch"};
  const auto numbers = split(text, '.');
  if (numbers.size() != k_names.size()) return "versionCore must have 3 numbers separated by dot";
  for (std::size_t i = 0; i < k_names.size(); ++i) {
    if (numbers[i].empty()) return fmt::format("{} is empty", k_names.at(i));
    if (numbers[i].size() > 1 && numbers[i].front() == '0') return fmt::format("{} starts with zero", k_names.at(i));
    if (leading_digits(numbers[i]) != numbers[i].size()) return fmt::format("{} contains non-digit", k_names.at(i));
  }
  return std::nullopt;
}

struct Format {
  std::string_view name;
  Complaint (*check)(std::string_view text);
};
constexpr std::array k_formats{
    Format{"regex", &check_regex},
    Format{"json-pointer", &check_json_pointer},
    Format{"relative-json-pointer", &check_relative_json_pointer},
    Format{"uuid", &check_uuid},
    Format{"duration", &check_duration},
    Format{"period", &check_period},
    Format{"ipv4", &check_ipv4},
    Format{"ipv6", &check_ipv6},
    Format{"hostname", &check_hostname},
    Format{"email", &check_email},
    Format{"date", &check_date},
    Format{"time", &check_time},
    Format{"date-time", &check_date_time},
    Format{"uri", &check_uri},
    Format{"iri", &check_uri},
    Format{"uri-reference", &check_uri_reference},
    Format{"iri-reference", &check_uri_reference},
    Format{"uri-template", &check_uri_template},
    Format{"semver", &check_semver},
};

}  // namespace

std::optional<std::string> check_format(std::string_view format, std::string_view text) {
  for (const auto& known : k_formats) {
    if (known.name == format) return known.check(text);
  }
  return std::nullopt;
}

}  // namespace reconciled::helm
