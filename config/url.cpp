#include "config/url.h"

#include <algorithm>

namespace reconciled::config {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= 253 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == ':';
  });
}

bool is_port(std::string_view text) {
  if (text.empty() || text.size() > 5 || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }))
    return false;
  const int number = std::stoi(std::string(text));
  return number > 0 && number < 65536;
}

std::string_view default_port(std::string_view scheme) {
  if (scheme == "https") return "443";
  if (scheme == "http") return "80";
  if (scheme == "ssh") return "22";
  return "";
}

/// user[:password]@host[:port], host possibly in brackets.
bool read_authority(std::string_view text, Url& url) {
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    const auto user_info = text.substr(0, at);
    const auto colon = user_info.find(':');
    url.user = user_info.substr(0, colon);
    url.has_password = colon != std::string_view::npos;
    text.remove_prefix(at + 1);
  }
  std::string_view port;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return false;
    const auto rest = text.substr(close + 1);
    if (!rest.empty() && rest.front() != ':') return false;
    url.host = lower(text.substr(1, close - 1));
    if (!rest.empty()) port = rest.substr(1);
    if (!rest.empty() && !is_port(port)) return false;
  } else {
    const auto colon = text.find(':');
    url.host = lower(text.substr(0, colon));
    if (colon != std::string_view::npos) {
      port = text.substr(colon + 1);
      if (!is_port(port)) return false;
    }
  }
  if (port.empty()) port = default_port(url.scheme);
  url.port = port;
  return is_host(url.host);
}

}  // namespace

std::optional<Url> parse_url(std::string_view text) {
  if (text.empty() || text.size() > 2048) return std::nullopt;
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f || c == '\\'; }))
    return std::nullopt;
  Url url;
  if (text.front() == '/') {
    url.scheme = "file";
    url.path = text;
    return url;
  }
  const auto mark = text.find("://");
  if (mark == std::string_view::npos) {  // user@host:path
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || colon + 1 == text.size() ||
        text.substr(0, colon).find('@') == std::string_view::npos ||
        text.substr(0, colon).find('/') != std::string_view::npos)
      return std::nullopt;
    url.scheme = "ssh";
    if (!read_authority(text.substr(0, colon), url)) return std::nullopt;
    const auto path = text.substr(colon + 1);
    url.path = path.front() == '/' ? std::string(path) : "/" + std::string(path);
    return url;
  }
  url.scheme = lower(text.substr(0, mark));
  if (url.scheme == "oci") url.scheme = "https";  // what a registry speaks
  text.remove_prefix(mark + 3);
  url.has_query = text.find_first_of("?#") != std::string_view::npos;
  const auto slash = text.find('/');
  url.path = slash == std::string_view::npos ? "/" : text.substr(slash);
  const auto authority = text.substr(0, slash);
  if (url.scheme == "file") {
    url.path = slash == std::string_view::npos ? "" : std::string(text.substr(slash));
    return authority.empty() && !url.path.empty() ? std::optional(url) : std::nullopt;
  }
  if (url.scheme.empty() || !read_authority(authority, url)) return std::nullopt;
  return url;
}

}  // namespace reconciled::config
