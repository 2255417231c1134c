#include "renderers/helm/semver/constraint.h"

#include "renderers/helm/semver/constraint_rules.h"

#include <array>
#include <optional>
#include <utility>

namespace reconciled::helm {
namespace {

constexpr std::size_t k_longest = 8 << 10;

struct OperatorRow {
  std::string_view text;
  ConstraintOperator op;
};
/// The longer ones first.
constexpr std::array k_operators{
    OperatorRow{"!=", ConstraintOperator::not_equal},
    OperatorRow{">=", ConstraintOperator::greater_or_equal},
    OperatorRow{"=>", ConstraintOperator::greater_or_equal},
    OperatorRow{"<=", ConstraintOperator::less_or_equal},
    OperatorRow{"=<", ConstraintOperator::less_or_equal},
    OperatorRow{"~>", ConstraintOperator::tilde},
    OperatorRow{">", ConstraintOperator::greater},
    OperatorRow{"<", ConstraintOperator::less},
    OperatorRow{"~", ConstraintOperator::tilde},
    OperatorRow{"^", ConstraintOperator::caret},
    OperatorRow{"=", ConstraintOperator::tilde_or_equal},
    OperatorRow{"", ConstraintOperator::tilde_or_equal},
};

constexpr bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}
constexpr bool is_segment(char c) {
  return (c >= '0' && c <= '9') || c == 'x' || c == 'X' || c == '*' || c == '|';
}
constexpr bool is_identifier(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}
bool is_wildcard(std::string_view segment) {
  return segment.empty() || segment == "x" || segment == "X" || segment == "*";
}

/// Takes characters of a kind off the front.
template <class Is>
std::string_view take(std::string_view& rest, Is is) {
  std::size_t end = 0;
  while (end < rest.size() && is(rest[end])) ++end;
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(end);
  return taken;
}

/// A version of a constraint, in its parts. Absent ones are empty.
struct Pattern {
  std::string_view text;
  std::array<std::string_view, 3> segments;
  std::string_view prerelease;  ///< with its hyphen
};

/// Identifiers joined by dots behind `mark`, with it; empty when there are none.
std::string_view take_marked(std::string_view& rest, char mark) {
  if (rest.size() < 2 || rest.front() != mark || !is_identifier(rest[1])) return {};
  const std::string_view begin = rest;
  rest.remove_prefix(1);
  take(rest, is_identifier);
  while (rest.size() > 1 && rest.front() == '.' && is_identifier(rest[1])) {
    rest.remove_prefix(1);
    take(rest, is_identifier);
  }
  return begin.substr(0, begin.size() - rest.size());
}

/// The longest pattern that `rest` begins with.
std::optional<Pattern> take_pattern(std::string_view& rest) {
  const std::string_view begin = rest;
  std::string_view left = rest;
  if (left.starts_with('v')) left.remove_prefix(1);
  Pattern pattern;
  pattern.segments[0] = take(left, is_segment);
  if (pattern.segments[0].empty()) return std::nullopt;
  for (std::size_t i = 1; i < 3 && left.size() > 1 && left.front() == '.' && is_segment(left[1]); ++i) {
    left.remove_prefix(1);
    pattern.segments[i] = take(left, is_segment);
  }
  pattern.prerelease = take_marked(left, '-');
  take_marked(left, '+');
  pattern.text = begin.substr(0, begin.size() - left.size());
  rest = left;
  return pattern;
}

struct HyphenRange {
  std::string_view whole;
  std::string_view low;
  std::string_view high;
};

/// A range "1.2 - 3" at the front of `rest`, with the spaces around it.
std::optional<HyphenRange> take_hyphen_range(std::string_view& rest) {
  std::string_view left = rest;
  take(left, is_space);
  const auto low = take_pattern(left);
  if (!low || take(left, is_space).empty() || !left.starts_with('-')) return std::nullopt;
  left.remove_prefix(1);
  if (take(left, is_space).empty()) return std::nullopt;
  const auto high = take_pattern(left);
  if (!high) return std::nullopt;
  take(left, is_space);
  const HyphenRange range{rest.substr(0, rest.size() - left.size()), low->text, high->text};
  rest = left;
  return range;
}

/// Ranges as two comparisons. As in the original, each takes the place of the first text that is equal to it.
std::string without_hyphen_ranges(std::string_view text) {
  std::string rewritten(text);
  if (text.find('-') == std::string_view::npos) return rewritten;
  for (std::string_view rest = text; !rest.empty();) {
    const auto range = take_hyphen_range(rest);
    if (!range) {
      rest.remove_prefix(1);
      continue;
    }
    const std::string comparisons = ">= " + std::string(range->low) + ", <= " + std::string(range->high) + ' ';
    if (const std::size_t at = rewritten.find(range->whole); at != std::string::npos) {
      rewritten.replace(at, range->whole.size(), comparisons);
    }
  }
  return rewritten;
}

Result<Constraint> make_constraint(ConstraintOperator op, const Pattern& pattern) {
  const auto& segments = pattern.segments;
  Constraint constraint;
  constraint.op = op;
  constraint.written = pattern.text;
  std::string version(pattern.text);
  if (is_wildcard(segments[0])) {
    constraint.open = OpenFrom::major;
    version = "0.0.0";
  } else if (is_wildcard(segments[1])) {
    constraint.open = OpenFrom::minor;
    version = std::string(segments[0]) + ".0.0";
  } else if (is_wildcard(segments[2])) {
    constraint.open = OpenFrom::patch;
    version = std::string(segments[0]) + '.' + std::string(segments[1]) + ".0";
  }
  if (constraint.open != OpenFrom::none) version += pattern.prerelease;
  auto parsed = parse_version(version);
  if (!parsed) return fail(ErrorKind::render, "constraint parser error");
  constraint.version = std::move(*parsed);
  return constraint;
}

struct Comparison {
  ConstraintOperator op;
  Pattern pattern;
};

/// Comparisons between spaces or commas; nothing when the text is anything else.
std::optional<std::vector<Comparison>> split_comparisons(std::string_view text) {
  std::vector<Comparison> comparisons;
  take(text, is_space);
  while (true) {
    ConstraintOperator op = ConstraintOperator::tilde_or_equal;
    for (const OperatorRow& row : k_operators) {
      if (!text.starts_with(row.text)) continue;
      op = row.op;
      text.remove_prefix(row.text.size());
      break;
    }
    take(text, is_space);
    const auto pattern = take_pattern(text);
    if (!pattern) return std::nullopt;
    comparisons.push_back({op, *pattern});
    bool apart = !take(text, is_space).empty();
    if (text.empty()) return comparisons;
    if (text.starts_with(',')) {
      text.remove_prefix(1);
      take(text, is_space);
      apart = true;
    }
    if (!apart) return std::nullopt;
  }
}

Result<ConstraintGroup> parse_group(std::string_view text) {
  const auto comparisons = split_comparisons(text);
  if (!comparisons) return fail(ErrorKind::render, "improper constraint: " + std::string(text));
  ConstraintGroup group;
  for (const auto& [op, pattern] : *comparisons) {
    TRY_ASSIGN(Constraint constraint, make_constraint(op, pattern));
    group.with_prereleases = group.with_prereleases || !constraint.version.prerelease.empty();
    group.all.push_back(std::move(constraint));
  }
  return group;
}

}  // namespace

Result<Constraints> parse_constraints(std::string_view text) {
  if (text.size() > k_longest) {
    return fail(ErrorKind::limit, "a version constraint of " + std::to_string(text.size()) + " bytes is longer than " +
                                      std::to_string(k_longest));
  }
  const std::string rewritten = without_hyphen_ranges(text);
  Constraints constraints;
  std::string_view rest = rewritten;
  while (true) {
    const std::size_t bars = rest.find("||");
    TRY_ASSIGN(ConstraintGroup group, parse_group(rest.substr(0, bars)));
    constraints.any.push_back(std::move(group));
    if (bars == std::string_view::npos) return constraints;
    rest.remove_prefix(bars + 2);
  }
}

bool satisfies(const Version& version, const Constraints& constraints) {
  for (const ConstraintGroup& group : constraints.any) {
    bool all = true;
    for (const Constraint& constraint : group.all) {
      all = all && !judge_constraint(version, constraint, group.with_prereleases);
    }
    if (all) return true;
  }
  return false;
}

std::vector<std::string> unsatisfied_reasons(const Version& version, const Constraints& constraints) {
  std::vector<std::string> reasons;
  bool told_of_prerelease = false;
  for (const ConstraintGroup& group : constraints.any) {
    bool all = true;
    for (const Constraint& constraint : group.all) {
      auto reason = judge_constraint(version, constraint, group.with_prereleases);
      if (!reason) continue;
      all = false;
      const bool of_prerelease = !version.prerelease.empty() && !group.with_prereleases;
      if (of_prerelease && std::exchange(told_of_prerelease, true)) continue;
      reasons.push_back(std::move(*reason));
    }
    if (all) return {};
  }
  return reasons;
}

}  // namespace reconciled::helm
