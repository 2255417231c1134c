#include "sources/git_url.h"

#include "base/digest.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

namespace reconciled {
namespace {

constexpr std::size_t k_max_url_bytes = 2048;

struct SchemeName {
  std::string_view text;
  GitUrl::Scheme scheme;
};
constexpr std::array k_schemes{SchemeName{"https://", GitUrl::Scheme::https},
                               SchemeName{"http://", GitUrl::Scheme::http}, SchemeName{"ssh://", GitUrl::Scheme::ssh},
                               SchemeName{"file://", GitUrl::Scheme::file}};

enum class PathRule : bool { required, may_be_empty };

/// The text without what stands before '@', for messages.
std::string shown(std::string_view text) {
  std::string result(text.substr(0, 200));
  const std::size_t begin = result.find("://");
  if (begin != std::string::npos) {
    const std::size_t end = std::min(result.find('/', begin + 3), result.size());
    const std::size_t at = result.rfind('@', end);
    if (at != std::string::npos && at > begin) result.erase(begin + 3, at - begin - 2);
  } else if (const std::size_t at = result.rfind('@'); at != std::string::npos && result.find(':') < at) {
    result.erase(0, at + 1);
  }
  std::ranges::replace_if(result, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return result;
}

tl::unexpected<Error> refuse(std::string_view text, std::string_view why, std::string hint = {}) {
  return fail(ErrorKind::config, "the repository URL \"" + shown(text) + "\" " + std::string(why), {}, std::move(hint));
}

bool is_name_byte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_';
}

bool is_host(std::string_view host) {
  if (host.empty() || host.size() > 253 || host.front() == '-' || host.front() == '.') return false;
  return std::ranges::all_of(host, is_name_byte);
}
bool is_ipv6(std::string_view host) {
  return host.size() >= 2 && host.size() <= 45 && host.find(':') != std::string_view::npos &&
         std::ranges::all_of(
             host, [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0 || c == ':' || c == '.'; });
}
bool is_user(std::string_view user) {
  return !user.empty() && user.size() <= 64 && user.front() != '-' && std::ranges::all_of(user, is_name_byte);
}

/// Why a path is not one we ask a server for, or empty.
std::string_view path_fault(std::string_view path, GitUrl::Scheme scheme) {
  for (const char c : path) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return "has a control character in its path";
    const bool remote = scheme != GitUrl::Scheme::file;
    if (remote && (c == '?' || c == '#')) return "has a query or fragment";
    if (remote && (c == ' ' || c == '\\')) return "has a space or backslash in its path";
    if (c == '%' && scheme == GitUrl::Scheme::ssh) return "has a '%' in its path: write the character itself";
  }
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    if (path.substr(begin, end - begin) == "..") return "goes up by \"..\"";
    begin = end + 1;
  }
  if (path.starts_with('-') || path.starts_with("/-")) return "has a path that begins with '-'";
  return {};
}

std::string without_end(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

Result<GitUrl> read_folder(std::string_view text, std::string_view path) {
  if (!path.starts_with('/')) return refuse(text, "names no absolute folder", "write file:///folder or /folder");
  if (const auto fault = path_fault(path, GitUrl::Scheme::file); !fault.empty()) return refuse(text, fault);
  return GitUrl{.scheme = GitUrl::Scheme::file, .path = without_end(std::string(path))};
}

/// "[user@]host[:port]" into `url`.
Status read_authority(std::string_view text, std::string_view authority, GitUrl& url) {
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    const std::string_view user = authority.substr(0, at);
    if (url.scheme != GitUrl::Scheme::ssh || user.find(':') != std::string_view::npos) {
      return refuse(text, "holds a user name or password", "put credentials into the settings, by URL prefix");
    }
    if (!is_user(user)) return refuse(text, "has a user name that is not allowed");
    url.user = user;
    authority.remove_prefix(at + 1);
  }
  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos || !is_ipv6(authority.substr(1, end - 1)))
      return refuse(text, "has no valid host");
    url.host = authority.substr(1, end - 1);
    authority.remove_prefix(end + 1);
    if (!authority.empty() && authority.front() != ':') return refuse(text, "has no valid host");
    port = authority.empty() ? authority : authority.substr(1);
  } else {
    const std::size_t colon = authority.find(':');
    url.host = authority.substr(0, colon);
    if (!is_host(url.host)) return refuse(text, "has no valid host");
    if (colon != std::string_view::npos) port = authority.substr(colon + 1);
  }
  std::ranges::transform(url.host, url.host.begin(),
                         [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  if (port.empty()) return {};
  const auto [end, code] = std::from_chars(port.data(), port.data() + port.size(), url.port);
  if (code != std::errc{} || end != port.data() + port.size() || url.port == 0)
    return refuse(text, "has no valid port");
  const std::uint16_t usual = url.scheme == GitUrl::Scheme::https ? 443 : url.scheme == GitUrl::Scheme::http ? 80 : 22;
  if (url.port == usual) url.port = 0;
  return {};
}

/// "[user@]host:path" of ssh.
Result<GitUrl> read_scp_form(std::string_view text, PathRule rule) {
  const std::size_t colon = text.find(':');
  const std::size_t slash = text.find('/');
  if (colon == std::string_view::npos || slash < colon) {
    return refuse(text, "is none that is understood",
                  "write https://, ssh://, user@host:path, file:// or an absolute folder");
  }
  GitUrl url{.scheme = GitUrl::Scheme::ssh};
  TRY(read_authority(text, text.substr(0, colon), url));
  url.path = text.substr(colon + 1);
  if (url.path.find('@') != std::string::npos) {
    return refuse(text, "has an '@' after its host", "put passwords into the settings, by URL prefix");
  }
  if (url.path.starts_with(':')) return refuse(text, "names a helper program", "write https:// or ssh://");
  if (const auto fault = path_fault(url.path, url.scheme); !fault.empty()) return refuse(text, fault);
  if ((url.path.empty() || url.path == "/") && rule == PathRule::required) return refuse(text, "has no path");
  url.path = without_end(url.path);
  return url;
}

Result<GitUrl> read_url(std::string_view text, PathRule rule) {
  if (text.empty()) return fail(ErrorKind::config, "a repository URL is empty");
  if (text.size() > k_max_url_bytes) return fail(ErrorKind::config, "a repository URL is longer than 2048 bytes");
  if (text.starts_with('/')) return read_folder(text, text);
  const auto scheme =
      std::ranges::find_if(k_schemes, [&](const SchemeName& name) { return text.starts_with(name.text); });
  if (scheme == k_schemes.end()) {
    if (text.find("://") == std::string_view::npos) return read_scp_form(text, rule);
    return refuse(text, "has a scheme that is not understood", "write https://, ssh:// or file://");
  }
  const std::string_view rest = text.substr(scheme->text.size());
  if (scheme->scheme == GitUrl::Scheme::file) return read_folder(text, rest);
  GitUrl url{.scheme = scheme->scheme};
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  TRY(read_authority(text, rest.substr(0, slash), url));
  url.path = rest.substr(slash);
  if (const auto fault = path_fault(url.path, url.scheme); !fault.empty()) return refuse(text, fault);
  url.path = without_end(url.path);
  if (rule == PathRule::required && url.path.size() < 2) return refuse(text, "has no path");
  return url;
}

}  // namespace

Result<GitUrl> parse_git_url(std::string_view text) {
  return read_url(text, PathRule::required);
}
Result<GitUrl> parse_git_url_prefix(std::string_view text) {
  return read_url(text, PathRule::may_be_empty);
}

std::string format_git_url(const GitUrl& url) {
  if (url.scheme == GitUrl::Scheme::file) return "file://" + url.path;
  std::string authority = url.user.empty() ? "" : url.user + '@';
  authority += url.host.find(':') == std::string::npos ? url.host : '[' + url.host + ']';
  if (url.scheme == GitUrl::Scheme::ssh && !url.path.starts_with('/')) return authority + ':' + url.path;
  if (url.port != 0) authority += ':' + std::to_string(url.port);
  const auto scheme = std::ranges::find(k_schemes, url.scheme, &SchemeName::scheme);
  return std::string(scheme->text) + authority + url.path;
}

bool covers(const GitUrl& prefix, const GitUrl& url) {
  if (prefix.scheme != url.scheme || prefix.host != url.host || prefix.port != url.port) return false;
  if (!prefix.user.empty() && prefix.user != url.user) return false;
  // "host:" and "ssh://host/" both name everything of the host.
  if (prefix.path.empty() || prefix.path == "/") return true;
  if (!url.path.starts_with(prefix.path)) return false;
  return url.path.size() == prefix.path.size() || url.path[prefix.path.size()] == '/';
}

bool is_loopback(const GitUrl& url) {
  return url.host == "localhost" || url.host == "127.0.0.1" || url.host == "::1";
}

std::string mirror_name(const GitUrl& url) {
  std::string_view last = url.path;
  last.remove_prefix(last.find_last_of('/') == std::string_view::npos ? 0 : last.find_last_of('/') + 1);
  if (last.ends_with(".git")) last.remove_suffix(4);
  std::string name;
  for (const char c : last.substr(0, 40)) name += is_name_byte(c) ? c : '_';
  if (name.empty() || name.front() == '.' || name.front() == '-') name.insert(0, "r");
  return name + '-' + sha256(format_git_url(url)).hex().substr(0, 20);
}

}  // namespace reconciled
