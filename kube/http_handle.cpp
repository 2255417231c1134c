#include "kube/http_handle.h"

#include "base/log.h"
#include "kube/server_url.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

namespace reconciled {

namespace {

constexpr long k_connect_timeout_ms = 10'000;
constexpr long k_buffer_size = 64 << 10;
constexpr std::size_t k_max_headers = 64 << 10;

// A connection whose other end is gone without a farewell is found within 25 s: idle for 10, then a probe each 5.
constexpr long k_probe_after_s = 10;
constexpr long k_probe_each_s = 5;
constexpr int k_probes = 3;
constexpr unsigned k_unacknowledged_ms = 20'000;  // TCP_USER_TIMEOUT: of what was sent, and of the probes

static_assert(std::tuple_size_v<decltype(std::array<char, 256>{})> >= CURL_ERROR_SIZE);

/// A libcurl that cannot take an option we need is a broken installation; the transfer then fails with its own error.
template <class T>
void set(CURL* easy, CURLoption option, T value) {
  static_cast<void>(curl_easy_setopt(easy, option, value));
}

void set_blob(CURL* easy, CURLoption option, std::string_view text) {
  if (text.empty()) {
    set(easy, option, static_cast<curl_blob*>(nullptr));
    return;
  }
  curl_blob blob{};
  blob.data =
      const_cast<char*>(text.data());  // NOCOPY: libcurl only reads it, and the endpoint outlives the handle's use
  blob.len = text.size();
  blob.flags = CURL_BLOB_NOCOPY;
  set(easy, option, &blob);
}

int on_socket_open(void* user, curl_socket_t socket, curlsocktype) {
  static_cast<void>(
      ::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &k_unacknowledged_ms, sizeof k_unacknowledged_ms));
  static_cast<void>(::setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &k_probes, sizeof k_probes));
  static_cast<const HttpSetup*>(user)->on_open(socket);
  return CURL_SOCKOPT_OK;
}

int on_socket_close(void* user, curl_socket_t socket) {
  static_cast<const HttpSetup*>(user)->on_close(socket);
  return ::close(socket);
}

Delivery classify(CURLcode code, CURL* easy) {
  switch (code) {
    case CURLE_OK: return Delivery::complete;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS: return Delivery::untrusted;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PROXY:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return Delivery::not_connected;
    default: break;
  }
  long sent = 0;
  curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &sent);
  return sent == 0 ? Delivery::not_connected : Delivery::broken;
}

/// The value of a header line when it has this name.
std::optional<std::string_view> header_value(std::string_view line, std::string_view name) {
  if (line.size() <= name.size() || line[name.size()] != ':') return std::nullopt;
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  if (!std::ranges::equal(line.substr(0, name.size()), name, {}, lower))
    return std::nullopt;  // `name` is in lower case
  line.remove_prefix(name.size() + 1);
  while (!line.empty() && static_cast<unsigned char>(line.front()) <= ' ') line.remove_prefix(1);
  while (!line.empty() && static_cast<unsigned char>(line.back()) <= ' ') line.remove_suffix(1);
  return line;
}

}  // namespace

void HeaderLines::clear() {
  for (curl_slist* node = m_head; node != nullptr; node = node->next)
    explicit_bzero(node->data, std::strlen(node->data));
  curl_slist_free_all(m_head);
  m_head = nullptr;
}

void HeaderLines::add(const char* line) {
  if (curl_slist* grown = curl_slist_append(m_head, line)) m_head = grown;
}

void HeaderLines::add(std::string_view name, std::string_view value) {
  m_line.assign(name).append(": ").append(value);
  add(m_line.c_str());
  explicit_bzero(m_line.data(), m_line.size());
}

HttpHandle::HttpHandle(HttpSetup& setup) : m_setup(setup), m_easy(curl_easy_init()) {}

HttpHandle::~HttpHandle() {
  curl_easy_cleanup(m_easy);
  curl_slist_free_all(m_connect_to);
}

std::size_t HttpHandle::take_body(std::string_view bytes) {
  if (m_transfer.on_data && m_response.status >= 200 && m_response.status < 300) {
    if (m_transfer.on_data(bytes)) return bytes.size();
    m_stopped = true;
    return 0;
  }
  if (m_response.body.size() + bytes.size() > m_transfer.request->max_bytes) {
    m_too_large = true;
    return 0;
  }
  if (m_setup.buffered_bytes + bytes.size() > m_setup.max_buffered_bytes) {
    m_crowded = true;
    return 0;
  }
  m_response.body.append(bytes);
  m_setup.buffered_bytes += bytes.size();
  return bytes.size();
}

void HttpHandle::drop_body() {
  m_setup.buffered_bytes -= m_response.body.size();
  m_response = HttpResponse();
}

std::size_t HttpHandle::take_header(std::string_view line) {
  m_header_bytes += line.size();
  if (m_header_bytes > k_max_headers) {
    m_too_large = true;
    return 0;
  }
  if (line.starts_with("HTTP/")) {
    const std::size_t space = line.find(' ');
    m_response.status = space == line.npos ? 0 : std::atoi(std::string(line.substr(space + 1, 3)).c_str());
    m_response.content_type.clear();
    m_response.warning_headers.clear();
    m_response.retry_after.reset();
  } else if (const auto type = header_value(line, "content-type")) {
    m_response.content_type = *type;
  } else if (const auto warning = header_value(line, "warning")) {
    m_response.warning_headers.emplace_back(*warning);
  } else if (const auto after = header_value(line, "retry-after")) {
    m_response.retry_after = parse_retry_after(*after);
  } else if (const auto audit_id = header_value(line, "audit-id"); audit_id && *audit_id != m_audit_id) {
    m_mixed_up = true;
    return 0;
  }
  return line.size();
}

void HttpHandle::set_callbacks() {
  using DataFunction = std::size_t (*)(char*, std::size_t, std::size_t, void*);
  CURL* easy = m_easy;
  const DataFunction body = [](char* data, std::size_t, std::size_t size, void* user) {
    return static_cast<HttpHandle*>(user)->take_body({data, size});
  };
  const DataFunction header = [](char* data, std::size_t, std::size_t size, void* user) {
    return static_cast<HttpHandle*>(user)->take_header({data, size});
  };
  const curl_prereq_callback before_sending = [](void* user, char*, char*, int, int) {
    HttpHandle& handle = *static_cast<HttpHandle*>(user);
    handle.m_withheld = handle.m_transfer.may_send && !handle.m_transfer.may_send();
    return handle.m_withheld ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
  };
  set(easy, CURLOPT_PRIVATE, this);
  set(easy, CURLOPT_WRITEFUNCTION, body);
  set(easy, CURLOPT_WRITEDATA, this);
  set(easy, CURLOPT_HEADERFUNCTION, header);
  set(easy, CURLOPT_HEADERDATA, this);
  set(easy, CURLOPT_PREREQFUNCTION, before_sending);
  set(easy, CURLOPT_PREREQDATA, this);
  set(easy, CURLOPT_ERRORBUFFER, m_error.data());
  set(easy, CURLOPT_SOCKOPTFUNCTION, &on_socket_open);
  set(easy, CURLOPT_SOCKOPTDATA, &m_setup);
  set(easy, CURLOPT_CLOSESOCKETFUNCTION, &on_socket_close);
  set(easy, CURLOPT_CLOSESOCKETDATA, &m_setup);
}

void HttpHandle::set_connection() {
  const Endpoint& endpoint = *m_transfer.endpoint;
  const Link link = m_transfer.link;
  CURL* easy = m_easy;
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy, CURLOPT_FOLLOWLOCATION, 0L);
  set(easy, CURLOPT_PATH_AS_IS, 1L);
  set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(easy, CURLOPT_CONNECTTIMEOUT_MS, k_connect_timeout_ms);
  set(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  set(easy, CURLOPT_TCP_KEEPIDLE, k_probe_after_s);
  set(easy, CURLOPT_TCP_KEEPINTVL, k_probe_each_s);
  set(easy, CURLOPT_BUFFERSIZE, k_buffer_size);
  set(easy, CURLOPT_USERAGENT, m_setup.user_agent.c_str());
  if (endpoint.compression == Compression::gzip && link != Link::own) set(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
  const bool two = m_setup.version == HttpVersion::http2 && link != Link::own && endpoint.server.starts_with("https:");
  set(easy, CURLOPT_HTTP_VERSION,
      two ? static_cast<long>(CURL_HTTP_VERSION_2TLS) : static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(easy, CURLOPT_PIPEWAIT, two && link == Link::shared ? 1L : 0L);
  set(easy, CURLOPT_FRESH_CONNECT, link == Link::shared ? 0L : 1L);
  set(easy, CURLOPT_FORBID_REUSE, link == Link::own ? 1L : 0L);
  set(easy, CURLOPT_PROXY, endpoint.proxy_url.c_str());  // "" also keeps libcurl from looking at the environment
  set(easy, CURLOPT_NOPROXY, endpoint.no_proxy.c_str());
}

void HttpHandle::set_tls() {
  const Endpoint& endpoint = *m_transfer.endpoint;
  CURL* easy = m_easy;
  set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  const bool verify = endpoint.verification == TlsVerification::verify;
  set(easy, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
  set(easy, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
  set_blob(easy, CURLOPT_CAINFO_BLOB, endpoint.ca_pem);
  set_blob(easy, CURLOPT_SSLCERT_BLOB, endpoint.client_cert_pem);
  set_blob(easy, CURLOPT_SSLKEY_BLOB, endpoint.client_key.reveal());
  set(easy, CURLOPT_SSLCERTTYPE, "PEM");
  set(easy, CURLOPT_SSLKEYTYPE, "PEM");
  curl_slist_free_all(m_connect_to);
  m_connect_to = nullptr;
  if (endpoint.tls_server_name.empty()) return;
  const auto url = parse_server_url(endpoint.server);
  if (!url) return;
  const std::string host = url->host.find(':') == std::string::npos ? url->host : "[" + url->host + "]";
  m_connect_to = curl_slist_append(nullptr, ("::" + host + ":" + url->port).c_str());
  set(easy, CURLOPT_CONNECT_TO, m_connect_to);
}

void HttpHandle::set_up() {
  curl_easy_reset(m_easy);
  set_callbacks();
  set_connection();
  set_tls();
  m_endpoint = m_transfer.endpoint;
  m_link = m_transfer.link;
}

void HttpHandle::set_request() {
  const Endpoint& endpoint = *m_transfer.endpoint;
  const HttpRequest& request = *m_transfer.request;
  CURL* easy = m_easy;
  m_headers.clear();
  std::string server = endpoint.server;
  if (!endpoint.tls_server_name.empty()) {
    if (auto url = parse_server_url(server)) {
      const std::size_t host = server.find("://") + 3;
      m_headers.add("Host", std::string_view(server).substr(host, server.find('/', host) - host));
      url->host = endpoint.tls_server_name;
      server = format_server_url(*url);
    }
  }
  set(easy, CURLOPT_URL, (server + request.target).c_str());
  m_headers.add("Accept", request.accept);
  m_headers.add("Audit-ID", m_audit_id);
  if (!endpoint.authorization.empty()) m_headers.add("Authorization", endpoint.authorization.reveal());
  const Identity& identity = m_transfer.identity.user.empty() ? endpoint.identity : m_transfer.identity;
  if (!identity.user.empty()) m_headers.add("Impersonate-User", identity.user);
  for (const std::string& group : identity.groups) m_headers.add("Impersonate-Group", group);
  if (request.method == HttpMethod::get) {
    set(easy, CURLOPT_CUSTOMREQUEST, static_cast<char*>(nullptr));
    set(easy, CURLOPT_HTTPGET, 1L);
  } else {
    m_headers.add("Content-Type", request.content_type);
    m_headers.add("Expect:");
    set(easy, CURLOPT_POST, 1L);
    set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(easy, CURLOPT_POSTFIELDS, request.body.c_str());
    const char* method = request.method == HttpMethod::post    ? "POST"
                         : request.method == HttpMethod::patch ? "PATCH"
                                                               : "DELETE";
    set(easy, CURLOPT_CUSTOMREQUEST, method);
  }
  set(easy, CURLOPT_HTTPHEADER, m_headers.get());
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(m_transfer.timeout).count();
  set(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(milliseconds));
}

void HttpHandle::begin(Transfer transfer, HttpTransport::Ticket ticket) {
  const bool ready = fits(transfer);
  m_transfer = std::move(transfer);
  drop_body();
  m_ticket = ticket;
  m_header_bytes = 0;
  m_too_large = false;
  m_crowded = false;
  m_stopped = false;
  m_withheld = false;
  m_mixed_up = false;
  // The API server sends back the Audit-ID that it got, and has it in its audit log (k8s.io/apiserver, WithAuditInit).
  m_audit_id = m_setup.instance + "-" + std::to_string(ticket);
  m_error[0] = '\0';
  if (!ready) set_up();
  set_request();
}

HttpResponse HttpHandle::take_response(int code) {
  m_setup.buffered_bytes -= m_response.body.size();
  HttpResponse response = std::exchange(m_response, {});
  response.delivery = classify(static_cast<CURLcode>(code), m_easy);
  if (m_stopped) response.delivery = Delivery::complete;
  if (m_withheld) response.delivery = Delivery::withheld;
  if (m_too_large) {
    response.delivery = Delivery::too_large;
    response.failure = "more than " + std::to_string(m_transfer.request->max_bytes) + " bytes";
  } else if (m_mixed_up) {
    response.delivery = Delivery::broken;
    response.suspect = true;
    response.failure = "an answer came that belongs to another request, as its Audit-Id says";
  } else if (m_crowded) {
    response.failure = "all answers under way are larger than " + std::to_string(m_setup.max_buffered_bytes) + " bytes";
  } else if (response.delivery != Delivery::complete) {
    response.failure =
        redact_text(m_error[0] != '\0' ? m_error.data() : curl_easy_strerror(static_cast<CURLcode>(code)));
  }
  response.timed_out = code == CURLE_OPERATION_TIMEDOUT && response.delivery == Delivery::broken;
  return response;
}

std::function<void(HttpResponse)> HttpHandle::release() {
  m_ticket = 0;
  auto on_end = std::move(m_transfer.on_end);
  m_transfer = Transfer();
  drop_body();
  m_headers.clear();
  set(m_easy, CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
  return on_end;
}

}  // namespace reconciled
