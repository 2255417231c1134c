#include "tests/support/forward_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string_view>

namespace reconciled {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

/// Exactly so many bytes; fewer when the client left.
std::string receive(int fd, std::size_t size) {
  std::string bytes(size, '\0');
  const ssize_t got = ::recv(fd, bytes.data(), size, MSG_WAITALL);
  bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return bytes;
}

std::uint16_t number_of(std::string_view text) {
  return static_cast<std::uint16_t>(std::strtoul(std::string(text).c_str(), nullptr, 10));
}

/// Both ways until one side closes or `end` becomes readable.
void forward(int client, int server, int end) {
  std::array<char, 16384> buffer;
  while (true) {
    std::array<pollfd, 3> waits{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}, pollfd{end, POLLIN, 0}};
    if (::poll(waits.data(), waits.size(), -1) < 0 || waits[2].revents != 0) return;
    for (const auto& [from, to] : {std::pair(0, server), std::pair(1, client)}) {
      const pollfd& side = waits[static_cast<std::size_t>(from)];
      if (side.revents == 0) continue;
      const ssize_t got = ::recv(side.fd, buffer.data(), buffer.size(), 0);
      if (got <= 0 || !send_all(to, {buffer.data(), static_cast<std::size_t>(got)})) return;
    }
  }
}

}  // namespace

ForwardProxy::ForwardProxy(Manner manner) : m_manner(manner) {
  m_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(m_listener, reinterpret_cast<const sockaddr*>(&address), size) != 0 || ::listen(m_listener, 64) != 0 ||
      ::pipe(m_end) != 0)
    std::abort();
  ::getsockname(m_listener, reinterpret_cast<sockaddr*>(&address), &size);
  m_port = ntohs(address.sin_port);
  m_thread = std::thread([this] { accept_all(); });
}

ForwardProxy::~ForwardProxy() {
  ::close(m_end[1]);
  m_thread.join();
  for (auto& connection : m_connections) connection.join();
  ::close(m_end[0]);
  ::close(m_listener);
}

std::vector<std::string> ForwardProxy::asked() const {
  const std::scoped_lock lock(m_mutex);
  return m_asked;
}

void ForwardProxy::accept_all() {
  while (true) {
    std::array<pollfd, 2> waits{pollfd{m_listener, POLLIN, 0}, pollfd{m_end[0], POLLIN, 0}};
    if (::poll(waits.data(), waits.size(), -1) < 0 || waits[1].revents != 0) return;
    const int client = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) m_connections.emplace_back([this, client] { serve(client); });
  }
}

ForwardProxy::Target ForwardProxy::read_connect(int client) {
  std::string head;
  while (!head.ends_with("\r\n\r\n") && head.size() < 8192) {
    const std::string next = receive(client, 1);
    if (next.empty()) return {};
    head += next;
  }
  const std::size_t begin = head.find(' ') + 1;
  const std::string authority = head.substr(begin, head.find(' ', begin) - begin);
  return {head.substr(0, begin) + authority, number_of(authority.substr(authority.rfind(':') + 1))};
}

ForwardProxy::Target ForwardProxy::read_socks(int client) {
  const std::string greeting = receive(client, 2);
  if (greeting.size() != 2) return {};
  receive(client, static_cast<unsigned char>(greeting[1]));
  send_all(client, std::string("\x05\x00", 2));  // nobody need say who it is
  const std::string request = receive(client, 5);
  if (request.size() != 5 || (request[3] != 1 && request[3] != 3)) return {};  // an IPv4 address, or a name
  std::string host;
  if (request[3] == 3) {
    host = receive(client, static_cast<unsigned char>(request[4]));
  } else {
    const std::string address = request.substr(4) + receive(client, 3);
    for (const char part : address)
      host += (host.empty() ? "" : ".") + std::to_string(static_cast<unsigned char>(part));
  }
  const std::string port = receive(client, 2);
  if (port.size() != 2) return {};
  const auto number =
      static_cast<std::uint16_t>(static_cast<unsigned char>(port[0]) << 8 | static_cast<unsigned char>(port[1]));
  return {"SOCKS5 " + host + ":" + std::to_string(number), number};
}

void ForwardProxy::serve(int client) {
  char first = 0;
  const bool any = ::recv(client, &first, 1, MSG_PEEK) == 1;
  const bool socks = first == '\x05';
  const Target target = !any ? Target{} : socks ? read_socks(client) : read_connect(client);
  if (!target.asked.empty()) {
    const std::scoped_lock lock(m_mutex);
    m_asked.push_back(target.asked);
  }
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(target.port);
  const bool connected = m_manner == Manner::connects && target.port != 0 &&
                         ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  if (socks)
    send_all(client, std::string(connected ? "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"
                                           : "\x05\x02\x00\x01\x00\x00\x00\x00\x00\x00",
                                 10));
  else
    send_all(client, connected ? "HTTP/1.1 200 Connection established\r\n\r\n"
                               : "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  if (connected) forward(client, server, m_end[0]);
  ::close(server);
  ::close(client);
}

}  // namespace reconciled
