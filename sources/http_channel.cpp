#include "base/file.h"
#include "sources/git_channels.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

namespace reconciled {
namespace {

constexpr std::size_t k_max_password_bytes = 64 << 10;

/// CURL and CURLM are both void.
struct EasyFree {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct MultiFree {
  void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
struct ListFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct UrlFree {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

void start_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

/// "host:port" of a URL with its scheme, so that two may be compared; empty for what is no URL.
std::string origin_of(const std::string& text) {
  const std::unique_ptr<CURLU, UrlFree> url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return {};
  std::string origin;
  for (const CURLUPart part : {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT}) {
    char* value = nullptr;
    if (curl_url_get(url.get(), part, &value, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
    origin += value;
    origin += '|';
    curl_free(value);
  }
  std::ranges::transform(origin, origin.begin(),
                         [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return origin;
}

class HttpChannel final : public GitChannel, private ByteStream {
 public:
  explicit HttpChannel(const ChannelOptions& options)
      : m_options(options),
        m_server(options.url.host),
        m_base(format_git_url(options.url)),
        m_watch(options.limits, monotonic_now()) {}
  ~HttpChannel() override { end_request(); }
  HttpChannel(const HttpChannel&) = delete;
  HttpChannel& operator=(const HttpChannel&) = delete;

  Status open();
  [[nodiscard]] Session session() const override { return Session::stateless; }
  Result<ByteStream*> greet() override;
  Result<ByteStream*> exchange(std::string_view request) override;

 private:
  enum class Method : bool { get, post };
  Result<std::size_t> read(char* buffer, std::size_t capacity) override;
  Status begin(Method method, const std::string& url, std::string_view body);
  void set_transport_options();
  void set_credentials();
  Status read_password();
  Status await_headers();
  Status check_answer(std::string_view content_type);
  Status follow_redirect(std::string_view suffix);
  Status pump();
  void end_request();
  [[nodiscard]] Error curl_error(CURLcode code) const;
  [[nodiscard]] Error status_error(long status) const;
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);

  ChannelOptions m_options;
  SecretString m_password;
  std::string m_server;
  std::string m_base;  // where info/refs and git-upload-pack lie
  SpeedWatch m_watch;
  std::unique_ptr<CURLM, MultiFree> m_multi;
  std::unique_ptr<CURL, EasyFree> m_easy;
  std::unique_ptr<curl_slist, ListFree> m_headers;
  std::string m_request;
  std::string m_body;  // received and not yet read
  std::size_t m_body_begin = 0;
  bool m_attached = false;
  std::optional<CURLcode> m_done;
  std::array<char, CURL_ERROR_SIZE> m_curl_message{};
};

std::size_t HttpChannel::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& channel = *static_cast<HttpChannel*>(self);
  channel.m_body.append(data, size * count);
  channel.m_watch.add(size * count);
  return size * count;
}

Status HttpChannel::read_password() {
  const GitCredential& credential = m_options.credential;
  m_password = credential.password.clone();
  if (credential.password_file.empty()) return {};
  auto text = read_file(credential.password_file, k_max_password_bytes);
  if (!text) return fail(std::move(text).error().in("read the password or token for " + credential.url_prefix));
  while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
  if (text->empty()) {
    return fail(ErrorKind::config, "it holds no password or token", {credential.password_file, 0, 0, {}},
                "write it into the file, or remove the file from the settings");
  }
  m_password = SecretString(*text);
  return {};
}

Status HttpChannel::open() {
  TRY(read_password());
  if (m_options.url.scheme == GitUrl::Scheme::http) {
    const bool loopback = is_loopback(m_options.url);
    const bool secret = !m_password.empty() || !m_options.credential.token.empty();
    if (m_options.plain_http == PlainHttp::refuse || (m_options.plain_http == PlainHttp::loopback && !loopback)) {
      return fail(ErrorKind::config, "http:// without TLS is not allowed", {}, "use https://");
    }
    if (secret && !loopback)
      return fail(ErrorKind::config, "credentials are not sent over http:// without TLS", {}, "use https://");
  }
  start_curl();
  m_multi.reset(curl_multi_init());
  m_easy.reset(curl_easy_init());
  if (!m_multi || !m_easy) return fail(ErrorKind::local, "libcurl cannot start");
  return {};
}

void HttpChannel::end_request() {
  if (!m_attached) return;
  curl_off_t received = 0;
  long head = 0;
  long sent = 0;
  curl_easy_getinfo(m_easy.get(), CURLINFO_SIZE_DOWNLOAD_T, &received);
  curl_easy_getinfo(m_easy.get(), CURLINFO_HEADER_SIZE, &head);
  curl_easy_getinfo(m_easy.get(), CURLINFO_REQUEST_SIZE, &sent);
  m_options.traffic.received += static_cast<std::uint64_t>(received) + static_cast<std::uint64_t>(head);
  m_options.traffic.sent += static_cast<std::uint64_t>(sent) + m_request.size();
  curl_multi_remove_handle(m_multi.get(), m_easy.get());
  m_attached = false;
}

void HttpChannel::set_transport_options() {
  CURL* const easy = m_easy.get();
  const GitLimits& limits = m_options.limits;
  const auto connect_ms = std::chrono::duration_cast<std::chrono::milliseconds>(limits.connect_time).count();
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect_ms));
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "git/2.39.0 (reconciled)");
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, m_curl_message.data());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &HttpChannel::on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, nullptr);
  curl_easy_setopt(easy, CURLOPT_PROXY, m_options.credential.proxy.c_str());
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
}

void HttpChannel::set_credentials() {
  CURL* const easy = m_easy.get();
  const GitCredential& credential = m_options.credential;
  if (!credential.ca_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, credential.ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  }
  if (!credential.ca_pem.empty()) {
    curl_blob blob{
        .data = const_cast<char*>(credential.ca_pem.data()), .len = credential.ca_pem.size(), .flags = CURL_BLOB_COPY};
    curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob);
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  }
  if (!credential.client_certificate_file.empty())
    curl_easy_setopt(easy, CURLOPT_SSLCERT, credential.client_certificate_file.c_str());
  if (!credential.client_key_file.empty()) curl_easy_setopt(easy, CURLOPT_SSLKEY, credential.client_key_file.c_str());
  if (!credential.token.empty()) {
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BEARER));
    curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, std::string(credential.token.reveal()).c_str());
  } else if (!m_password.empty() || !credential.username.empty()) {
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    curl_easy_setopt(easy, CURLOPT_USERNAME, credential.username.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, std::string(m_password.reveal()).c_str());
  }
}

Status HttpChannel::begin(Method method, const std::string& url, std::string_view body) {
  end_request();
  curl_easy_reset(m_easy.get());
  m_body.clear();
  m_body_begin = 0;
  m_done.reset();
  m_curl_message.fill('\0');
  m_request = body;
  m_watch = SpeedWatch(m_options.limits, monotonic_now());
  set_transport_options();
  set_credentials();
  curl_slist* headers = curl_slist_append(nullptr, "Git-Protocol: version=2");
  if (method == Method::post) {
    headers = curl_slist_append(headers, "Content-Type: application/x-git-upload-pack-request");
    headers = curl_slist_append(headers, "Accept: application/x-git-upload-pack-result");
    headers = curl_slist_append(headers, "Expect:");
    curl_easy_setopt(m_easy.get(), CURLOPT_POST, 1L);
    curl_easy_setopt(m_easy.get(), CURLOPT_POSTFIELDS, m_request.data());
    curl_easy_setopt(m_easy.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(m_request.size()));
  }
  m_headers.reset(headers);
  curl_easy_setopt(m_easy.get(), CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(m_easy.get(), CURLOPT_URL, url.c_str());
  if (curl_multi_add_handle(m_multi.get(), m_easy.get()) != CURLM_OK)
    return fail(ErrorKind::internal, "libcurl refuses a request");
  m_attached = true;
  return {};
}

/// Lets libcurl work until there is something new: bytes, the end, or too much time gone.
Status HttpChannel::pump() {
  int running = 0;
  curl_multi_perform(m_multi.get(), &running);
  int left = 0;
  while (const CURLMsg* const message = curl_multi_info_read(m_multi.get(), &left)) {
    if (message->msg == CURLMSG_DONE) m_done = message->data.result;
  }
  if (m_done || m_body_begin < m_body.size()) return {};
  const MonotonicTime now = monotonic_now();
  if (now >= m_options.deadline) return fail(ErrorKind::timeout, "the server " + m_server + " did not answer in time");
  if (m_watch.too_slow(now)) return fail(ErrorKind::source_transient, "the server " + m_server + " sends too slowly");
  const auto left_time = std::chrono::duration_cast<std::chrono::milliseconds>(m_options.deadline - now).count() + 1;
  curl_multi_poll(m_multi.get(), nullptr, 0, static_cast<int>(std::min<std::int64_t>(left_time, 250)), nullptr);
  return {};
}

Result<std::size_t> HttpChannel::read(char* buffer, std::size_t capacity) {
  while (m_body_begin == m_body.size() && !m_done) {
    m_body.clear();
    m_body_begin = 0;
    TRY(pump());
  }
  if (m_body_begin == m_body.size()) {
    if (*m_done != CURLE_OK) return fail(curl_error(*m_done));
    return 0;
  }
  const std::size_t count = std::min(capacity, m_body.size() - m_body_begin);
  m_body.copy(buffer, count, m_body_begin);
  m_body_begin += count;
  return count;
}

Status HttpChannel::await_headers() {
  while (m_body.empty() && !m_done) TRY(pump());
  if (m_done && *m_done != CURLE_OK && m_body.empty()) return fail(curl_error(*m_done));
  return {};
}

Error HttpChannel::curl_error(CURLcode code) const {
  std::string message(m_curl_message.data());
  if (message.empty()) message = curl_easy_strerror(code);
  std::ranges::replace_if(message, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
      return Error(ErrorKind::source_integrity, "the certificate of " + m_server + " is not trusted: " + message, {},
                   "check the clock, the host name and the CA in the source's credential");
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
      return Error(ErrorKind::config, "a certificate or key of the source's credential cannot be used: " + message);
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return Error(ErrorKind::config, "the URL cannot be used: " + message);
    case CURLE_OUT_OF_MEMORY: return Error(ErrorKind::local, message);
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
      return Error(ErrorKind::source_transient, "the connection to " + m_server + " was cut: " + message);
    default: return Error(ErrorKind::source_transient, "the server " + m_server + " cannot be reached: " + message);
  }
}

Error HttpChannel::status_error(long status) const {
  const std::string said = "the server " + m_server + " answers " + std::to_string(status);
  if (status == 401) {
    const bool sent = !m_options.credential.token.empty() || !m_options.credential.password.empty();
    return Error(
        ErrorKind::source_auth, said + (sent ? ": it refuses our credentials" : ": it wants credentials"), {},
        sent ? "renew the token or password in the settings" : "add credentials for this URL prefix to the settings");
  }
  if (status == 403) return Error(ErrorKind::source_auth, said + ": our credentials may not read this repository");
  if (status == 404 || status == 410) {
    return Error(ErrorKind::source_missing, said + ": there is no such repository", {},
                 "check the URL; some servers answer so when credentials are missing");
  }
  if (status == 429) return Error(ErrorKind::source_transient, said + ": too many requests");
  if (status == 407) return Error(ErrorKind::source_auth, said + ": the proxy wants credentials");
  if (status >= 500 || status == 408) return Error(ErrorKind::source_transient, said);
  return Error(ErrorKind::source_integrity, said, {}, "check the repository's URL");
}

Status HttpChannel::check_answer(std::string_view content_type) {
  TRY(await_headers());
  long status = 0;
  curl_easy_getinfo(m_easy.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) return fail(status_error(status));
  const char* type = nullptr;
  curl_easy_getinfo(m_easy.get(), CURLINFO_CONTENT_TYPE, &type);
  std::string_view got = type == nullptr ? "" : type;
  got = got.substr(0, got.find(';'));
  while (got.ends_with(' ')) got.remove_suffix(1);
  if (got == content_type) return {};
  const bool page = got == "text/html";
  return fail(
      ErrorKind::source_integrity,
      "the server " + m_server +
          (page ? " answers with a web page instead of Git's protocol" : " does not answer with Git's smart protocol"),
      {}, "check the repository's URL");
}

/// A move within the server ("/team/repo" to "/team/repo.git") is followed once; another host, port or scheme never is.
Status HttpChannel::follow_redirect(std::string_view suffix) {
  TRY(await_headers());
  long status = 0;
  curl_easy_getinfo(m_easy.get(), CURLINFO_RESPONSE_CODE, &status);
  const bool moved = status == 301 || status == 302 || status == 307 || status == 308;
  if (!moved) return {};
  char* location = nullptr;
  curl_easy_getinfo(m_easy.get(), CURLINFO_REDIRECT_URL, &location);
  const std::string target = location == nullptr ? "" : location;
  if (origin_of(target).empty() || origin_of(target) != origin_of(m_base)) {
    return fail(ErrorKind::source_integrity,
                "the server " + m_server + " redirects to another host, which is not followed", {},
                "put the repository's new URL into the settings");
  }
  if (!target.ends_with(suffix) || target.find('@') != std::string::npos) {
    return fail(ErrorKind::source_integrity, "the server " + m_server + " redirects to something that is no repository",
                {}, "check the repository's URL; a login page may be in the way");
  }
  m_base = target.substr(0, target.size() - suffix.size());
  return begin(Method::get, target, {});
}

Result<ByteStream*> HttpChannel::greet() {
  constexpr std::string_view k_suffix = "/info/refs?service=git-upload-pack";
  TRY(begin(Method::get, m_base + std::string(k_suffix), {}));
  TRY(follow_redirect(k_suffix));
  TRY(check_answer("application/x-git-upload-pack-advertisement"));
  return static_cast<ByteStream*>(this);
}

Result<ByteStream*> HttpChannel::exchange(std::string_view request) {
  TRY(begin(Method::post, m_base + "/git-upload-pack", request));
  TRY(check_answer("application/x-git-upload-pack-result"));
  return static_cast<ByteStream*>(this);
}

}  // namespace

Result<std::unique_ptr<GitChannel>> make_http_channel(const ChannelOptions& options) {
  auto channel = std::make_unique<HttpChannel>(options);
  TRY(channel->open());
  return std::unique_ptr<GitChannel>(std::move(channel));
}

}  // namespace reconciled
