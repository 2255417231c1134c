// The URL of an API server, taken apart.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace reconciled {

struct ServerUrl {
  std::string scheme;  ///< "https", "http" or empty
  std::string host;    ///< without brackets
  std::string port;    ///< empty: the scheme's
  std::string path;    ///< "/prefix" without a trailing slash, or empty
  bool operator==(const ServerUrl&) const = default;
};

/// Refuses user-info, queries, fragments, control characters and schemes other than http and https; the message never
/// repeats the text, which might hold a password.
Result<ServerUrl> parse_server_url(std::string_view text);
std::string format_server_url(const ServerUrl& url);

/// http, https, socks5 or socks5h with a host.
bool is_proxy_url(std::string_view text);

}  // namespace reconciled
