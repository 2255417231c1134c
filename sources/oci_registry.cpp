#include "sources/oci_registry.h"

#include "base/digest.h"
#include "sources/chart_limits.h"
#include "sources/oci_answer.h"

#include <algorithm>

namespace reconciled {
namespace {

constexpr std::string_view k_scheme = "oci://";
constexpr std::size_t k_max_sessions = 256;
constexpr std::string_view k_accept =
    "Accept: application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";

/// Where a chart lies.
struct Place {
  std::string host;
  std::string path;  // "team/charts/service"

  [[nodiscard]] std::string api(std::string_view rest) const {
    return "https://" + host + "/v2/" + path + '/' + std::string(rest);
  }
  /// As prefixes of credentials see it: those of https://HOST/team count for oci://HOST/team.
  [[nodiscard]] std::string credential_url() const { return "https://" + host + '/' + path; }
  [[nodiscard]] std::string name() const { return std::string(k_scheme) + host + '/' + path; }
};

bool is_path(std::string_view path) {
  return !path.empty() && path.size() <= 255 && std::ranges::all_of(path, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '/';
  });
}

Result<Place> find_place(const std::string& repository, const std::string& name) {
  const std::string rest = repository.substr(k_scheme.size());
  const auto slash = std::min(rest.find('/'), rest.size());
  Place place{rest.substr(0, slash), rest.substr(slash) + '/' + name};
  place.path.erase(0, place.path.find_first_not_of('/'));
  if (place.host.empty() || !is_path(place.path)) {
    return fail(ErrorKind::config, '"' + repository + '/' + name + "\" is no name in a registry", {},
                "it has lower-case letters, digits, \"-\", \"_\", \".\" and \"/\"");
  }
  return place;
}

FetchRequest make_request(const Place& place, std::string_view what, MonotonicTime deadline) {
  FetchRequest request;
  request.url = place.api(what);
  request.credential_url = place.credential_url();
  request.deadline = deadline;
  request.max_bytes = k_max_answer_bytes;
  return request;
}

std::string escape_query(std::string_view text) {
  static constexpr std::string_view k_digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += k_digits[byte >> 4];
      out += k_digits[byte & 15];
    }
  }
  return out;
}

}  // namespace

void OciRegistry::use_session(FetchRequest& request) const {
  request.authorization = FetchRequest::Authorization::none;
  const std::scoped_lock lock(m_mutex);
  const auto known = std::ranges::find(m_sessions, request.credential_url, &Session::place);
  if (known == m_sessions.end()) return;
  request.bearer = known->token.clone();
  request.authorization = known->basic;
}

void OciRegistry::keep_session(const FetchRequest& request) {
  const std::scoped_lock lock(m_mutex);
  std::erase_if(m_sessions, [&](const Session& session) { return session.place == request.credential_url; });
  if (m_sessions.size() == k_max_sessions) m_sessions.erase(m_sessions.begin());
  m_sessions.push_back({request.credential_url, request.bearer.clone(), request.authorization});
}

Result<SecretString> OciRegistry::fetch_token(const FetchAnswer& answer, const FetchRequest& request) {
  const auto challenge = read_challenge(answer.authenticate);
  if (!challenge) return SecretString();
  FetchRequest ask;
  ask.url = challenge->realm;
  ask.url += challenge->realm.find('?') == std::string::npos ? '?' : '&';
  ask.url += "service=" + escape_query(challenge->service);
  if (!challenge->scope.empty()) ask.url += "&scope=" + escape_query(challenge->scope);
  ask.deadline = request.deadline;
  // The registry's own credential is for its own server; a realm elsewhere has its own in the settings, or none.
  if (same_server(challenge->realm, request.url)) ask.credential_url = request.credential_url;
  if (!challenge->realm.starts_with("https://") && !same_server(challenge->realm, request.url)) {
    return fail(ErrorKind::source_integrity, "the registry gives out its tokens without TLS, which is not used");
  }
  TRY_ASSIGN(const FetchAnswer given, fetch_url(m_options, ask));
  if (given.status != 200) return fail(unauthorized(given, challenge->realm));
  Budget budget;
  TRY_ASSIGN(const std::string token, read_token(given.body, budget));
  return SecretString(token);
}

Result<FetchAnswer> OciRegistry::get(FetchRequest request) {
  use_session(request);
  TRY_ASSIGN(FetchAnswer answer, fetch_url(m_options, request));
  if (answer.status != 401) return answer;
  TRY_ASSIGN(request.bearer, fetch_token(answer, request));
  if (request.bearer.empty()) request.authorization = FetchRequest::Authorization::send;
  TRY_ASSIGN(FetchAnswer second, fetch_url(m_options, request));
  if (second.status == 401) return fail(unauthorized(second, request.url));
  keep_session(request);
  return second;
}

Result<std::vector<std::string>> OciRegistry::list(const std::string& repository, const std::string& name,
                                                   MonotonicTime deadline) {
  TRY_ASSIGN(const Place place, find_place(repository, name));
  std::vector<std::string> versions;
  std::string url = place.api("tags/list?n=1000");
  for (int page = 0; page < k_max_tag_pages; ++page) {
    FetchRequest request = make_request(place, "", deadline);
    request.url = url;
    TRY_ASSIGN(const FetchAnswer answer, get(std::move(request)));
    Budget budget;
    TRY_ASSIGN(const auto tags, read_tag_list(answer.body, budget));
    for (const auto& tag : tags) versions.push_back(version_of_tag(tag));
    const std::string next = read_next_link(answer.link);
    if (next.empty()) return versions;
    TRY_ASSIGN(url, join_url(url, next));
    if (!same_server(url, place.api("")))
      return fail(ErrorKind::source_integrity, "the registry lists its tags on another server, which is not followed");
  }
  return fail(ErrorKind::limit, place.name() + " has more than " + std::to_string(k_max_tag_pages) + " pages of tags",
              {}, "name an exact version");
}

Result<ChartPin> OciRegistry::resolve(const ChartRef& ref, MonotonicTime deadline) {
  TRY_ASSIGN(const Place place, find_place(ref.repository, ref.name));
  const std::string tag = tag_of_version(ref.version);
  if (tag.empty() || tag.size() > 128 || escape_query(tag) != tag)
    return fail(ErrorKind::source_missing, '"' + ref.version + "\" is no version that a registry can have");
  FetchRequest request = make_request(place, "manifests/" + tag, deadline);
  request.headers.emplace_back(k_accept);
  TRY_ASSIGN(const FetchAnswer answer, get(std::move(request)));
  constexpr std::string_view k_sha256 = "sha256:";
  if (answer.content_digest.starts_with(k_sha256) &&
      answer.content_digest.substr(k_sha256.size()) != sha256(answer.body).hex()) {
    return fail(ErrorKind::source_integrity,
                "the manifest of " + place.name() + ':' + tag + " is not the one whose digest the registry says");
  }
  Budget budget;
  TRY_ASSIGN(const ChartLayer layer, read_chart_manifest(answer.body, budget));
  if (layer.size > k_max_archive_bytes)
    return fail(ErrorKind::limit, "the chart has " + std::to_string(layer.size) + " bytes, more than 64 MiB");
  return ChartPin{ref.repository, ref.name, ref.version, layer.digest, place.name() + ':' + tag};
}

Result<std::string> OciRegistry::download(const ChartPin& pin, MonotonicTime deadline) {
  TRY_ASSIGN(const Place place, find_place(pin.repository, pin.name));
  FetchRequest request = make_request(place, "blobs/sha256:" + pin.digest, deadline);
  request.max_bytes = k_max_archive_bytes;
  TRY_ASSIGN(FetchAnswer answer, get(std::move(request)));
  return std::move(answer.body);
}

}  // namespace reconciled
