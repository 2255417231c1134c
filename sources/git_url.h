// Where a repository is: the URLs that are understood, and nothing else.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace reconciled {

struct GitUrl {
  enum class Scheme : std::uint8_t { https, http, ssh, file };
  Scheme scheme = Scheme::https;
  std::string user{};      ///< of ssh only
  std::string host{};      ///< lower case; IPv6 without brackets; empty for file
  std::uint16_t port = 0;  ///< 0: the scheme's own
  std::string path{};      ///< with a leading slash, except for "host:path" of ssh, which starts at the user's home
  bool operator==(const GitUrl&) const = default;
};

/// Reads https://, http://, ssh://, user@host:path, file:// or an absolute folder. Refuses passwords and user names in
/// http URLs (credentials belong in the settings), "..", queries, control characters and whatever a program could
/// mistake for an option. Errors are ErrorKind::config and never show user-info.
Result<GitUrl> parse_git_url(std::string_view text);
/// The same where the path may be empty or end in a slash: "https://git.example.com/".
Result<GitUrl> parse_git_url_prefix(std::string_view text);

/// In one spelling, so that equal repositories have equal texts.
std::string format_git_url(const GitUrl& url);
/// Whether `prefix` has the same scheme, host and port (and user, if it names one) and its path is `url`'s path or a
/// folder above it.
bool covers(const GitUrl& prefix, const GitUrl& url);
/// Whether the host is this machine by its name or literal address.
bool is_loopback(const GitUrl& url);
/// A folder name that is readable, safe and different for different repositories.
std::string mirror_name(const GitUrl& url);

}  // namespace reconciled
