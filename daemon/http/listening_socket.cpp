#include "daemon/http/listening_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

namespace reconciled {
namespace {

constexpr int k_backlog = 4096;

union Address {
  sockaddr any;
  sockaddr_in four;
  sockaddr_in6 six;
};

Address address_of(const ListenAddress& listen, int family) {
  Address address{};
  if (family == AF_INET) {
    address.four.sin_family = AF_INET;
    address.four.sin_port = htons(listen.port);
    if (!listen.host.empty()) ::inet_pton(AF_INET, listen.host.c_str(), &address.four.sin_addr);
  } else {
    address.six.sin6_family = AF_INET6;
    address.six.sin6_port = htons(listen.port);
    if (!listen.host.empty()) ::inet_pton(AF_INET6, listen.host.c_str(), &address.six.sin6_addr);
  }
  return address;
}

void set_option(int socket, int level, int name, int value) {
  static_cast<void>(::setsockopt(socket, level, name, &value, sizeof value));
}

/// The descriptor, or -1 and errno.
int listen_on(const ListenAddress& listen, int family) {
  const int made = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made < 0) return -1;
  set_option(made, SOL_SOCKET, SO_REUSEADDR, 1);
  if (family == AF_INET6) set_option(made, IPPROTO_IPV6, IPV6_V6ONLY, listen.host.empty() ? 0 : 1);
  const Address address = address_of(listen, family);
  const socklen_t size = family == AF_INET ? sizeof address.four : sizeof address.six;
  if (::bind(made, &address.any, size) == 0 && ::listen(made, k_backlog) == 0) return made;
  const int problem = errno;
  ::close(made);
  errno = problem;
  return -1;
}

/// Where a TCP socket listens; nullopt when it is none.
std::optional<ListeningSocket> describe(int descriptor, const std::string& name) {
  Address address{};
  socklen_t size = sizeof address;
  int listens = 0;
  socklen_t listens_size = sizeof listens;
  if (::getsockname(descriptor, &address.any, &size) != 0) return std::nullopt;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &listens_size) != 0 || listens != 1)
    return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> host{};
  ListeningSocket socket{descriptor, address.any.sa_family, {name, {}, Reach::network}};
  if (socket.family == AF_INET) {
    ::inet_ntop(AF_INET, &address.four.sin_addr, host.data(), host.size());
    socket.bound.address.port = ntohs(address.four.sin_port);
  } else if (socket.family == AF_INET6) {
    ::inet_ntop(AF_INET6, &address.six.sin6_addr, host.data(), host.size());
    socket.bound.address.port = ntohs(address.six.sin6_port);
  } else {
    return std::nullopt;
  }
  socket.bound.address.host = host.data();
  if (is_loopback(socket.bound.address)) socket.bound.reach = Reach::loopback;
  return socket;
}

}  // namespace

Result<ListeningSocket> open_listening_socket(const ListenerOptions& options) {
  if (options.descriptor) {
    if (auto socket = describe(*options.descriptor, options.name)) return std::move(*socket);
    return fail(ErrorKind::local, "the socket that was handed over for " + options.name + " is no listening TCP socket",
                {}, "use ListenStream=ADDRESS:PORT in the .socket unit");
  }
  const std::string& host = options.address.host;
  int made = listen_on(options.address, host.empty() || host.find(':') != std::string::npos ? AF_INET6 : AF_INET);
  if (made < 0 && host.empty() && errno == EAFNOSUPPORT) made = listen_on(options.address, AF_INET);  // no IPv6 here
  if (made >= 0) {
    if (auto socket = describe(made, options.name)) return std::move(*socket);
    ::close(made);
  }
  return fail(ErrorKind::local,
              "cannot listen on " + format_listen_address(options.address) + " for " + options.name + ": " +
                  std::strerror(errno),
              {}, "choose another address in listen." + options.name + ", or end the program that has it");
}

}  // namespace reconciled
