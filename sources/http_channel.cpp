#include "sources/curl_easy.h"
#include "sources/git_channels.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace reconciled {
namespace {

class HttpChannel final : public GitChannel, private ByteStream {
 public:
  explicit HttpChannel(const ChannelOptions& options)
      : m_options(options),
        m_server(options.url.host + by_proxy(options.credential)),
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
  Status await_headers();
  Status check_answer(std::string_view content_type);
  Status follow_redirect(std::string_view suffix);
  Status pump();
  void end_request();
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

Status HttpChannel::open() {
  TRY_ASSIGN(m_password, read_password(m_options.credential));
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

Status HttpChannel::begin(Method method, const std::string& url, std::string_view body) {
  end_request();
  curl_easy_reset(m_easy.get());
  m_body.clear();
  m_body_begin = 0;
  m_done.reset();
  m_curl_message.fill('\0');
  m_request = body;
  m_watch = SpeedWatch(m_options.limits, monotonic_now());
  set_transport(m_easy.get(), m_options.credential, m_options.limits);
  set_credentials(m_easy.get(), m_options.credential, m_password);
  curl_easy_setopt(m_easy.get(), CURLOPT_USERAGENT, "git/2.39.0 (reconciled)");
  curl_easy_setopt(m_easy.get(), CURLOPT_ERRORBUFFER, m_curl_message.data());
  curl_easy_setopt(m_easy.get(), CURLOPT_WRITEFUNCTION, &HttpChannel::on_body);
  curl_easy_setopt(m_easy.get(), CURLOPT_WRITEDATA, this);
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
    if (*m_done != CURLE_OK) return fail(curl_error(*m_done, m_curl_message.data(), m_server));
    return 0;
  }
  const std::size_t count = std::min(capacity, m_body.size() - m_body_begin);
  m_body.copy(buffer, count, m_body_begin);
  m_body_begin += count;
  return count;
}

Status HttpChannel::await_headers() {
  while (m_body.empty() && !m_done) TRY(pump());
  if (m_done && *m_done != CURLE_OK && m_body.empty())
    return fail(curl_error(*m_done, m_curl_message.data(), m_server));
  return {};
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
