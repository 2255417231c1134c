#include "tests/support/tcp_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace reconciled {

struct TcpProxy::Flow {
  int client = -1;
  int server = -1;
  std::uint64_t number = 0;  ///< in the order of accepting, from 1
};

namespace {

constexpr int k_drip_ms = 50;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

bool send_all(int fd, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = ::send(fd, data, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    data += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

}  // namespace

TcpProxy::TcpProxy(std::uint16_t target) : m_target(target) {
  m_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(m_listener, reinterpret_cast<const sockaddr*>(&address), size) != 0 || ::listen(m_listener, 64) != 0 ||
      ::pipe(m_wake) != 0)
    std::abort();
  ::getsockname(m_listener, reinterpret_cast<sockaddr*>(&address), &size);
  m_port = ntohs(address.sin_port);
  m_thread = std::thread([this] { serve(); });
}

TcpProxy::~TcpProxy() {
  ::close(m_wake[1]);
  m_thread.join();
  ::close(m_wake[0]);
  ::close(m_listener);
}

void TcpProxy::begin_plan(const Plan& plan) {
  m_from_server = 0;
  m_from_client = 0;
  m_cut_after = plan.cut_after;
  m_drip_after = plan.drip_after;
}

void TcpProxy::freeze_open() {
  const std::uint64_t taken = m_freezes;
  m_frozen = m_accepted.load();
  if (::write(m_wake[1], "f", 1) != 1) std::abort();
  m_freezes.wait(taken);  // what the thread was about to forward is through
}

bool TcpProxy::forward(Flow& flow, int from, int to, bool server_side) {
  char buffer[16384];
  std::size_t room = sizeof buffer;
  const bool dripping = server_side && m_from_server >= m_drip_after;
  if (server_side && m_from_server >= m_cut_after) return false;
  if (server_side) room = static_cast<std::size_t>(std::min<std::uint64_t>(room, m_cut_after - m_from_server));
  if (server_side && !dripping)
    room = static_cast<std::size_t>(std::min<std::uint64_t>(room, m_drip_after - m_from_server));
  if (dripping) room = 1;
  const ssize_t got = ::recv(from, buffer, room, 0);
  if (got <= 0) return false;
  if (dripping) {
    pollfd gone{.fd = flow.client, .events = POLLIN, .revents = 0};
    ::poll(&gone, 1, k_drip_ms);
  }
  (server_side ? m_from_server : m_from_client) += static_cast<std::uint64_t>(got);
  return send_all(to, buffer, static_cast<std::size_t>(got));
}

void TcpProxy::serve() {
  std::vector<Flow> flows;
  while (true) {
    std::vector<pollfd> waits{{.fd = m_wake[0], .events = POLLIN, .revents = 0},
                              {.fd = m_listener, .events = POLLIN, .revents = 0}};
    for (const auto& flow : flows) {
      const bool frozen = flow.number <= m_frozen;  // poll passes over negative descriptors
      waits.push_back({.fd = frozen ? -1 : flow.client, .events = POLLIN, .revents = 0});
      waits.push_back({.fd = frozen ? -1 : flow.server, .events = POLLIN, .revents = 0});
    }
    ::poll(waits.data(), waits.size(), -1);
    if (waits[0].revents != 0) {
      char order = 0;
      if (::read(m_wake[0], &order, 1) <= 0) break;  // closed by the destructor
      ++m_freezes;
      m_freezes.notify_all();
      continue;
    }
    for (std::size_t i = 0; i < flows.size(); ++i) {
      Flow& flow = flows[i];
      bool alive = true;
      if (waits[2 + 2 * i].revents != 0) alive = forward(flow, flow.client, flow.server, false);
      if (alive && waits[3 + 2 * i].revents != 0) alive = forward(flow, flow.server, flow.client, true);
      if (alive) continue;
      ::close(flow.client);
      ::close(flow.server);
      flow.client = -1;
    }
    std::erase_if(flows, [](const Flow& flow) { return flow.client < 0; });
    if (waits[1].revents == 0) continue;
    const int client = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(m_target);
    if (client >= 0 && ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      flows.push_back({.client = client, .server = server, .number = ++m_accepted});
      continue;
    }
    ::close(client);
    ::close(server);
  }
  for (const auto& flow : flows) {
    ::close(flow.client);
    ::close(flow.server);
  }
}

}  // namespace reconciled
