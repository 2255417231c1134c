#include "renderers/helm/semver/constraint_rules.h"

namespace reconciled::helm {
namespace {

/// The words of a reason around the constraint, after the version.
struct Reason {
  std::string_view before;
  std::string_view after = {};
};
using Verdict = std::optional<Reason>;
constexpr Verdict k_holds = std::nullopt;

constexpr Reason k_less{" is less than "};
constexpr Reason k_other_major{" does not have same major version as "};
constexpr Reason k_other_minor{" does not have same minor version as "};

Verdict holds_if(bool holds, Reason reason) {
  return holds ? k_holds : Verdict(reason);
}

Verdict judge_not_equal(const Version& version, const Constraint& constraint) {
  constexpr Reason k_equal{" is equal to "};
  const Version& bound = constraint.version;
  if (constraint.open == OpenFrom::none) return holds_if(compare_versions(version, bound) != 0, k_equal);
  if (bound.major != version.major) return k_holds;
  if (constraint.open == OpenFrom::minor) return k_equal;
  if (bound.minor != version.minor) return k_holds;
  if (constraint.open == OpenFrom::patch) {
    return holds_if(compare_prereleases(version.prerelease, bound.prerelease) != 0, k_equal);
  }
  return holds_if(bound.patch != version.patch || compare_versions(version, bound) != 0, k_equal);
}

Verdict judge_greater(const Version& version, const Constraint& constraint) {
  const Version& bound = constraint.version;
  bool holds = compare_versions(version, bound) > 0;
  if (constraint.open != OpenFrom::none && version.major != bound.major) {
    holds = version.major > bound.major;
  } else if (constraint.open == OpenFrom::minor) {
    holds = false;  // 11.1 is not above 11: 12 is
  } else if (constraint.open == OpenFrom::patch) {
    holds = version.minor > bound.minor;
  }
  return holds_if(holds, {" is less than or equal to "});
}

Verdict judge_less_or_equal(const Version& version, const Constraint& constraint) {
  const Version& bound = constraint.version;
  bool holds = compare_versions(version, bound) <= 0;
  if (constraint.open != OpenFrom::none) {
    holds = version.major < bound.major ||
            (version.major == bound.major && (version.minor <= bound.minor || constraint.open == OpenFrom::minor));
  }
  return holds_if(holds, {" is greater than "});
}

Verdict judge_tilde(const Version& version, const Constraint& constraint) {
  const Version& bound = constraint.version;
  const bool open_below_major = constraint.open == OpenFrom::minor || constraint.open == OpenFrom::patch;
  if (compare_versions(version, bound) < 0) return k_less;
  // ~0.0.0 and * take everything from there on.
  if (bound.major == 0 && bound.minor == 0 && bound.patch == 0 && !open_below_major) return k_holds;
  if (version.major != bound.major) return k_other_major;
  return holds_if(version.minor == bound.minor || constraint.open == OpenFrom::minor,
                  {" does not have same major and minor version as "});
}

/// Nothing may change from the leftmost part of the bound that is not zero upwards.
Verdict judge_caret(const Version& version, const Constraint& constraint) {
  const Version& bound = constraint.version;
  if (compare_versions(version, bound) < 0) return k_less;
  if (bound.major > 0 || constraint.open == OpenFrom::minor) {
    return holds_if(version.major == bound.major, k_other_major);
  }
  if (version.major > 0) return k_other_major;
  if (bound.minor > 0 || constraint.open == OpenFrom::patch) {
    return holds_if(version.minor == bound.minor,
                    {k_other_minor.before, ". Expected minor versions to match when constraint major version is 0"});
  }
  if (version.minor > 0) return k_other_minor;
  return holds_if(version.patch == bound.patch,
                  {" does not equal ", ". Expect version and constraint to equal when major and minor versions are 0"});
}

Verdict judge(const Version& version, const Constraint& constraint) {
  switch (constraint.op) {
    case ConstraintOperator::tilde_or_equal:
      if (constraint.open != OpenFrom::none) return judge_tilde(version, constraint);
      return holds_if(compare_versions(version, constraint.version) == 0, {" is not equal to "});
    case ConstraintOperator::not_equal: return judge_not_equal(version, constraint);
    case ConstraintOperator::greater: return judge_greater(version, constraint);
    case ConstraintOperator::less:
      return holds_if(compare_versions(version, constraint.version) < 0, {" is greater than or equal to "});
    case ConstraintOperator::greater_or_equal:
      return holds_if(compare_versions(version, constraint.version) >= 0, k_less);
    case ConstraintOperator::less_or_equal: return judge_less_or_equal(version, constraint);
    case ConstraintOperator::tilde: return judge_tilde(version, constraint);
    case ConstraintOperator::caret: return judge_caret(version, constraint);
  }
  return k_holds;
}

}  // namespace

std::string prerelease_reason(const Version& version) {
  return format_version(version) + " is a prerelease version and the constraint is only looking for release versions";
}

std::optional<std::string> judge_constraint(const Version& version, const Constraint& constraint,
                                            bool with_prereleases) {
  if (!version.prerelease.empty() && !with_prereleases) return prerelease_reason(version);
  const Verdict verdict = judge(version, constraint);
  if (!verdict) return std::nullopt;
  return format_version(version) + std::string(verdict->before) + constraint.written + std::string(verdict->after);
}

}  // namespace reconciled::helm
