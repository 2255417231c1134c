#include "kube/http_transport.h"

#include "kube/http_handle.h"

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
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace reconciled {

namespace {

constexpr std::uint64_t k_wake_token = ~0ULL;

/// Handles that are kept for the next request; each has buffers of 64 KiB and more.
constexpr std::size_t k_kept_handles = 4;

/// A connection that was silent for so long while a request on it ran out of time is taken for dead. Shorter silences
/// are a slow server's, and ending the connection would end what others wait for.
constexpr auto k_dead_silence = std::chrono::seconds(10);

void initialise_library() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

int local_port(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return -1;
  if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  return -1;
}

/// How long nothing came over a TCP connection.
std::optional<Duration> silence_of(int socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  return std::chrono::milliseconds(info.tcpi_last_data_recv);
}

}  // namespace

namespace {

/// A set of connections. Those of HTTP/1.1 and of HTTP/2 to one server are kept apart: of a set that holds both,
/// libcurl 7.88 was seen to give the answer of one request to another.
struct Pool {
  int epoll = -1;
  std::uint64_t number = 0;  ///< of the pool, in the upper half of an epoll token; the socket is the lower one
  CURLM* multi = nullptr;
  std::optional<MonotonicTime> timer;

  Pool() = default;
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool();
  Status open();
  void act(curl_socket_t socket, int events) const;
  static int on_socket(CURL*, curl_socket_t socket, int what, void* user, void* known);
  static int on_timer(CURLM*, long milliseconds, void* user);
};

Pool::~Pool() {
  if (multi != nullptr) curl_multi_cleanup(multi);
}

Status Pool::open() {
  multi = curl_multi_init();
  if (multi == nullptr) return fail(ErrorKind::local, "libcurl cannot start");
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &Pool::on_socket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &Pool::on_timer);
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  return {};
}

void Pool::act(curl_socket_t socket, int events) const {
  int running = 0;
  static_cast<void>(curl_multi_socket_action(multi, socket, events, &running));
}

int Pool::on_socket(CURL*, curl_socket_t socket, int what, void* user, void* known) {
  Pool& pool = *static_cast<Pool*>(user);
  if (what == CURL_POLL_REMOVE) {
    ::epoll_ctl(pool.epoll, EPOLL_CTL_DEL, socket, nullptr);
    return 0;
  }
  epoll_event event{};
  event.events = ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0U) | ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0U);
  event.data.u64 = (pool.number << 32) | static_cast<std::uint32_t>(socket);
  if (::epoll_ctl(pool.epoll, known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event) != 0 &&
      errno == EEXIST) {
    ::epoll_ctl(pool.epoll, EPOLL_CTL_MOD, socket, &event);
  }
  if (known == nullptr) curl_multi_assign(pool.multi, socket, &pool);
  return 0;
}

int Pool::on_timer(CURLM*, long milliseconds, void* user) {
  Pool& pool = *static_cast<Pool*>(user);
  pool.timer.reset();
  if (milliseconds >= 0) pool.timer = monotonic_now() + std::chrono::milliseconds(milliseconds);
  return 0;
}

}  // namespace

struct HttpTransport::State {
  HttpSetup setup;
  std::array<Pool, 2> pools;  ///< for Link::own, and for all others
  int epoll = -1;
  int wake_fd = -1;
  std::set<int> sockets;  ///< that are open
  std::vector<std::unique_ptr<HttpHandle>> handles;
  std::vector<HttpHandle*> free_handles;
  Ticket next_ticket = 1;

  ~State();
  Status open();
  HttpHandle& take_handle(const Transfer& transfer);
  std::function<void(HttpResponse)> release(HttpHandle& handle);
  void finish(HttpHandle& handle, CURLcode code);
  bool end_if_dead(const HttpHandle& handle);
  void collect_finished();
  Pool& pool_of(const HttpHandle& handle) { return pools[handle.link() == Link::own ? 0 : 1]; }
};

HttpTransport::State::~State() {
  for (const auto& handle : handles) {
    if (handle->ticket() != 0) curl_multi_remove_handle(pool_of(*handle).multi, handle->easy());
  }
  // Connections that close now still call on_socket; the descriptors are closed after them.
  for (Pool& pool : pools) curl_multi_cleanup(std::exchange(pool.multi, nullptr));
  handles.clear();
  if (wake_fd >= 0) ::close(wake_fd);
  if (epoll >= 0) ::close(epoll);
}

Status HttpTransport::State::open() {
  initialise_library();
  setup.on_open = [this](int socket) { sockets.insert(socket); };
  setup.on_close = [this](int socket) { sockets.erase(socket); };
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
  for (Pool& pool : pools) {
    pool.epoll = epoll;
    pool.number = static_cast<std::uint64_t>(&pool - pools.data());
    TRY(pool.open());
  }
  return {};
}

HttpHandle& HttpTransport::State::take_handle(const Transfer& transfer) {
  // The handle that is set up for the same endpoint saves setting it up again.
  for (std::size_t i = free_handles.size(); i-- > 0;) {
    HttpHandle* handle = free_handles[i];
    if (!handle->fits(transfer)) continue;
    free_handles.erase(free_handles.begin() + static_cast<std::ptrdiff_t>(i));
    return *handle;
  }
  if (!free_handles.empty()) {
    HttpHandle* handle = free_handles.back();
    free_handles.pop_back();
    return *handle;
  }
  return *handles.emplace_back(std::make_unique<HttpHandle>(setup));
}

std::function<void(HttpResponse)> HttpTransport::State::release(HttpHandle& handle) {
  auto on_end = handle.release();
  free_handles.push_back(&handle);
  if (free_handles.size() > k_kept_handles) {
    const HttpHandle* oldest = free_handles.front();
    free_handles.erase(free_handles.begin());
    std::erase_if(handles, [&](const auto& known) { return known.get() == oldest; });
  }
  return on_end;
}

void HttpTransport::State::finish(HttpHandle& handle, CURLcode code) {
  HttpResponse response = handle.take_response(code);
  if (response.timed_out) response.suspect = handle.link() != Link::own && !end_if_dead(handle);
  curl_multi_remove_handle(pool_of(handle).multi, handle.easy());
  const auto on_end = release(handle);
  on_end(std::move(response));
}

/// libcurl keeps an HTTP/2 connection whose streams time out, and would give it to each request to come. Shutting down
/// its socket ends all that wait on it, and the next request opens a new one.
bool HttpTransport::State::end_if_dead(const HttpHandle& handle) {
  long port = 0;
  double seconds = 0;
  curl_easy_getinfo(handle.easy(), CURLINFO_LOCAL_PORT, &port);
  curl_easy_getinfo(handle.easy(), CURLINFO_TOTAL_TIME, &seconds);
  const auto waited = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
  for (const int socket : sockets) {
    if (port == 0 || local_port(socket) != port) continue;
    const auto silence = silence_of(socket);
    if (!silence || *silence < k_dead_silence || *silence + std::chrono::milliseconds(100) < waited) return false;
    return ::shutdown(socket, SHUT_RDWR) == 0;
  }
  return true;  // it is closed already
}

void HttpTransport::State::collect_finished() {
  std::vector<std::pair<Ticket, CURLcode>> finished;
  int left = 0;
  for (const Pool& pool : pools) {
    while (CURLMsg* message = curl_multi_info_read(pool.multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      char* user = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &user);
      finished.emplace_back(reinterpret_cast<HttpHandle*>(user)->ticket(), message->data.result);
    }
  }
  for (const auto& [ticket, code] : finished) {
    for (const auto& handle : handles) {  // an earlier callback may have cancelled it
      if (handle->ticket() != ticket) continue;
      finish(*handle, code);
      break;
    }
  }
}

HttpTransport::HttpTransport(std::unique_ptr<State> state) : m_state(std::move(state)) {}
HttpTransport::~HttpTransport() = default;

Result<std::unique_ptr<HttpTransport>> HttpTransport::make(std::string user_agent, HttpVersion version,
                                                           std::uint64_t max_buffered_bytes) {
  auto state = std::make_unique<State>();
  state->setup.user_agent = std::move(user_agent);
  state->setup.version = version;
  state->setup.max_buffered_bytes = max_buffered_bytes;
  std::random_device random;
  for (int i = 0; i < 2; ++i) state->setup.instance += std::to_string(random());
  TRY(state->open());
  return std::unique_ptr<HttpTransport>(new HttpTransport(std::move(state)));
}

HttpTransport::Ticket HttpTransport::start(Transfer transfer) {
  HttpHandle& handle = m_state->take_handle(transfer);
  handle.begin(std::move(transfer), m_state->next_ticket++);
  curl_multi_add_handle(m_state->pool_of(handle).multi, handle.easy());
  return handle.ticket();
}

void HttpTransport::cancel(Ticket ticket) {
  for (const auto& handle : m_state->handles) {
    if (handle->ticket() != ticket) continue;
    curl_multi_remove_handle(m_state->pool_of(*handle).multi, handle->easy());
    static_cast<void>(m_state->release(*handle));
    return;
  }
}

void HttpTransport::run(Duration at_most) {
  State& state = *m_state;
  for (const Pool& pool : state.pools) {
    if (pool.timer) at_most = std::min(at_most, *pool.timer - monotonic_now());
  }
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
    state.pools[event.data.u64 >> 32].act(static_cast<curl_socket_t>(event.data.u64 & 0xffffffff), flags);
  }
  for (Pool& pool : state.pools) {
    if (!pool.timer || *pool.timer > monotonic_now()) continue;
    pool.timer.reset();
    pool.act(CURL_SOCKET_TIMEOUT, 0);
  }
  state.collect_finished();
}

void HttpTransport::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(m_state->wake_fd, &one, sizeof one);  // a full counter wakes, too
}

}  // namespace reconciled
