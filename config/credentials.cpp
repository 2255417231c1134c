#include "config/credentials.h"

#include "config/url.h"

namespace reconciled {
namespace {

using config::parse_url;
using config::Url;

std::string_view without_end_slash(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

/// Dots and escapes may lead out of the prefix once the server resolves them: such paths are under nothing.
bool is_plain_path(std::string_view path) {
  return path.find("/.") == std::string_view::npos && path.find('%') == std::string_view::npos;
}

bool same_server(const Url& a, const Url& b) {
  return a.scheme == b.scheme && a.host == b.host && a.port == b.port;
}

bool covers(const Url& prefix, const Url& url) {
  if (!same_server(prefix, url)) return false;
  const auto above = without_end_slash(prefix.path);
  const std::string_view path = url.path;
  if (above.empty()) return true;
  return is_plain_path(path) && path.starts_with(above) && (path.size() == above.size() || path[above.size()] == '/');
}

}  // namespace

bool has_any(const AuthSettings& auth) {
  return !auth.username.empty() || !auth.password.empty() || !auth.password_file.empty() || !auth.token.empty() ||
         !auth.token_file.empty() || !auth.ssh_key_file.empty() || !auth.known_hosts_file.empty() ||
         !auth.ca_file.empty() || !auth.client_cert_file.empty() || !auth.proxy.empty();
}

const AuthSettings* find_auth(const Settings& settings, std::string_view url_text) {
  const auto url = parse_url(url_text);
  if (!url) return nullptr;
  for (const auto& source : settings.sources) {
    const auto own = parse_url(source.url);
    if (own && has_any(source.auth) && same_server(*own, *url) &&
        without_end_slash(own->path) == without_end_slash(url->path))
      return &source.auth;
  }
  const AuthSettings* best = nullptr;
  std::size_t best_length = 0;
  for (const auto& credentials : settings.credentials) {
    const auto prefix = parse_url(credentials.url_prefix);
    if (!prefix || !covers(*prefix, *url)) continue;
    const auto length = without_end_slash(prefix->path).size() + 1;
    if (length > best_length) {
      best = &credentials.auth;
      best_length = length;
    }
  }
  return best;
}

}  // namespace reconciled
