// bench-webhook-load: how many signed deliveries a second are taken, over N connections that are kept and always busy.
// Each delivery is a push of its own: another commit, id and signature.
//
//   bench-webhook-load                                             a server of its own, in a thread of this process
//   bench-webhook-load --port 9480 --secret-file F --repository U  a daemon that is running on this machine
//
// Prints one line: rate, p50 and p99 of the time from the first byte sent to the answer, buffers, and the statuses.
// Fails when an answer is another than 202, or when the rate is below --at-least.
#include "base/digest.h"
#include "base/file.h"
#include "daemon/http/routes.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

namespace reconciled::bench {
namespace {

struct Arguments {
  std::uint16_t port = 0;
  std::string secret_file;
  std::string repository = "https://github.com/acme/fleet.git";
  std::size_t connections = 32;
  std::size_t body_bytes = 10'000;
  double seconds = 5;
  double at_least = 0;
};

[[noreturn]] void die(const std::string& why) {
  fmt::print(stderr, "bench-webhook-load: {}\n", why);
  std::exit(1);
}

/// Pushes of one repository, padded by what a server sends beside them.
class Deliveries {
 public:
  Deliveries(const Arguments& arguments, std::string secret) : m_secret(std::move(secret)) {
    m_head = R"({"ref":"refs/heads/main","after":")";
    m_tail = R"(","repository":{"default_branch":"main","clone_url":")" + arguments.repository + R"("},"commits":[)";
    for (std::size_t i = 0; m_head.size() + m_tail.size() + 200 < arguments.body_bytes; ++i) {
      m_tail += fmt::format(R"({}{{"id":"{:040x}","message":"Change number {}","added":["a/{}.yaml"],"modified":[]}})",
                            i == 0 ? "" : ",", i, i, i);
    }
    m_tail += "]}";
  }

  /// A whole request; `buffer` is reused.
  void make(std::uint64_t number, std::string& buffer) {
    m_body = m_head;
    fmt::format_to(std::back_inserter(m_body), "{:040x}", number);
    m_body += m_tail;
    buffer.clear();
    fmt::format_to(
        std::back_inserter(buffer),
        "POST /webhook HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nContent-Type: application/json\r\n"
        "X-GitHub-Event: push\r\nX-GitHub-Delivery: {:016x}-{}\r\nX-Hub-Signature-256: sha256={}\r\n"
        "Content-Length: {}\r\n\r\n",
        number, ::getpid(), hmac_sha256(m_secret, m_body).hex(), m_body.size());
    buffer += m_body;
  }

 private:
  std::string m_secret;
  std::string m_head;
  std::string m_tail;
  std::string m_body;
};

/// The server side of a daemon, and nothing else of it.
class OwnServer {
 public:
  OwnServer(const Arguments& arguments, std::string_view secret) {
    WebhookProof proof;
    proof.secrets.emplace_back(secret);
    m_endpoint.set_proof(std::move(proof));
    m_endpoint.set_repositories({{"bench", {arguments.repository, "main"}}});
    ListenerOptions options;
    options.name = k_webhook_listener;
    options.address = {"127.0.0.1", 0};
    options.max_connections = arguments.connections + 1;
    options.max_body = 5U << 20;
    auto started =
        HttpServer::start({options}, make_routes({m_endpoint, m_status, m_metrics}), {}, make_observer(m_metrics));
    if (!started) die(format_error(started.error()));
    m_server = std::move(*started);
  }
  [[nodiscard]] std::uint16_t port() const { return m_server->listeners().front().address.port; }
  [[nodiscard]] std::size_t buffered() const { return m_server->buffered(); }
  [[nodiscard]] std::size_t wakes() const { return m_wakes; }

 private:
  SystemClock m_clock;
  Board m_board;
  std::atomic<std::size_t> m_wakes{0};
  PushBox m_box{[this] { ++m_wakes; }};
  Metrics m_metrics{m_board, m_clock, "bench", ""};
  WebhookEndpoint m_endpoint{m_clock, m_box,
                             [this](WebhookProvider p, WebhookResult r) { m_metrics.on_webhook(p, r); }};
  StatusApi m_status{m_board, m_clock, "bench"};
  std::unique_ptr<HttpServer> m_server;
};

struct Connection {
  int socket = -1;
  std::string out;
  std::size_t sent = 0;
  std::string in;
  MonotonicTime begun{};
};

/// One thread that keeps every connection busy.
class Load {
 public:
  Load(const Arguments& arguments, std::uint16_t port, Deliveries& deliveries)
      : m_deliveries(deliveries), m_connections(arguments.connections), m_epoll(::epoll_create1(EPOLL_CLOEXEC)) {
    for (std::size_t i = 0; i < m_connections.size(); ++i) open(i, port);
  }
  ~Load() {
    for (const auto& connection : m_connections) ::close(connection.socket);
    ::close(m_epoll);
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  void run(Duration duration) {
    m_end = monotonic_now() + duration;
    for (Connection& connection : m_connections) begin(connection);
    std::array<epoll_event, 64> events{};
    while (monotonic_now() < m_end) {
      const int count = ::epoll_wait(m_epoll, events.data(), static_cast<int>(events.size()), 100);
      for (int i = 0; i < count; ++i) {
        Connection& connection = m_connections.at(events.at(static_cast<std::size_t>(i)).data.u64);
        write(connection);
        read(connection);
      }
    }
  }

  std::vector<double> milliseconds;
  std::map<int, std::size_t> statuses;

 private:
  void open(std::size_t index, std::uint16_t port) {
    Connection& connection = m_connections.at(index);
    connection.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(connection.socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      die(fmt::format("127.0.0.1:{} takes no connection: {}", port, std::strerror(errno)));
    const int on = 1;
    ::setsockopt(connection.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.u64 = index;
    ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, connection.socket, &event);
  }

  void begin(Connection& connection) {
    m_deliveries.make(++m_number, connection.out);
    connection.sent = 0;
    connection.begun = monotonic_now();
    write(connection);
  }

  static void write(Connection& connection) {
    while (connection.sent < connection.out.size()) {
      const auto length = ::send(connection.socket, connection.out.data() + connection.sent,
                                 connection.out.size() - connection.sent, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (length <= 0) return;
      connection.sent += static_cast<std::size_t>(length);
    }
  }

  void read(Connection& connection) {
    std::array<char, 4096> buffer{};
    for (;;) {
      const auto length = ::recv(connection.socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (length == 0) die("the server ended a connection");
      if (length < 0) return;
      connection.in.append(buffer.data(), static_cast<std::size_t>(length));
      // One request is under way, so what follows the head is its whole answer: a line of JSON.
      if (!connection.in.ends_with("}\n")) continue;
      int status = 0;
      std::from_chars(connection.in.data() + 9, connection.in.data() + 12, status);
      ++statuses[status];
      milliseconds.push_back(std::chrono::duration<double, std::milli>(monotonic_now() - connection.begun).count());
      connection.in.clear();
      if (monotonic_now() < m_end) begin(connection);
    }
  }

  Deliveries& m_deliveries;
  std::vector<Connection> m_connections;
  int m_epoll;
  MonotonicTime m_end{};
  std::uint64_t m_number = 0;
};

double percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, at);
  return *at;
}

int run(const Arguments& arguments) {
  std::string secret = "a secret of the benchmark";
  if (!arguments.secret_file.empty()) {
    auto text = read_file(arguments.secret_file);
    if (!text) die(format_error(text.error()));
    while (text->ends_with('\n')) text->pop_back();
    secret = std::move(*text);
  }
  std::unique_ptr<OwnServer> own;
  if (arguments.port == 0) own = std::make_unique<OwnServer>(arguments, secret);
  Deliveries deliveries(arguments, secret);
  Load load(arguments, own ? own->port() : arguments.port, deliveries);
  const auto begun = monotonic_now();
  load.run(std::chrono::duration_cast<Duration>(std::chrono::duration<double>(arguments.seconds)));
  const double took = std::chrono::duration<double>(monotonic_now() - begun).count();
  const std::size_t buffered = own ? own->buffered() : 0;

  std::string statuses;
  for (const auto& [status, count] : load.statuses) statuses += fmt::format(" {}x{}", status, count);
  const double rate = static_cast<double>(load.milliseconds.size()) / took;
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  fmt::print("webhooks {:.0f}/s p50 {:.2f} ms p99 {:.2f} ms connections {} buffered {:.1f} MiB rss {:.1f} MiB{}{}\n",
             rate, percentile(load.milliseconds, 0.5), percentile(load.milliseconds, 0.99), arguments.connections,
             static_cast<double>(buffered) / (1 << 20), static_cast<double>(usage.ru_maxrss) / 1024, statuses,
             own ? fmt::format(" wakes {}", own->wakes()) : "");
  if (load.statuses.size() != 1 || !load.statuses.contains(202)) die("not every delivery was accepted");
  if (rate < arguments.at_least) die(fmt::format("below {:.0f}/s", arguments.at_least));
  return 0;
}

}  // namespace
}  // namespace reconciled::bench

int main(int argc, char** argv) {
  reconciled::bench::Arguments arguments;
  CLI::App app("signed webhook deliveries as fast as they are taken");
  app.add_option("--port", arguments.port, "of a daemon on 127.0.0.1; 0: a server of its own");
  app.add_option("--secret-file", arguments.secret_file, "one of the daemon's webhook secrets");
  app.add_option("--repository", arguments.repository, "a URL that the daemon looks at, branch main");
  app.add_option("--connections", arguments.connections)->check(CLI::Range(1, 10'000));
  app.add_option("--body-bytes", arguments.body_bytes)->check(CLI::Range(300, 5'000'000));
  app.add_option("--seconds", arguments.seconds)->check(CLI::Range(0.1, 600.0));
  app.add_option("--at-least", arguments.at_least, "deliveries a second below which the run fails");
  CLI11_PARSE(app, argc, argv);
  return reconciled::bench::run(arguments);
}
