#include "kube/http_transport.h"

#include "base/log.h"
#include "kube/server_url.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>
#include <vector>

namespace reconciled {

namespace {

constexpr long k_connect_timeout_ms = 10'000;
constexpr unsigned k_unacknowledged_ms = 30'000;  // TCP_USER_TIMEOUT
constexpr long k_buffer_size = 64 << 10;
constexpr std::size_t k_max_headers = 64 << 10;
constexpr std::uint64_t k_wake_token = ~0ULL;

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

void initialise_library() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

int set_socket_options(void*, curl_socket_t socket, curlsocktype) {
  static_cast<void>(
      ::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &k_unacknowledged_ms, sizeof k_unacknowledged_ms));
  return CURL_SOCKOPT_OK;
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

/// A list of header lines that is wiped when it ends, since one of them is the token.
class HeaderList {
 public:
  HeaderList() = default;
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  ~HeaderList() { clear(); }
  void clear() {
    for (curl_slist* node = m_head; node != nullptr; node = node->next)
      explicit_bzero(node->data, std::strlen(node->data));
    curl_slist_free_all(m_head);
    m_head = nullptr;
  }
  void add(const char* line) {
    if (curl_slist* grown = curl_slist_append(m_head, line)) m_head = grown;
  }
  void add(std::string_view name, std::string_view value) {
    m_line.assign(name).append(": ").append(value);
    add(m_line.c_str());
    explicit_bzero(m_line.data(), m_line.size());
  }
  [[nodiscard]] curl_slist* get() const { return m_head; }

 private:
  curl_slist* m_head = nullptr;
  std::string m_line;
};

/// One reusable easy handle and the transfer on it.
struct Slot {
  CURL* easy = nullptr;
  std::shared_ptr<const Endpoint> configured;  ///< its options are set on the handle
  Link configured_link = Link::shared;
  curl_slist* connect_to = nullptr;
  HeaderList headers;
  Transfer transfer;
  HttpResponse response;
  HttpTransport::Ticket ticket = 0;  ///< 0: free
  std::size_t header_bytes = 0;
  bool too_large = false;
  bool stopped = false;
  std::array<char, CURL_ERROR_SIZE> error{};

  Slot() : easy(curl_easy_init()) {}
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  ~Slot() {
    curl_easy_cleanup(easy);
    curl_slist_free_all(connect_to);
  }
};

std::size_t take_body(char* data, std::size_t, std::size_t size, void* user) {
  Slot& slot = *static_cast<Slot*>(user);
  const std::string_view bytes(data, size);
  if (slot.transfer.on_data && slot.response.status >= 200 && slot.response.status < 300) {
    if (slot.transfer.on_data(bytes)) return size;
    slot.stopped = true;
    return 0;
  }
  if (slot.response.body.size() + size > slot.transfer.request->max_bytes) {
    slot.too_large = true;
    return 0;
  }
  slot.response.body.append(bytes);
  return size;
}

std::size_t take_header(char* data, std::size_t, std::size_t size, void* user) {
  Slot& slot = *static_cast<Slot*>(user);
  const std::string_view line(data, size);
  slot.header_bytes += size;
  if (slot.header_bytes > k_max_headers) {
    slot.too_large = true;
    return 0;
  }
  HttpResponse& response = slot.response;
  if (line.starts_with("HTTP/")) {
    const std::size_t space = line.find(' ');
    response.status = space == line.npos ? 0 : std::atoi(std::string(line.substr(space + 1, 3)).c_str());
    response.content_type.clear();
    response.warning_headers.clear();
    response.retry_after.reset();
  } else if (const auto type = header_value(line, "content-type")) {
    response.content_type = *type;
  } else if (const auto warning = header_value(line, "warning")) {
    response.warning_headers.emplace_back(*warning);
  } else if (const auto after = header_value(line, "retry-after")) {
    response.retry_after = parse_retry_after(*after);
  }
  return size;
}

}  // namespace

struct HttpTransport::State {
  std::string user_agent;
  HttpVersion version = HttpVersion::http2;
  CURLM* multi = nullptr;
  int epoll = -1;
  int wake_fd = -1;
  std::optional<MonotonicTime> timer;
  std::vector<std::unique_ptr<Slot>> slots;
  std::vector<Slot*> free_slots;
  Ticket next_ticket = 1;

  ~State();
  Status open();
  Slot& take_slot(const Transfer& transfer);
  void configure(Slot& slot);
  void set_request(Slot& slot);
  void release(Slot& slot);
  void finish(Slot& slot, CURLcode code);
  void act(curl_socket_t socket, int events);
  void collect_finished();
  static int on_socket(CURL*, curl_socket_t socket, int what, void* user, void* known);
  static int on_timer(CURLM*, long milliseconds, void* user);
};

HttpTransport::State::~State() {
  for (const auto& slot : slots) {
    if (slot->ticket != 0) curl_multi_remove_handle(multi, slot->easy);
  }
  if (multi != nullptr) {
    // Connections that close now still call on_socket; the descriptors are closed after them.
    curl_multi_cleanup(multi);
  }
  slots.clear();
  if (wake_fd >= 0) ::close(wake_fd);
  if (epoll >= 0) ::close(epoll);
}

Status HttpTransport::State::open() {
  initialise_library();
  const auto broken = [](const char* what) {
    return fail(ErrorKind::local, std::string(what) + ": " + std::strerror(errno));
  };
  epoll = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) return broken("cannot make an epoll descriptor");
  wake_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_fd < 0) return broken("cannot make an eventfd");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = k_wake_token;
  if (::epoll_ctl(epoll, EPOLL_CTL_ADD, wake_fd, &event) != 0) return broken("cannot watch an eventfd");
  multi = curl_multi_init();
  if (multi == nullptr) return fail(ErrorKind::local, "libcurl cannot start");
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &State::on_socket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &State::on_timer);
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  return {};
}

int HttpTransport::State::on_socket(CURL*, curl_socket_t socket, int what, void* user, void* known) {
  State& state = *static_cast<State*>(user);
  if (what == CURL_POLL_REMOVE) {
    ::epoll_ctl(state.epoll, EPOLL_CTL_DEL, socket, nullptr);
    return 0;
  }
  epoll_event event{};
  event.events = ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0U) | ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0U);
  event.data.u64 = static_cast<std::uint64_t>(socket);
  if (::epoll_ctl(state.epoll, known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event) != 0 &&
      errno == EEXIST) {
    ::epoll_ctl(state.epoll, EPOLL_CTL_MOD, socket, &event);
  }
  if (known == nullptr) curl_multi_assign(state.multi, socket, &state);
  return 0;
}

int HttpTransport::State::on_timer(CURLM*, long milliseconds, void* user) {
  State& state = *static_cast<State*>(user);
  state.timer.reset();
  if (milliseconds >= 0) state.timer = monotonic_now() + std::chrono::milliseconds(milliseconds);
  return 0;
}

Slot& HttpTransport::State::take_slot(const Transfer& transfer) {
  // The handle that is set up for the same endpoint saves setting it up again.
  for (std::size_t i = free_slots.size(); i-- > 0;) {
    Slot* slot = free_slots[i];
    if (slot->configured != transfer.endpoint || slot->configured_link != transfer.link) continue;
    free_slots.erase(free_slots.begin() + static_cast<std::ptrdiff_t>(i));
    return *slot;
  }
  if (!free_slots.empty()) {
    Slot* slot = free_slots.back();
    free_slots.pop_back();
    return *slot;
  }
  return *slots.emplace_back(std::make_unique<Slot>());
}

void HttpTransport::State::configure(Slot& slot) {
  const Endpoint& endpoint = *slot.transfer.endpoint;
  CURL* easy = slot.easy;
  curl_easy_reset(easy);
  set(easy, CURLOPT_PRIVATE, &slot);
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy, CURLOPT_FOLLOWLOCATION, 0L);
  set(easy, CURLOPT_PATH_AS_IS, 1L);
  set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(easy, CURLOPT_CONNECTTIMEOUT_MS, k_connect_timeout_ms);
  set(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  set(easy, CURLOPT_TCP_KEEPIDLE, 15L);
  set(easy, CURLOPT_TCP_KEEPINTVL, 5L);
  set(easy, CURLOPT_SOCKOPTFUNCTION, &set_socket_options);
  set(easy, CURLOPT_BUFFERSIZE, k_buffer_size);
  set(easy, CURLOPT_ERRORBUFFER, slot.error.data());
  set(easy, CURLOPT_WRITEFUNCTION, &take_body);
  set(easy, CURLOPT_WRITEDATA, &slot);
  set(easy, CURLOPT_HEADERFUNCTION, &take_header);
  set(easy, CURLOPT_HEADERDATA, &slot);
  set(easy, CURLOPT_USERAGENT, user_agent.c_str());
  if (endpoint.compression == Compression::gzip && slot.transfer.link != Link::own)
    set(easy, CURLOPT_ACCEPT_ENCODING, "gzip");

  const bool two =
      version == HttpVersion::http2 && slot.transfer.link != Link::own && endpoint.server.starts_with("https:");
  set(easy, CURLOPT_HTTP_VERSION,
      two ? static_cast<long>(CURL_HTTP_VERSION_2TLS) : static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(easy, CURLOPT_PIPEWAIT, two && slot.transfer.link == Link::shared ? 1L : 0L);
  set(easy, CURLOPT_FRESH_CONNECT, slot.transfer.link == Link::shared ? 0L : 1L);
  set(easy, CURLOPT_FORBID_REUSE, slot.transfer.link == Link::own ? 1L : 0L);

  set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  const bool verify = endpoint.verification == TlsVerification::verify;
  set(easy, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
  set(easy, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
  set_blob(easy, CURLOPT_CAINFO_BLOB, endpoint.ca_pem);
  set_blob(easy, CURLOPT_SSLCERT_BLOB, endpoint.client_cert_pem);
  set_blob(easy, CURLOPT_SSLKEY_BLOB, endpoint.client_key.reveal());
  set(easy, CURLOPT_SSLCERTTYPE, "PEM");
  set(easy, CURLOPT_SSLKEYTYPE, "PEM");
  set(easy, CURLOPT_PROXY, endpoint.proxy_url.c_str());  // "" also keeps libcurl from looking at the environment
  set(easy, CURLOPT_NOPROXY, endpoint.no_proxy.c_str());
  curl_slist_free_all(slot.connect_to);
  slot.connect_to = nullptr;
  if (!endpoint.tls_server_name.empty()) {
    if (const auto url = parse_server_url(endpoint.server)) {
      const std::string host = url->host.find(':') == std::string::npos ? url->host : "[" + url->host + "]";
      slot.connect_to = curl_slist_append(nullptr, ("::" + host + ":" + url->port).c_str());
      set(easy, CURLOPT_CONNECT_TO, slot.connect_to);
    }
  }
  slot.configured = slot.transfer.endpoint;
  slot.configured_link = slot.transfer.link;
}

void HttpTransport::State::set_request(Slot& slot) {
  const Endpoint& endpoint = *slot.transfer.endpoint;
  const HttpRequest& request = *slot.transfer.request;
  CURL* easy = slot.easy;
  slot.headers.clear();
  std::string server = endpoint.server;
  if (!endpoint.tls_server_name.empty()) {
    if (auto url = parse_server_url(server)) {
      const std::size_t host = server.find("://") + 3;
      slot.headers.add("Host", std::string_view(server).substr(host, server.find('/', host) - host));
      url->host = endpoint.tls_server_name;
      server = format_server_url(*url);
    }
  }
  set(easy, CURLOPT_URL, (server + request.target).c_str());
  slot.headers.add("Accept", request.accept);
  if (!endpoint.authorization.empty()) slot.headers.add("Authorization", endpoint.authorization.reveal());
  const Identity& identity = slot.transfer.identity.user.empty() ? endpoint.identity : slot.transfer.identity;
  if (!identity.user.empty()) slot.headers.add("Impersonate-User", identity.user);
  for (const std::string& group : identity.groups) slot.headers.add("Impersonate-Group", group);
  if (request.method == HttpMethod::get) {
    set(easy, CURLOPT_CUSTOMREQUEST, static_cast<char*>(nullptr));
    set(easy, CURLOPT_HTTPGET, 1L);
  } else {
    slot.headers.add("Content-Type", request.content_type);
    slot.headers.add("Expect:");
    set(easy, CURLOPT_POST, 1L);
    set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(easy, CURLOPT_POSTFIELDS, request.body.c_str());
    const char* method = request.method == HttpMethod::post    ? "POST"
                         : request.method == HttpMethod::patch ? "PATCH"
                                                               : "DELETE";
    set(easy, CURLOPT_CUSTOMREQUEST, method);
  }
  set(easy, CURLOPT_HTTPHEADER, slot.headers.get());
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(slot.transfer.timeout).count();
  set(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(milliseconds));
}

void HttpTransport::State::release(Slot& slot) {
  slot.ticket = 0;
  slot.transfer = Transfer();
  slot.headers.clear();
  set(slot.easy, CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
  free_slots.push_back(&slot);
}

void HttpTransport::State::finish(Slot& slot, CURLcode code) {
  HttpResponse response = std::move(slot.response);
  response.delivery = classify(code, slot.easy);
  if (slot.stopped) response.delivery = Delivery::complete;
  if (slot.too_large) {
    response.delivery = Delivery::too_large;
    response.failure = "more than " + std::to_string(slot.transfer.request->max_bytes) + " bytes";
  } else if (response.delivery != Delivery::complete) {
    response.failure = redact_text(slot.error[0] != '\0' ? slot.error.data() : curl_easy_strerror(code));
  }
  auto on_end = std::move(slot.transfer.on_end);
  release(slot);
  on_end(std::move(response));
}

void HttpTransport::State::act(curl_socket_t socket, int events) {
  int running = 0;
  static_cast<void>(curl_multi_socket_action(multi, socket, events, &running));
}

void HttpTransport::State::collect_finished() {
  std::vector<std::pair<Ticket, CURLcode>> finished;
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    char* user = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &user);
    finished.emplace_back(reinterpret_cast<Slot*>(user)->ticket, message->data.result);
  }
  for (const auto& [ticket, code] : finished) {
    for (const auto& slot : slots) {  // an earlier callback may have cancelled it
      if (slot->ticket != ticket) continue;
      curl_multi_remove_handle(multi, slot->easy);
      finish(*slot, code);
      break;
    }
  }
}

HttpTransport::HttpTransport(std::unique_ptr<State> state) : m_state(std::move(state)) {}
HttpTransport::~HttpTransport() = default;

Result<std::unique_ptr<HttpTransport>> HttpTransport::make(std::string user_agent, HttpVersion version) {
  auto state = std::make_unique<State>();
  state->user_agent = std::move(user_agent);
  state->version = version;
  TRY(state->open());
  return std::unique_ptr<HttpTransport>(new HttpTransport(std::move(state)));
}

HttpTransport::Ticket HttpTransport::start(Transfer transfer) {
  Slot& slot = m_state->take_slot(transfer);
  slot.transfer = std::move(transfer);
  slot.response = HttpResponse();
  slot.header_bytes = 0;
  slot.too_large = false;
  slot.stopped = false;
  slot.error[0] = '\0';
  slot.ticket = m_state->next_ticket++;
  if (slot.configured != slot.transfer.endpoint || slot.configured_link != slot.transfer.link) m_state->configure(slot);
  m_state->set_request(slot);
  curl_multi_add_handle(m_state->multi, slot.easy);
  return slot.ticket;
}

void HttpTransport::cancel(Ticket ticket) {
  for (const auto& slot : m_state->slots) {
    if (slot->ticket != ticket) continue;
    curl_multi_remove_handle(m_state->multi, slot->easy);
    m_state->release(*slot);
    return;
  }
}

void HttpTransport::run(Duration at_most) {
  State& state = *m_state;
  if (state.timer) at_most = std::min(at_most, *state.timer - monotonic_now());
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(std::max(at_most, Duration(0))).count();
  std::array<epoll_event, 64> events;
  const int count = ::epoll_wait(state.epoll, events.data(), static_cast<int>(events.size()),
                                 static_cast<int>(std::min<std::int64_t>(milliseconds, 60'000)));
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.u64 == k_wake_token) {
      std::uint64_t counter = 0;
      [[maybe_unused]] const auto drained = ::read(state.wake_fd, &counter, sizeof counter);
      continue;
    }
    int flags = 0;
    if ((event.events & EPOLLIN) != 0) flags |= CURL_CSELECT_IN;
    if ((event.events & EPOLLOUT) != 0) flags |= CURL_CSELECT_OUT;
    if ((event.events & (EPOLLERR | EPOLLHUP)) != 0) flags |= CURL_CSELECT_ERR;
    state.act(static_cast<curl_socket_t>(event.data.u64), flags);
  }
  if (state.timer && *state.timer <= monotonic_now()) {
    state.timer.reset();
    state.act(CURL_SOCKET_TIMEOUT, 0);
  }
  state.collect_finished();
}

void HttpTransport::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(m_state->wake_fd, &one, sizeof one);  // a full counter wakes, too
}

}  // namespace reconciled
