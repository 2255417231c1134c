// URLs as Go's net/url reads and writes them.
#pragma once

#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace reconciled::helm {

/// Without its escapes.
struct UrlUser {
  std::string name{};
  std::optional<std::string> password{};
};

struct GoUrl {
  std::string scheme{};
  std::string opaque{};  ///< what stands behind the scheme where no slash follows
  std::optional<UrlUser> user{};
  std::string host{};  ///< with the port
  std::string path{};  ///< without its escapes
  std::string query{};
  std::string fragment{};  ///< without its escapes

  [[nodiscard]] std::string hostname() const;  ///< without port and brackets
};

/// Messages are Go's: `parse "http://a b/": invalid character " " in host name`.
Result<GoUrl> parse_go_url(std::string_view text);
std::string format_go_url(const GoUrl& url);
std::string format_url_user(const UrlUser& user);

}  // namespace reconciled::helm
