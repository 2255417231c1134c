#include "sources/chart_fetch.h"

#include "sources/credential_for.h"
#include "sources/curl_easy.h"
#include "sources/git_url.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace reconciled {
namespace {

constexpr int k_max_redirects = 5;
constexpr std::size_t k_max_header = 16U << 10;

std::string without_query(const std::string& url) {
  return url.substr(0, url.find_first_of("?#"));
}

enum class Hop : bool { first_server, elsewhere };

/// One request to one server.
class Transfer {
 public:
  Transfer(const FetchOptions& options, const FetchRequest& request, const std::string& url, Hop hop)
      : m_options(options), m_request(request), m_url(url), m_hop(hop) {}

  Status run();
  FetchAnswer answer;
  std::string location;

 private:
  Status prepare();
  Status set_authorization(const GitUrl& server);
  [[nodiscard]] Error transfer_error(CURLcode code) const;
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  void take_header(std::string_view name, std::string_view value);

  const FetchOptions& m_options;
  const FetchRequest& m_request;
  const std::string& m_url;
  Hop m_hop;
  std::string m_server;
  std::unique_ptr<CURL, EasyFree> m_easy;
  std::unique_ptr<curl_slist, ListFree> m_headers;
  std::array<char, CURL_ERROR_SIZE> m_message{};
  bool m_too_large = false;
};

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::size_t bytes = size * count;
  if (transfer.answer.body.size() + bytes > transfer.m_request.max_bytes) {
    transfer.m_too_large = true;
    return 0;
  }
  transfer.answer.body.append(data, bytes);
  return bytes;
}

void Transfer::take_header(std::string_view name, std::string_view value) {
  struct Row {
    std::string_view name;
    std::string FetchAnswer::* member;
  };
  static constexpr std::array k_rows{
      Row{"etag", &FetchAnswer::etag},
      Row{"last-modified", &FetchAnswer::last_modified},
      Row{"www-authenticate", &FetchAnswer::authenticate},
      Row{"link", &FetchAnswer::link},
      Row{"content-type", &FetchAnswer::content_type},
      Row{"docker-content-digest", &FetchAnswer::content_digest},
  };
  for (const auto& row : k_rows) {
    if (row.name != name) continue;
    // Of several schemes that a server offers, the one that registries speak.
    const bool bearer = value.starts_with("Bearer") || value.starts_with("bearer");
    if ((answer.*row.member).empty() || bearer) answer.*row.member = value;
  }
}

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  std::string_view line(data, size * count);
  const auto colon = line.find(':');
  if (line.starts_with("HTTP/")) transfer.answer = {.authorized = transfer.answer.authorized};
  if (colon == std::string_view::npos || line.size() > k_max_header) return size * count;
  std::string name(line.substr(0, colon));
  std::ranges::transform(name, name.begin(),
                         [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  line.remove_prefix(colon + 1);
  while (!line.empty() && std::isspace(static_cast<unsigned char>(line.front())) != 0) line.remove_prefix(1);
  while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back())) != 0) line.remove_suffix(1);
  transfer.take_header(name, line);
  return size * count;
}

Status Transfer::set_authorization(const GitUrl& server) {
  const bool first = m_hop == Hop::first_server;
  GitUrl place = server;
  if (first && !m_request.credential_url.empty()) {
    TRY_ASSIGN(place, parse_git_url_prefix(m_request.credential_url));
  }
  TRY_ASSIGN(const GitCredential* credential, credential_for(*m_options.credentials, place));
  const bool bearer = first && !m_request.bearer.empty();
  const bool send = !bearer && !(first && m_request.authorization == FetchRequest::Authorization::none);
  SecretString password;
  if (send) {
    TRY_ASSIGN(password, read_password(*credential));
  }
  answer.authorized = bearer || (send && (!password.empty() || !credential->token.empty()));
  if (server.scheme == GitUrl::Scheme::http) {
    const bool loopback = is_loopback(server);
    if (m_options.plain_http == PlainHttp::refuse || (m_options.plain_http == PlainHttp::loopback && !loopback))
      return fail(ErrorKind::config, "http:// without TLS is not allowed", {}, "use https://");
    if (answer.authorized && !loopback)
      return fail(ErrorKind::config, "credentials are not sent over http:// without TLS", {}, "use https://");
  }
  set_transport(m_easy.get(), *credential, m_options.limits);
  if (bearer) {
    curl_easy_setopt(m_easy.get(), CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BEARER));
    curl_easy_setopt(m_easy.get(), CURLOPT_XOAUTH2_BEARER, std::string(m_request.bearer.reveal()).c_str());
  } else if (send) {
    set_credentials(m_easy.get(), *credential, password);
  }
  return {};
}

Status Transfer::prepare() {
  TRY_ASSIGN(const GitUrl server, parse_git_url_prefix(without_query(m_url)));
  if (server.scheme != GitUrl::Scheme::https && server.scheme != GitUrl::Scheme::http)
    return fail(ErrorKind::config, "charts are fetched over https:// only");
  m_server = server.host;
  start_curl();
  m_easy.reset(curl_easy_init());
  if (!m_easy) return fail(ErrorKind::local, "libcurl cannot start");
  CURL* const easy = m_easy.get();
  TRY(set_authorization(server));
  const auto left = m_request.deadline - monotonic_now();
  if (left <= Duration::zero()) return fail(ErrorKind::timeout, "the server " + m_server + " was not asked in time");
  const GitLimits& limits = m_options.limits;
  const auto slow = std::chrono::duration_cast<std::chrono::seconds>(limits.slow_time).count();
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(left).count() + 1;
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(milliseconds));
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(limits.bytes_per_second));
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(std::max<std::int64_t>(slow, 1)));
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "reconciled");
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, m_message.data());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  if (m_request.encoding == FetchRequest::Encoding::compressed) curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_slist* headers = nullptr;
  for (const auto& header : m_request.headers) headers = curl_slist_append(headers, header.c_str());
  m_headers.reset(headers);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_URL, m_url.c_str());
  return {};
}

Error Transfer::transfer_error(CURLcode code) const {
  if (m_too_large) {
    return Error(ErrorKind::limit,
                 "the server " + m_server + " sends more than " + std::to_string(m_request.max_bytes) + " bytes");
  }
  if (code == CURLE_OPERATION_TIMEDOUT && monotonic_now() >= m_request.deadline)
    return Error(ErrorKind::timeout, "the server " + m_server + " did not answer in time");
  return curl_error(code, m_message.data(), m_server);
}

Status Transfer::run() {
  TRY(prepare());
  const CURLcode code = curl_easy_perform(m_easy.get());
  if (code != CURLE_OK) return fail(transfer_error(code));
  curl_easy_getinfo(m_easy.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  char* target = nullptr;
  curl_easy_getinfo(m_easy.get(), CURLINFO_REDIRECT_URL, &target);
  if (target != nullptr) location = target;
  return {};
}

bool is_redirect(long status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Error status_error(long status, const std::string& url) {
  const std::string said = "the server answers " + std::to_string(status) + " for " + without_query(url);
  if (status == 403) return Error(ErrorKind::source_auth, said + ": our credentials may not read it");
  if (status == 404 || status == 410) return Error(ErrorKind::source_missing, said + ": it is not there");
  if (status == 407) return Error(ErrorKind::source_auth, said + ": the proxy wants credentials");
  if (status == 429) return Error(ErrorKind::source_transient, said + ": too many requests");
  if (status >= 500 || status == 408) return Error(ErrorKind::source_transient, said);
  return Error(ErrorKind::source_integrity, said, {}, "check the URL of the charts");
}

}  // namespace

bool same_server(const std::string& a, const std::string& b) {
  const std::string origin = origin_of(a);
  return !origin.empty() && origin == origin_of(b);
}

Result<std::string> join_url(const std::string& base, const std::string& relative) {
  const std::unique_ptr<CURLU, UrlFree> url(curl_url());
  char* text = nullptr;
  const bool joined = curl_url_set(url.get(), CURLUPART_URL, base.c_str(), 0) == CURLUE_OK &&
                      curl_url_set(url.get(), CURLUPART_URL, relative.c_str(), 0) == CURLUE_OK &&
                      curl_url_get(url.get(), CURLUPART_URL, &text, 0) == CURLUE_OK;
  if (!joined) return fail(ErrorKind::source_integrity, "a URL that the server gives cannot be used");
  std::string result(text);
  curl_free(text);
  return result;
}

Error unauthorized(const FetchAnswer& answer, const std::string& url) {
  return Error(ErrorKind::source_auth,
               "the server answers 401 for " + without_query(url) +
                   (answer.authorized ? ": it refuses our credentials" : ": it wants credentials"),
               {},
               answer.authorized ? "renew the token or password in the settings"
                                 : "add credentials for this URL prefix to the settings");
}

Result<FetchAnswer> fetch_url(const FetchOptions& options, const FetchRequest& request) {
  std::string url = request.url;
  for (int redirects = 0;; ++redirects) {
    Transfer transfer(options, request, url, same_server(url, request.url) ? Hop::first_server : Hop::elsewhere);
    TRY(transfer.run());
    const long status = transfer.answer.status;
    if (status == 200 || status == 304 || status == 401) return std::move(transfer.answer);
    if (!is_redirect(status) || transfer.location.empty()) return fail(status_error(status, url));
    if (redirects == k_max_redirects)
      return fail(ErrorKind::source_integrity,
                  "the server redirects more than 5 times for " + without_query(request.url));
    const bool downgrade = url.starts_with("https://") && !transfer.location.starts_with("https://");
    if (downgrade || without_query(transfer.location).find('@') != std::string::npos) {
      return fail(ErrorKind::source_integrity,
                  "the server redirects " + without_query(url) + " to where it is not followed", {},
                  "a redirect leads to https:// and holds no user-info");
    }
    url = transfer.location;
  }
}

}  // namespace reconciled
