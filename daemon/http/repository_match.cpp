#include "daemon/http/repository_match.h"

#include <algorithm>

namespace reconciled {
namespace {

constexpr std::size_t k_max_url = 2048;

struct Place {
  bool ssh = false;
  std::string host;  ///< empty: a folder of this machine
  std::string port;  ///< empty: the scheme's own
  std::string path;  ///< begins with a slash
};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string_view own_port(std::string_view scheme) {
  if (scheme == "https") return "443";
  if (scheme == "http") return "80";
  if (scheme == "git") return "9418";
  return "";
}

/// "/Team/Fleet.git/" is "/team/fleet".
std::string plain_path(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.ends_with(".git")) path.remove_suffix(4);
  while (path.starts_with('/')) path.remove_prefix(1);
  return "/" + lower(path);
}

/// [user-info@]host[:port], the host possibly in brackets.
bool read_authority(std::string_view text, Place& place) {
  if (const auto at = text.rfind('@'); at != std::string_view::npos) text.remove_prefix(at + 1);
  const auto bracket = text.find(']');
  const auto colon = text.find(':', text.starts_with('[') && bracket != std::string_view::npos ? bracket : 0);
  place.host = lower(text.substr(0, colon));
  if (colon != std::string_view::npos) place.port = text.substr(colon + 1);
  return !place.host.empty();
}

std::optional<Place> read_place(std::string_view url) {
  if (url.empty() || url.size() > k_max_url) return std::nullopt;
  if (std::ranges::any_of(url, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; }))
    return std::nullopt;
  Place place;
  if (url.starts_with('/')) {
    place.path = url;
  } else if (const auto mark = url.find("://"); mark != std::string_view::npos) {
    const std::string scheme = lower(url.substr(0, mark));
    url = url.substr(mark + 3);
    url = url.substr(0, url.find_first_of("?#"));
    const auto slash = url.find('/');
    if (scheme.empty() || slash == std::string_view::npos) return std::nullopt;
    place.path = url.substr(slash);
    place.ssh = scheme.ends_with("ssh");
    if (scheme == "file") {
      if (slash != 0) return std::nullopt;
    } else {
      if (!read_authority(url.substr(0, slash), place)) return std::nullopt;
      if (place.ssh || place.port == own_port(scheme)) place.port.clear();
    }
  } else {  // user@host:path
    const auto colon = url.find(':');
    const auto slash = url.find('/');
    if (colon == std::string_view::npos || slash < colon) return std::nullopt;
    place.ssh = true;
    if (!read_authority(url.substr(0, colon), place)) return std::nullopt;
    place.path = url.substr(colon + 1);
  }
  place.path = place.host.empty() ? std::string(place.path) : plain_path(place.path);
  while (place.path.size() > 1 && place.path.ends_with('/')) place.path.pop_back();
  return place.path == "/" ? std::nullopt : std::optional(std::move(place));
}

bool is_commit(std::string_view text) {
  return text.size() == 40 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
         });
}

}  // namespace

std::optional<std::string> repository_key(std::string_view url) {
  const auto place = read_place(url);
  if (!place) return std::nullopt;
  return place->host + (place->port.empty() ? "" : ":" + place->port) + place->path;
}

bool same_repository(std::string_view a, std::string_view b) {
  const auto one = read_place(a);
  const auto other = read_place(b);
  return one && other && one->host == other->host && one->path == other->path &&
         (one->port == other->port || one->ssh || other->ssh);
}

bool ref_concerns(std::string_view configured, const PushNotice& push) {
  if (push.ref.empty()) return true;
  constexpr std::string_view k_heads = "refs/heads/";
  constexpr std::string_view k_tags = "refs/tags/";
  const std::string_view pushed = push.ref;
  const auto bare = pushed.starts_with(k_heads)  ? pushed.substr(k_heads.size())
                    : pushed.starts_with(k_tags) ? pushed.substr(k_tags.size())
                                                 : pushed;
  if (configured.empty()) return push.default_branch.empty() || push.default_branch == bare;
  if (is_commit(configured)) return false;
  if (!configured.starts_with("refs/")) return configured == bare || configured == pushed;
  return configured == pushed || (bare == pushed && configured.ends_with("/" + push.ref));
}

bool concerns(const PushNotice& push, const SourceRef& source) {
  return ref_concerns(source.ref, push) &&
         std::ranges::any_of(push.urls, [&](const std::string& url) { return same_repository(url, source.url); });
}

}  // namespace reconciled
