#include "kube/server_url.h"

#include <algorithm>

namespace reconciled {

namespace {

bool is_port(std::string_view text) {
  if (text.empty() || text.size() > 5) return false;
  unsigned number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  return number >= 1 && number <= 65535;
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

/// Splits "host:port", "[::1]:port" and "host"; false when it is none of them.
bool split_authority(std::string_view authority, ServerUrl& url) {
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return false;
    url.host = authority.substr(1, close - 1);
    const auto is_address = [](char c) {
      return std::string_view("0123456789abcdefABCDEF:.%").find(c) != std::string_view::npos;
    };
    if (url.host.empty() || !std::ranges::all_of(url.host, is_address)) return false;
    authority.remove_prefix(close + 1);
    if (authority.empty()) return true;
    if (!authority.starts_with(':')) return false;
    url.port = authority.substr(1);
    return is_port(url.port);
  }
  const std::size_t colon = authority.find(':');
  url.host = authority.substr(0, colon);
  if (url.host.empty() || !std::ranges::all_of(url.host, is_host_character)) return false;
  if (colon == std::string_view::npos) return true;
  url.port = authority.substr(colon + 1);
  return is_port(url.port);
}

tl::unexpected<Error> refuse(const char* why) {
  return fail(ErrorKind::config, why);
}

}  // namespace

Result<ServerUrl> parse_server_url(std::string_view text) {
  ServerUrl url;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f) return refuse("it holds a space or control character");
  }
  if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) {
    url.scheme = text.substr(0, scheme);
    std::ranges::transform(url.scheme, url.scheme.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (url.scheme != "https" && url.scheme != "http") return refuse("its scheme is neither https nor http");
    text.remove_prefix(scheme + 3);
  }
  const std::size_t slash = std::min(text.find('/'), text.size());
  const std::string_view authority = text.substr(0, slash);
  if (authority.find('@') != std::string_view::npos) return refuse("it holds a user name or password");
  if (text.find_first_of("?#") != std::string_view::npos) return refuse("it has a query or fragment");
  if (!split_authority(authority, url)) return refuse("its host or port is wrong");
  url.path = text.substr(slash);
  while (url.path.ends_with('/')) url.path.pop_back();
  return url;
}

std::string format_server_url(const ServerUrl& url) {
  std::string text = url.scheme.empty() ? "" : url.scheme + "://";
  text += url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
  if (!url.port.empty()) text += ":" + url.port;
  return text + url.path;
}

bool is_proxy_url(std::string_view text) {
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) return false;
  const std::string_view name = text.substr(0, scheme);
  if (name != "http" && name != "https" && name != "socks5" && name != "socks5h") return false;
  std::string_view rest = text.substr(scheme + 3);
  rest = rest.substr(0, rest.find('/'));
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) rest.remove_prefix(at + 1);
  ServerUrl url;
  return split_authority(rest, url);
}

}  // namespace reconciled
