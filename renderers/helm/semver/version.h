// Semantic versions as Masterminds/semver 3.4 reads and orders them: what Chart.yaml, dependencies and templates mean.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace reconciled::helm {

struct Version {
  std::uint64_t major = 0;
  std::uint64_t minor = 0;
  std::uint64_t patch = 0;
  std::string prerelease{};  ///< without its hyphen
  std::string metadata{};    ///< without its plus
  std::string original{};    ///< as it was written, perhaps with a "v"
  bool operator==(const Version&) const = default;
};

/// Tolerant: "v1", "1.2", "01.2.3" are versions. Messages are Go's.
Result<Version> parse_version(std::string_view text);
/// Three numbers without leading zeros, and no "v".
Result<Version> parse_strict_version(std::string_view text);

/// "1.2.3-rc.1+build", without a "v".
std::string format_version(const Version& version);

/// Negative, 0 or positive. A prerelease is lower than its release; metadata does not count.
int compare_versions(const Version& left, const Version& right);
int compare_prereleases(std::string_view left, std::string_view right);

/// The version after this one. The next patch of a prerelease is its release.
Version next_major(const Version& version);
Version next_minor(const Version& version);
Version next_patch(const Version& version);
Result<Version> with_prerelease(const Version& version, std::string_view prerelease);
Result<Version> with_metadata(const Version& version, std::string_view metadata);

}  // namespace reconciled::helm
