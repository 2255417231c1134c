#include "tests/kube/support/scripted_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace reconciled {

namespace {

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// A listening socket on a free port of 127.0.0.1, and that port.
std::pair<int, int> listen_anywhere() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd, 128) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("cannot listen on loopback");
  }
  return {fd, ntohs(address.sin_port)};
}

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::optional<ScriptedRequest> parse_head(const std::string& head) {
  ScriptedRequest request;
  std::size_t line_end = head.find("\r\n");
  const std::string line = head.substr(0, line_end);
  const std::size_t first = line.find(' ');
  const std::size_t second = line.rfind(' ');
  if (first == line.npos || first == second) return std::nullopt;
  request.method = line.substr(0, first);
  request.target = line.substr(first + 1, second - first - 1);
  while (line_end + 2 < head.size()) {
    const std::size_t begin = line_end + 2;
    line_end = head.find("\r\n", begin);
    if (line_end == head.npos) break;
    const std::string field = head.substr(begin, line_end - begin);
    const std::size_t colon = field.find(':');
    if (colon == field.npos) continue;
    const std::size_t value = field.find_first_not_of(' ', colon + 1);
    request.headers.emplace_back(lower(field.substr(0, colon)), value == field.npos ? "" : field.substr(value));
  }
  return request;
}

}  // namespace

std::string ScriptedRequest::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

std::vector<std::string> ScriptedRequest::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : headers) {
    if (key == name) values.push_back(value);
  }
  return values;
}

ScriptedReply json_reply(int status, std::string body) {
  ScriptedReply reply;
  reply.status = status;
  reply.headers = {{"Content-Type", "application/json"}};
  reply.body = std::move(body);
  return reply;
}

ScriptedReply status_reply(int status, std::string reason, std::string message) {
  return json_reply(status, R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":")" +
                                message + R"(","reason":")" + reason + R"(","code":)" + std::to_string(status) + "}");
}

struct ScriptedServer::State {
  Script script;
  int listener = -1;
  int port = 0;
  std::atomic<bool> stop = false;
  mutable std::mutex mutex;
  std::mutex script_mutex;
  std::condition_variable stopped;
  std::vector<ScriptedRequest> requests;  // guarded by mutex
  std::vector<int> open;                  // guarded by mutex
  std::vector<std::thread> threads;       // guarded by mutex
  int connections = 0;
  int at_once = 0;       // guarded by mutex
  int most_at_once = 0;  // guarded by mutex
  std::thread acceptor;

  void accept_all();
  void serve(int fd, int connection);
  bool read_request(int fd, std::string& buffer, ScriptedRequest& request);
  bool send_reply(int fd, const ScriptedReply& reply);
  void wait(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex);
    stopped.wait_for(lock, time, [this] { return stop.load(); });
  }
};

void ScriptedServer::State::accept_all() {
  while (!stop) {
    pollfd ready{listener, POLLIN, 0};
    if (::poll(&ready, 1, 50) <= 0) continue;
    const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    const std::lock_guard lock(mutex);
    open.push_back(fd);
    const int number = ++connections;
    threads.emplace_back([this, fd, number] { serve(fd, number); });
  }
}

bool ScriptedServer::State::read_request(int fd, std::string& buffer, ScriptedRequest& request) {
  char piece[16384];
  std::size_t end = std::string::npos;
  std::size_t length = 0;
  for (;;) {
    if (end == std::string::npos && (end = buffer.find("\r\n\r\n")) != std::string::npos) {
      auto head = parse_head(buffer.substr(0, end + 2));
      if (!head) return false;
      request = std::move(*head);
      const std::string text = request.header("content-length");
      length = text.empty() ? 0 : std::stoul(text);
    }
    if (end != std::string::npos && buffer.size() >= end + 4 + length) break;
    const ssize_t got = ::recv(fd, piece, sizeof piece, 0);
    if (got <= 0) return false;
    buffer.append(piece, static_cast<std::size_t>(got));
  }
  request.body = buffer.substr(end + 4, length);
  buffer.erase(0, end + 4 + length);
  return true;
}

bool ScriptedServer::State::send_reply(int fd, const ScriptedReply& reply) {
  if (reply.hang_up) return false;
  std::string head = "HTTP/1.1 " + std::to_string(reply.status) + " Scripted\r\n";
  for (const auto& [name, value] : reply.headers) head += name + ": " + value + "\r\n";
  if (reply.chunks.empty()) {
    head += "Content-Length: " + std::to_string(reply.body.size()) + "\r\n\r\n";
    wait(reply.pause);
    const std::string_view body =
        std::string_view(reply.body).substr(0, reply.cut ? reply.body.size() / 2 : reply.body.size());
    return send_all(fd, head + std::string(body)) && !reply.cut;
  }
  if (!send_all(fd, head + "Transfer-Encoding: chunked\r\n\r\n")) return false;
  for (const std::string& chunk : reply.chunks) {
    if (reply.pause.count() > 0) wait(reply.pause);
    char size[32];
    std::snprintf(size, sizeof size, "%zx\r\n", chunk.size());
    if (stop || !send_all(fd, size + chunk + "\r\n")) return false;
  }
  if (reply.hold_open) wait(std::chrono::minutes(1));
  if (reply.cut || reply.hold_open) return false;
  return send_all(fd, "0\r\n\r\n");
}

void ScriptedServer::State::serve(int fd, int connection) {
  std::string buffer;
  ScriptedRequest request;
  while (!stop && read_request(fd, buffer, request)) {
    request.connection = connection;
    {
      const std::lock_guard lock(mutex);
      requests.push_back(request);
      most_at_once = std::max(most_at_once, ++at_once);
    }
    ScriptedReply reply;
    {
      const std::lock_guard lock(script_mutex);
      reply = script(request);
    }
    const bool alive = send_reply(fd, reply);
    {
      const std::lock_guard lock(mutex);
      --at_once;
    }
    if (!alive) break;
  }
  const std::lock_guard lock(mutex);
  std::erase(open, fd);
  ::close(fd);
}

ScriptedServer::ScriptedServer(Script script) : m_state(std::make_unique<State>()) {
  m_state->script = std::move(script);
  std::tie(m_state->listener, m_state->port) = listen_anywhere();
  m_state->acceptor = std::thread([state = m_state.get()] { state->accept_all(); });
}

ScriptedServer::~ScriptedServer() {
  {
    const std::lock_guard lock(m_state->mutex);
    m_state->stop = true;
    for (const int fd : m_state->open) ::shutdown(fd, SHUT_RDWR);
  }
  m_state->stopped.notify_all();
  m_state->acceptor.join();
  for (std::thread& thread : m_state->threads) thread.join();
  ::close(m_state->listener);
}

std::string ScriptedServer::url() const {
  return "http://127.0.0.1:" + std::to_string(m_state->port);
}

std::vector<ScriptedRequest> ScriptedServer::requests() const {
  const std::lock_guard lock(m_state->mutex);
  return m_state->requests;
}

int ScriptedServer::most_at_once() const {
  const std::lock_guard lock(m_state->mutex);
  return m_state->most_at_once;
}

std::string closed_port_url() {
  const auto [fd, port] = listen_anywhere();
  ::close(fd);
  return "http://127.0.0.1:" + std::to_string(port);
}

}  // namespace reconciled
