#include "renderers/helm/semver/version.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace reconciled::helm {
namespace {

constexpr std::string_view k_zero_first = "version segment starts with 0";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_identifier(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}
bool is_number(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_digit);
}

tl::unexpected<Error> refuse(std::string_view message) {
  return fail(ErrorKind::render, std::string(message));
}

/// Calls `look` with each part between dots; there is always one.
template <class Look>
Status each_part(std::string_view text, Look look) {
  while (true) {
    const std::size_t dot = text.find('.');
    TRY(look(text.substr(0, dot)));
    if (dot == std::string_view::npos) return {};
    text.remove_prefix(dot + 1);
  }
}

Status check_prerelease(std::string_view text) {
  return each_part(text, [](std::string_view part) -> Status {
    if (part.empty()) return refuse("invalid prerelease string");
    if (is_number(part)) {
      if (part.size() > 1 && part.front() == '0') return refuse(k_zero_first);
    } else if (!std::all_of(part.begin(), part.end(), is_identifier)) {
      return refuse("invalid prerelease string");
    }
    return {};
  });
}

Status check_metadata(std::string_view text) {
  return each_part(text, [](std::string_view part) -> Status {
    if (part.empty() || !std::all_of(part.begin(), part.end(), is_identifier)) return refuse("invalid metadata string");
    return {};
  });
}

/// A number of 64 bits; nothing when it is none or too large.
std::optional<std::uint64_t> read_number(std::string_view digits) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

Result<std::uint64_t> parse_segment(std::string_view digits, std::string_view doing) {
  if (const auto number = read_number(digits)) return *number;
  return refuse(std::string(doing) + "strconv.ParseUint: parsing \"" + std::string(digits) +
                "\": " + (digits.empty() ? "invalid syntax" : "value out of range"));
}

/// Takes identifiers joined by dots off the front of `rest`; empty when it does not begin with one.
std::string_view take_identifiers(std::string_view& rest) {
  std::size_t end = 0;
  while (true) {
    std::size_t next = end == 0 ? 0 : end + 1;
    const std::size_t begin = next;
    while (next < rest.size() && is_identifier(rest[next])) ++next;
    if (next == begin) break;
    end = next;
    if (end >= rest.size() || rest[end] != '.') break;
  }
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(end);
  return taken;
}

std::string_view take_digits(std::string_view& rest) {
  std::size_t end = 0;
  while (end < rest.size() && is_digit(rest[end])) ++end;
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(end);
  return taken;
}

int compare_parts(std::string_view left, std::string_view right) {
  if (left == right) return 0;
  if (left.empty()) return -1;
  if (right.empty()) return 1;
  const auto left_number = read_number(left);
  const auto right_number = read_number(right);
  if (left_number && right_number) return *left_number > *right_number ? 1 : -1;
  if (left_number) return -1;  // numbers come before words
  if (right_number) return 1;
  return left > right ? 1 : -1;
}

/// `version` as its own text would have been written, with the "v" that the first had.
Version rewritten(Version version) {
  const bool had_prefix = version.original.starts_with('v');
  version.original = (had_prefix ? "v" : "") + format_version(version);
  return version;
}

Version released(const Version& version) {
  Version next = version;
  next.prerelease.clear();
  next.metadata.clear();
  return next;
}

}  // namespace

Result<Version> parse_version(std::string_view text) {
  constexpr std::string_view k_invalid = "invalid semantic version";
  Version version;
  version.original = text;
  std::string_view rest = text;
  if (rest.starts_with('v')) rest.remove_prefix(1);
  std::array<std::string_view, 3> segments{take_digits(rest)};
  if (segments[0].empty()) return refuse(k_invalid);
  for (std::size_t i = 1; i < segments.size() && rest.starts_with('.'); ++i) {
    rest.remove_prefix(1);
    segments[i] = take_digits(rest);
    if (segments[i].empty()) return refuse(k_invalid);
  }
  for (auto [mark, part] : {std::pair{'-', &version.prerelease}, std::pair{'+', &version.metadata}}) {
    if (!rest.starts_with(mark)) continue;
    rest.remove_prefix(1);
    *part = take_identifiers(rest);
    if (part->empty()) return refuse(k_invalid);
  }
  if (!rest.empty()) return refuse(k_invalid);
  const std::array<std::uint64_t*, 3> numbers{&version.major, &version.minor, &version.patch};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (segments[i].empty()) continue;
    TRY_ASSIGN(*numbers[i], parse_segment(segments[i], "error parsing version segment: "));
  }
  if (!version.prerelease.empty()) TRY(check_prerelease(version.prerelease));
  return version;
}

Result<Version> parse_strict_version(std::string_view text) {
  if (text.empty()) return refuse("version string empty");
  const std::size_t first = text.find('.');
  const std::size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos) return refuse("invalid semantic version");
  std::array<std::string_view, 3> segments{text.substr(0, first), text.substr(first + 1, second - first - 1),
                                           text.substr(second + 1)};
  Version version;
  version.original = text;
  if (const std::size_t plus = segments[2].find('+'); plus != std::string_view::npos) {
    version.metadata = segments[2].substr(plus + 1);
    segments[2] = segments[2].substr(0, plus);
    TRY(check_metadata(version.metadata));
  }
  if (const std::size_t hyphen = segments[2].find('-'); hyphen != std::string_view::npos) {
    version.prerelease = segments[2].substr(hyphen + 1);
    segments[2] = segments[2].substr(0, hyphen);
    TRY(check_prerelease(version.prerelease));
  }
  for (const std::string_view segment : segments) {
    if (!is_number(segment)) return refuse("invalid characters in version");
    if (segment.size() > 1 && segment.front() == '0') return refuse(k_zero_first);
  }
  TRY_ASSIGN(version.major, parse_segment(segments[0], ""));
  TRY_ASSIGN(version.minor, parse_segment(segments[1], ""));
  TRY_ASSIGN(version.patch, parse_segment(segments[2], ""));
  return version;
}

std::string format_version(const Version& version) {
  std::string text =
      std::to_string(version.major) + '.' + std::to_string(version.minor) + '.' + std::to_string(version.patch);
  if (!version.prerelease.empty()) text += '-' + version.prerelease;
  if (!version.metadata.empty()) text += '+' + version.metadata;
  return text;
}

int compare_prereleases(std::string_view left, std::string_view right) {
  while (true) {
    const std::size_t left_dot = left.find('.');
    const std::size_t right_dot = right.find('.');
    if (const int order = compare_parts(left.substr(0, left_dot), right.substr(0, right_dot))) return order;
    if (left_dot == std::string_view::npos && right_dot == std::string_view::npos) return 0;
    left.remove_prefix(left_dot == std::string_view::npos ? left.size() : left_dot + 1);
    right.remove_prefix(right_dot == std::string_view::npos ? right.size() : right_dot + 1);
  }
}

int compare_versions(const Version& left, const Version& right) {
  const std::array pairs{std::pair{left.major, right.major}, std::pair{left.minor, right.minor},
                         std::pair{left.patch, right.patch}};
  for (const auto& [a, b] : pairs) {
    if (a != b) return a < b ? -1 : 1;
  }
  if (left.prerelease.empty() || right.prerelease.empty()) {
    return static_cast<int>(left.prerelease.empty()) - static_cast<int>(right.prerelease.empty());
  }
  return compare_prereleases(left.prerelease, right.prerelease);
}

Version next_major(const Version& version) {
  Version next = released(version);
  ++next.major;
  next.minor = next.patch = 0;
  return rewritten(std::move(next));
}

Version next_minor(const Version& version) {
  Version next = released(version);
  ++next.minor;
  next.patch = 0;
  return rewritten(std::move(next));
}

Version next_patch(const Version& version) {
  Version next = released(version);
  if (version.prerelease.empty()) ++next.patch;
  return rewritten(std::move(next));
}

Result<Version> with_prerelease(const Version& version, std::string_view prerelease) {
  if (!prerelease.empty()) TRY(check_prerelease(prerelease));
  Version next = version;
  next.prerelease = prerelease;
  return rewritten(std::move(next));
}

Result<Version> with_metadata(const Version& version, std::string_view metadata) {
  if (!metadata.empty()) TRY(check_metadata(metadata));
  Version next = version;
  next.metadata = metadata;
  return rewritten(std::move(next));
}

}  // namespace reconciled::helm
