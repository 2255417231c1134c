// Ranges of versions as Masterminds/semver 3.4 reads them: ">=1.2 <3 || ^4.1", "1.2 - 2.x", "~1.2.3-0".
#pragma once

#include "renderers/helm/semver/version.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::helm {

enum class ConstraintOperator : std::uint8_t {
  tilde_or_equal,  ///< "=" and none: the version itself, or with a missing part what "~" means
  not_equal,
  greater,
  less,
  greater_or_equal,  ///< also "=>"
  less_or_equal,     ///< also "=<"
  tilde,             ///< also "~>"
  caret,
};

/// From which part on a constraint leaves the version open: "1.2.3" none, "1.2" and "1.2.x" patch, "1" minor, "*" all.
enum class OpenFrom : std::uint8_t { none, patch, minor, major };

struct Constraint {
  ConstraintOperator op = ConstraintOperator::tilde_or_equal;
  Version version{};  ///< zero for open parts
  OpenFrom open = OpenFrom::none;
  std::string written{};  ///< its version as it was written, for messages
  bool operator==(const Constraint&) const = default;
};

/// Constraints that must all hold.
struct ConstraintGroup {
  std::vector<Constraint> all{};
  bool with_prereleases = false;  ///< one of them names a prerelease; else prereleases never satisfy the group
  bool operator==(const ConstraintGroup&) const = default;
};

/// Groups of which one must hold.
struct Constraints {
  std::vector<ConstraintGroup> any{};
  bool operator==(const Constraints&) const = default;
};

/// Texts above 8 KiB are refused. Other messages are Go's.
Result<Constraints> parse_constraints(std::string_view text);

bool satisfies(const Version& version, const Constraints& constraints);

/// Why no group holds, in Go's words; empty when one does.
std::vector<std::string> unsatisfied_reasons(const Version& version, const Constraints& constraints);

}  // namespace reconciled::helm
