// Whether a push that a server tells of concerns a repository that we look at.
#pragma once

#include "ports/source.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

/// What a delivery says was pushed; a hint, never a fact.
struct PushNotice {
  std::vector<std::string> urls;  ///< every URL that the payload gives for the repository
  std::string ref;                ///< "refs/heads/main", or a bare name; empty: anything may have moved
  std::string revision;           ///< the new commit; may be empty
  std::string default_branch;     ///< of the repository; may be empty
  bool operator==(const PushNotice&) const = default;
};

/// A repository's URL without what differs between the ways to reach it: "git.example.com/team/fleet", or "/folder" of
/// this machine. Scheme, user-info, ".git", slashes at the end and letter case do not count; a port only when it is
/// not its scheme's own ("git.example.com:8443/team/fleet"), and never for ssh, whose port says nothing of the web's.
/// nullopt when the text is no URL of a repository or longer than 2,048 bytes.
std::optional<std::string> repository_key(std::string_view url);

/// Whether both URLs may name one repository: equal keys, or equal but for the port when one of them is ssh.
bool same_repository(std::string_view a, std::string_view b);

/// Whether a push to `pushed` may move `configured` (as SourceRef::ref). A commit never moves.
bool ref_concerns(std::string_view configured, const PushNotice& push);

/// Both of the above.
bool concerns(const PushNotice& push, const SourceRef& source);

}  // namespace reconciled
