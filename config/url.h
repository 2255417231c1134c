// The parts of a repository URL that decide who is spoken to. Internal to config/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reconciled::config {

struct Url {
  std::string scheme;  ///< lower case; "ssh" for user@host:path, "https" for oci://, "file" for an absolute folder
  std::string user;
  bool has_password = false;
  std::string host;        ///< lower case, without brackets
  std::string port;        ///< with the scheme's default filled in
  std::string path;        ///< begins with a slash
  bool has_query = false;  ///< or a fragment
};

/// nullopt when the text has none of the forms.
std::optional<Url> parse_url(std::string_view text);

}  // namespace reconciled::config
