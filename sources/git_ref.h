// What a person may write for a ref: names and full commit ids, no expressions.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

struct RefName {
  enum class Kind : std::uint8_t { default_branch, commit, full, brief };
  Kind kind = Kind::default_branch;
  std::string text{};  ///< commit: 40 lower-case digits; full: begins with "refs/"; brief: a branch or tag; else empty
  bool operator==(const RefName&) const = default;
};

/// Empty and "HEAD" are the default branch. Git's rules for names hold (git check-ref-format); "-x", "a..b", "a^{}",
/// "a~1" and "@{u}" are ErrorKind::source_missing with the rule that they break.
Result<RefName> parse_ref(std::string_view text);

/// What a repository says a ref is.
struct RemoteRef {
  std::string name{};           ///< "HEAD" or "refs/..."
  std::string id{};             ///< of a commit or of a tag object
  std::string peeled{};         ///< what the tag object leads to; empty when `id` is no tag object
  std::string symref_target{};  ///< of HEAD, where the repository tells
  [[nodiscard]] const std::string& target() const { return peeled.empty() ? id : peeled; }
  bool operator==(const RemoteRef&) const = default;
};

/// The names that a ref may stand for in a repository: what to ask for.
std::vector<std::string> names_of(const RefName& ref);
/// The one that is meant. A branch and a tag of one name that differ are an error; so is an absent ref
/// (ErrorKind::source_missing, with the nearest of `refs`). Not for commits.
Result<RemoteRef> choose_ref(const RefName& ref, const std::vector<RemoteRef>& refs);

/// Whether a server may name a ref so; what it names otherwise is left out of every list.
bool is_ref_name(std::string_view name);
/// 40 lower-case hexadecimal digits.
bool is_object_id(std::string_view text);

}  // namespace reconciled
