#include "config/checks.h"

#include "config/listen_address.h"
#include "config/url.h"

#include <algorithm>
#include <array>
#include <span>

namespace reconciled::config {
namespace {

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}
bool is_lower_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
bool is_lower_hex(char c) {
  return (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9');
}

}  // namespace

std::string check_name(std::string_view text) {
  if (text.empty()) return "the name is empty";
  if (text.size() > 63) return "the name is longer than 63 characters";
  if (!std::ranges::all_of(text, [](char c) { return is_lower_alnum(c) || c == '-'; })) {
    return "a name has only lower-case letters, digits and dashes";
  }
  if (!is_lower_alnum(text.front()) || !is_lower_alnum(text.back()))
    return "a name begins and ends with a letter or digit";
  return {};
}

static std::string check_repository_url(std::string_view text) {
  const auto url = parse_url(text);
  if (!url)
    return "this is no URL of a repository: use https://, ssh://, user@host:path, file:// or an absolute folder";
  if (url->has_password) return "a password in the URL would show in logs: put it into auth";
  if (url->scheme == "https" && !url->user.empty())
    return "a user name in an https URL may be a token: put it into auth.username or auth.token";
  if (url->scheme != "https" && url->scheme != "ssh" && url->scheme != "file") {
    return "the scheme of the URL is not served: use https://, ssh:// or file://";
  }
  if (url->has_query) return "a URL of a repository has no query and no fragment";
  if (url->scheme == "ssh" && (url->user.starts_with('-') || url->host.starts_with('-')))
    return "user and host of the URL may not begin with a dash";
  return {};
}

std::string check_source_url(std::string_view text) {
  if (text.starts_with("oci://")) return "stacks lie in Git: a registry with charts belongs to \"charts\"";
  return check_repository_url(text);
}

std::string check_chart_url(std::string_view text) {
  if (text.starts_with("git+")) text.remove_prefix(4);
  return check_repository_url(text);
}

/// What is wrong with a URL prefix: `place` says what it may be, `instead` where user-info belongs.
static std::string check_prefix(std::string_view text, std::span<const std::string_view> schemes,
                                std::string_view place, std::string_view instead) {
  const auto url = parse_url(text);
  if (!url || std::ranges::find(schemes, url->scheme) == schemes.end()) return std::string(place);
  if (url->has_password || (url->scheme == "https" && !url->user.empty()))
    return "no user-info here: " + std::string(instead);
  if (url->has_query) return "a URL prefix has no query and no fragment";
  return {};
}

std::string check_url_prefix(std::string_view text) {
  constexpr std::array<std::string_view, 2> k_schemes{"https", "ssh"};
  return check_prefix(text, k_schemes, "credentials belong to https://host/... or ssh://host/... (or user@host:path)",
                      "use username, password or token beside it");
}

std::string check_base_prefix(std::string_view text) {
  constexpr std::array<std::string_view, 3> k_schemes{"https", "ssh", "file"};
  return check_prefix(text, k_schemes,
                      "bases lie below https://host/..., ssh://host/... (or user@host:path) or file:///folder",
                      "credentials stand under credentials");
}

std::string check_proxy(std::string_view text) {
  const auto url = parse_url(text);
  if (!url || (url->scheme != "http" && url->scheme != "https" && url->scheme != "socks5")) {
    return "a proxy is http://host:port, https://host:port or socks5://host:port";
  }
  if (url->has_password || !url->user.empty()) return "user-info of a proxy would show in logs and is not taken";
  if (url->path != "/" || url->has_query) return "a proxy has no path";
  return {};
}

std::string check_ref(std::string_view text) {
  if (text.size() > 255) return "the ref is longer than 255 characters";
  if (std::ranges::any_of(text, [](char c) {
        return is_control(c) || std::string_view(" ~^:?*[\\").find(c) != std::string_view::npos;
      })) {
    return "a ref has no blanks and none of ~ ^ : ? * [ \\";
  }
  if (text.starts_with('-') || text.starts_with('/') || text.ends_with('/') || text.ends_with('.') ||
      text.ends_with(".lock") || text.find("..") != std::string_view::npos ||
      text.find("//") != std::string_view::npos || text.find("@{") != std::string_view::npos) {
    return "git allows no such ref name";
  }
  return {};
}

std::string check_uid(std::string_view text) {
  if (text.size() != 36) return "a UID has 36 characters: 01234567-89ab-cdef-0123-456789abcdef";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_lower_hex(text[i]))
      return "a UID is lower-case hex in the form 01234567-89ab-cdef-0123-456789abcdef";
  }
  return {};
}

std::string check_listen(std::string_view text) {
  if (text.empty()) return {};
  const auto address = parse_listen_address(text);
  return address ? std::string() : address.error().message;
}

std::string check_plain(std::string_view text) {
  if (text.size() > 253) return "longer than 253 characters";
  if (std::ranges::any_of(text, is_control)) return "there is a control character in it";
  return {};
}

}  // namespace reconciled::config
