// A client of bare sockets, which may say what no library would.
#pragma once

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace reconciled::test {

struct Reply {
  int status = 0;  ///< 0: the connection ended without one
  std::string head;
  std::string body;
};

class Client {
 public:
  explicit Client(std::uint16_t port, int seconds = 10) : m_socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(m_socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    const timeval patience{seconds, 0};
    ::setsockopt(m_socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(m_socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    const int on = 1;
    ::setsockopt(m_socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  ~Client() { ::close(m_socket); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// As much as the server takes.
  bool send(std::string_view text) {
    while (!text.empty()) {
      const auto sent = ::send(m_socket, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// One answer; to a HEAD it has no body.
  Reply receive(bool to_head = false) {
    Reply reply;
    std::size_t end = std::string::npos;
    while ((end = m_in.find("\r\n\r\n")) == std::string::npos) {
      if (!more()) return reply;
    }
    reply.head = m_in.substr(0, end + 4);
    m_in.erase(0, end + 4);
    std::from_chars(reply.head.data() + 9, reply.head.data() + 12, reply.status);
    std::size_t length = 0;
    if (const auto at = reply.head.find("Content-Length: "); at != std::string::npos && !to_head)
      std::from_chars(reply.head.data() + at + 16, reply.head.data() + reply.head.size(), length);
    while (m_in.size() < length) {
      if (!more()) break;
    }
    reply.body = m_in.substr(0, length);
    m_in.erase(0, length);
    return reply;
  }

  Reply ask(std::string_view text) {
    send(text);
    return receive();
  }

  /// Waits until the server ends the connection; false when it says more or nothing happens in time.
  bool ended() { return m_in.empty() && !more() && m_end; }

  [[nodiscard]] int descriptor() const { return m_socket; }

 private:
  bool more() {
    std::array<char, 65536> buffer{};
    const auto length = ::recv(m_socket, buffer.data(), buffer.size(), 0);
    m_end = length == 0 || (length < 0 && errno == ECONNRESET);
    if (length <= 0) return false;
    m_in.append(buffer.data(), static_cast<std::size_t>(length));
    return true;
  }

  int m_socket;
  std::string m_in;
  bool m_end = false;
};

}  // namespace reconciled::test
