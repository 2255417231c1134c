#include "daemon/http/listener.h"

#include "daemon/http/buffer_budget.h"
#include "daemon/http/listening_socket.h"
#include "daemon/http/route_table.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <signal.h>

#include <algorithm>
#include <array>
#include <list>
#include <set>
#include <thread>

// Asio returns the error that it also stores: looking at one of both is enough.
// NOLINTBEGIN(bugprone-unused-return-value)

namespace reconciled {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace beast_http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto k_tick = std::chrono::milliseconds(100);
constexpr auto k_farewell = std::chrono::seconds(2);  ///< for a client to stop sending what we do not take
constexpr std::size_t k_connection_overhead = 2U << 10;

std::string_view view_of(beast::string_view text) {
  return {text.data(), text.size()};
}

class Connection;

/// One listening socket and what came in on it.
struct Listening {
  ListenerOptions options;
  tcp::acceptor acceptor;
  Reach reach = Reach::network;
  std::size_t open = 0;
  bool paused = false;  ///< accepting failed; the next tick tries again
};

/// What the connections of a server share; used on its thread alone.
struct Shared {
  HttpLimits limits;
  std::vector<Route> routes;
  RequestObserver observer;
  BufferBudget budget;
  std::set<Connection*> open;

  void observe(const Listening& listening, const Route* route, int status) const {
    if (observer) observer(listening.options.name, route == nullptr ? std::string_view() : route->path, status);
  }
};

/// One client; serves its requests one after the other. Owned by its pending operation.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  /// The caller has charged `reserve_of` for it.
  Connection(tcp::socket socket, Listening& listening, Shared& shared)
      : m_socket(std::move(socket)),
        m_listening(listening),
        m_shared(shared),
        m_charged(reserve_of(shared.limits)),
        m_buffer(shared.limits.header) {
    m_shared.open.insert(this);
    ++m_listening.open;
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { depart(); }

  static std::size_t reserve_of(const HttpLimits& limits) { return limits.header + k_connection_overhead; }

  void run() {
    m_parser.emplace();
    prepare_parser();
    m_deadline = monotonic_now() + m_shared.limits.receive;
    m_idle_since = monotonic_now();
    read();
  }

  /// Counts as gone at once; its memory goes when its pending operation has ended, in this thread's next turn.
  void close() {
    error_code ignored;
    m_socket.close(ignored);
    depart();
  }

  /// Ends what has taken too long: an unfinished request with 408, everything else without a word.
  void check(MonotonicTime now) {
    if (now < m_deadline) return;
    m_deadline = MonotonicTime::max();
    if (m_state != State::receiving) return close();
    error_code ignored;
    m_socket.cancel(ignored);  // the pending read ends with an error and answers
    m_late = true;
  }

  [[nodiscard]] bool idle() const { return m_state == State::idle; }
  [[nodiscard]] MonotonicTime idle_since() const { return m_idle_since; }
  [[nodiscard]] const Listening& listening() const { return m_listening; }

 private:
  enum class State : std::uint8_t { idle, receiving, answering, leaving };

  void depart() {
    if (m_shared.open.erase(this) == 0) return;
    release_answer();
    m_shared.budget.give(std::exchange(m_charged, 0));
    --m_listening.open;
  }

  void prepare_parser() {
    m_parser->header_limit(static_cast<std::uint32_t>(m_shared.limits.header));
    m_parser->body_limit(boost::none);  // known once there is a head to blame
  }

  void read() {
    const std::size_t room = m_buffer.max_size() - m_buffer.size();
    if (room == 0) return refuse(431, "the headers are too large\n");  // or what stands before a chunk
    m_socket.async_read_some(m_buffer.prepare(room), [self = shared_from_this()](error_code error, std::size_t length) {
      self->on_read(error, length);
    });
  }

  void on_read(error_code error, std::size_t length) {
    if (!m_socket.is_open()) return;  // closed while this was on its way
    if (m_late) return refuse(408, "the request took too long\n");
    if (error) return close();
    m_buffer.commit(length);
    advance();
  }

  /// Parses what has arrived, and answers once a request is whole.
  void advance() {
    if (m_state == State::idle) {
      m_state = State::receiving;
      m_deadline = monotonic_now() + m_shared.limits.receive;
    }
    error_code error;
    if (!m_parser->is_header_done()) {
      m_buffer.consume(m_parser->put(m_buffer.data(), error));
      if (error == beast_http::error::need_more) return read();
      if (error) return refuse_malformed(error);
      if (!take_head()) return;
    }
    if (!m_parser->is_done()) {
      m_parser->eager(true);
      if (!reserve_body()) return refuse(503, "too much is being received at once\n");
      m_buffer.consume(m_parser->put(m_buffer.data(), error));
      if (error && error != beast_http::error::need_more) return refuse_malformed(error);
      if (!m_parser->is_done()) return read();
    }
    handle();
  }

  void refuse_malformed(error_code error) {
    if (error == beast_http::error::body_limit) return refuse(413, "the body is too large\n");
    if (error == beast_http::error::header_limit) return refuse(431, "the headers are too large\n");
    refuse(400, "this is no HTTP request\n");
  }

  /// Decides by the head alone what happens to the request; false when it was answered.
  bool take_head() {
    const auto& head = m_parser->get();
    std::tie(m_path, m_query) = split_target(view_of(head.target()));
    const RouteMatch match =
        find_route(m_shared.routes, m_listening.options.name, view_of(head.method_string()), m_path);
    m_route = match.route;
    if (m_route == nullptr && match.allowed.empty()) return refuse(404, "there is no such path\n"), false;
    if (m_route == nullptr) return refuse(405, "this method is not for this path\n", {{"Allow", match.allowed}}), false;
    m_parser->body_limit(m_listening.options.max_body);
    const auto length = m_parser->content_length();
    if (length && *length > m_listening.options.max_body) return refuse(413, "the body is too large\n"), false;
    if (length && !charge(*length)) return refuse(503, "too much is being received at once\n"), false;
    if (!m_parser->is_done() && beast::iequals(head[beast_http::field::expect], "100-continue") &&
        m_buffer.size() == 0) {
      error_code ignored;  // so short that it fits, or the client stopped reading and gets no invitation
      m_socket.write_some(asio::buffer(std::string_view("HTTP/1.1 100 Continue\r\n\r\n")), ignored);
    }
    return true;
  }

  bool charge(std::size_t bytes) {
    if (!m_shared.budget.take(bytes)) return false;
    m_charged += bytes;
    m_body_charged += bytes;
    return true;
  }

  /// A body of unknown length is charged before it grows.
  bool reserve_body() {
    std::string& body = m_parser->get().body();
    const std::size_t needed = body.size() + m_buffer.size();
    if (m_parser->content_length() || needed <= m_body_charged) return true;
    const std::size_t room =
        std::max(needed, std::min(2 * needed, m_listening.options.max_body + m_shared.limits.header));
    if (!charge(room - m_body_charged)) return false;
    body.reserve(room);
    return true;
  }

  void handle() {
    const auto& raw = m_parser->get();
    m_headers.clear();
    for (const auto& field : raw) m_headers.push_back({view_of(field.name_string()), view_of(field.value())});
    WebRequest request;
    request.method = view_of(raw.method_string());
    request.path = m_path;
    request.query = m_query;
    request.headers = m_headers;
    request.body = raw.body();
    request.reach = m_listening.reach;
    m_keep_alive = raw.keep_alive();
    try {
      answer(m_route->handler(request));
    } catch (const std::exception&) {
      m_keep_alive = false;
      answer(make_text_response(500, "something went wrong here\n"));
    }
  }

  /// Answers and ends the connection: what else it sends is not to be understood.
  void refuse(int status, std::string text, std::vector<std::pair<std::string, std::string>> headers = {}) {
    m_keep_alive = false;
    m_late = false;
    WebResponse response = make_text_response(status, std::move(text));
    response.headers = std::move(headers);
    answer(std::move(response));
  }

  void answer(WebResponse response) {
    if (response.body == nullptr) response.body = std::make_shared<const std::string>();
    if (!m_shared.budget.take_shared(response.body)) {
      response = make_text_response(503, "too much is being sent at once\n");
      m_keep_alive = false;
    } else {
      m_answer_charged = true;
    }
    m_answer = std::move(response.body);
    m_head = format_head(response, m_answer->size(), m_keep_alive ? AfterAnswer::keep : AfterAnswer::close);
    m_shared.observe(m_listening, m_route, response.status);
    m_state = State::answering;
    m_deadline = monotonic_now() + m_shared.limits.send;
    const bool head_only = m_parser->is_header_done() && m_parser->get().method() == beast_http::verb::head;
    const std::array<asio::const_buffer, 2> buffers{
        asio::buffer(m_head), asio::buffer(std::string_view(head_only ? std::string_view() : *m_answer))};
    asio::async_write(m_socket, buffers,
                      [self = shared_from_this()](error_code error, std::size_t) { self->after_write(error); });
  }

  /// The text itself lives as long as it may be written from.
  void release_answer() {
    if (std::exchange(m_answer_charged, false)) m_shared.budget.give_shared(m_answer);
  }

  void after_write(error_code error) {
    if (error || !m_socket.is_open()) return close();
    release_answer();
    m_answer.reset();
    if (!m_keep_alive) return leave();
    m_shared.budget.give(m_body_charged);
    m_charged -= std::exchange(m_body_charged, 0);
    m_route = nullptr;
    m_parser.emplace();
    prepare_parser();
    m_state = State::idle;
    m_idle_since = monotonic_now();
    m_deadline = m_idle_since + m_shared.limits.idle;
    if (m_buffer.size() != 0) return advance();  // pipelined
    read();
  }

  /// Says that nothing more comes and swallows what the client still sends, so that it reads the answer: a socket
  /// closed over unread bytes would take the answer with it.
  void leave() {
    error_code ignored;
    m_socket.shutdown(tcp::socket::shutdown_send, ignored);
    if (m_state != State::leaving) m_deadline = monotonic_now() + k_farewell;
    m_state = State::leaving;
    m_buffer.clear();
    m_socket.async_read_some(m_buffer.prepare(m_buffer.max_size()),
                             [self = shared_from_this()](error_code error, std::size_t) {
                               if (error) return self->close();
                               self->leave();
                             });
  }

  tcp::socket m_socket;
  Listening& m_listening;
  Shared& m_shared;
  std::size_t m_charged;
  std::size_t m_body_charged = 0;  ///< part of m_charged
  beast::flat_buffer m_buffer;
  std::optional<beast_http::request_parser<beast_http::string_body>> m_parser;
  State m_state = State::idle;
  MonotonicTime m_deadline{};
  MonotonicTime m_idle_since{};
  const Route* m_route = nullptr;
  std::string_view m_path;   ///< into the parser's head
  std::string_view m_query;  ///< likewise
  std::vector<WebHeader> m_headers;
  std::string m_head;
  std::shared_ptr<const std::string> m_answer;
  bool m_answer_charged = false;
  bool m_keep_alive = true;
  bool m_late = false;
};

}  // namespace

class HttpServer::Core {
 public:
  Core(std::vector<Route> routes, const HttpLimits& limits, RequestObserver observer)
      : m_shared{limits, std::move(routes), std::move(observer), BufferBudget(limits.buffers), {}} {}

  Status listen(const ListenerOptions& options) {
    TRY_ASSIGN(const ListeningSocket socket, open_listening_socket(options));
    Listening& listening = m_listening.emplace_back(Listening{options, tcp::acceptor(m_context), socket.bound.reach});
    error_code error;
    listening.acceptor.assign(socket.family == AF_INET ? tcp::v4() : tcp::v6(), socket.descriptor, error);
    if (!error) listening.acceptor.non_blocking(true, error);
    if (error) return fail(ErrorKind::local, "cannot serve " + options.name + ": " + error.message());
    m_bound.push_back(socket.bound);
    return {};
  }

  void run() {
    for (Listening& listening : m_listening) accept(listening);
    tick();
    sigset_t all;
    sigset_t before;
    sigfillset(&all);  // signals are for the loop's thread
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    m_thread = std::thread([this] { m_context.run(); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  void stop() {
    if (!m_thread.joinable()) return;
    asio::post(m_context, [this] {
      m_stopping = true;
      error_code ignored;
      for (Listening& listening : m_listening) listening.acceptor.close(ignored);
      m_timer.cancel();
      for (Connection* connection : all_open()) connection->close();
    });
    m_thread.join();
  }

  [[nodiscard]] const std::vector<BoundListener>& bound() const { return m_bound; }
  [[nodiscard]] std::size_t buffered() const { return m_shared.budget.used(); }

 private:
  void accept(Listening& listening) {
    listening.acceptor.async_accept([this, &listening](error_code error, tcp::socket socket) {
      if (m_stopping) return;
      if (error) {
        listening.paused = true;  // no descriptors left, most likely
        return;
      }
      welcome(listening, std::move(socket));
      accept(listening);
    });
  }

  void welcome(Listening& listening, tcp::socket socket) {
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    socket.non_blocking(true, ignored);
    if (listening.open >= listening.options.max_connections) make_room(listening);
    const bool room = listening.open < listening.options.max_connections;
    if (!room || !m_shared.budget.take(Connection::reserve_of(m_shared.limits))) {
      socket.write_some(asio::buffer(std::string_view("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n"
                                                      "Retry-After: 1\r\nConnection: close\r\n\r\n")),
                        ignored);
      m_shared.observe(listening, nullptr, 503);
      return;
    }
    std::make_shared<Connection>(std::move(socket), listening, m_shared)->run();
  }

  /// As they are now: what is done with one may end it.
  [[nodiscard]] std::vector<Connection*> all_open() const { return {m_shared.open.begin(), m_shared.open.end()}; }

  /// Closes the connection that has been idle longest.
  void make_room(const Listening& listening) {
    Connection* oldest = nullptr;
    for (Connection* connection : m_shared.open) {
      if (&connection->listening() != &listening || !connection->idle()) continue;
      if (oldest == nullptr || connection->idle_since() < oldest->idle_since()) oldest = connection;
    }
    if (oldest != nullptr) oldest->close();
  }

  void tick() {
    m_timer.expires_after(k_tick);
    m_timer.async_wait([this](error_code error) {
      if (error || m_stopping) return;
      const MonotonicTime now = monotonic_now();
      for (Connection* connection : all_open()) connection->check(now);
      for (Listening& listening : m_listening) {
        if (std::exchange(listening.paused, false)) accept(listening);
      }
      tick();
    });
  }

  asio::io_context m_context{1};
  asio::steady_timer m_timer{m_context};
  Shared m_shared;
  std::list<Listening> m_listening;
  std::vector<BoundListener> m_bound;
  bool m_stopping = false;
  std::thread m_thread;
};

Result<std::unique_ptr<HttpServer>> HttpServer::start(const std::vector<ListenerOptions>& listeners,
                                                      std::vector<Route> routes, const HttpLimits& limits,
                                                      RequestObserver observer) {
  auto core = std::make_unique<Core>(std::move(routes), limits, std::move(observer));
  for (const auto& listener : listeners) TRY(core->listen(listener));
  core->run();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(core)));
}

HttpServer::HttpServer(std::unique_ptr<Core> core) : m_core(std::move(core)) {}
HttpServer::~HttpServer() {
  stop();
}

const std::vector<BoundListener>& HttpServer::listeners() const {
  return m_core->bound();
}

std::size_t HttpServer::buffered() const {
  return m_core->buffered();
}

void HttpServer::stop() {
  m_core->stop();
}

}  // namespace reconciled

// NOLINTEND(bugprone-unused-return-value)
