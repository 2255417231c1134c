// What each operator of a constraint means.
#pragma once

#include "renderers/helm/semver/constraint.h"

#include <optional>
#include <string>

namespace reconciled::helm {

/// Nothing when the version satisfies the constraint, else why not, in Go's words.
std::optional<std::string> judge_constraint(const Version& version, const Constraint& constraint,
                                            bool with_prereleases);

/// What is said of a prerelease where only releases are looked for.
std::string prerelease_reason(const Version& version);

}  // namespace reconciled::helm
