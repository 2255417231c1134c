#include "config/listen_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>

namespace reconciled {
namespace {

bool is_ipv4(const std::string& text) {
  in_addr address{};
  return ::inet_pton(AF_INET, text.c_str(), &address) == 1;
}
bool is_ipv6(const std::string& text) {
  in6_addr address{};
  return ::inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

tl::unexpected<Error> refuse(std::string message) {
  return fail(ErrorKind::config, std::move(message), {}, "write it like 127.0.0.1:9480, [::1]:9480 or :9480");
}

}  // namespace

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return refuse("an address to listen on ends in a colon and a port");
  const std::string_view digits = text.substr(colon + 1);
  unsigned port = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || problem != std::errc() || end != digits.data() + digits.size() || port > 65535)
    return refuse("the port of an address to listen on is a number up to 65535");
  ListenAddress address;
  address.port = static_cast<std::uint16_t>(port);
  const std::string_view host = text.substr(0, colon);
  if (host.empty()) return address;
  if (host == "localhost") {
    address.host = "127.0.0.1";
  } else if (host.starts_with('[') && host.ends_with(']')) {
    address.host = host.substr(1, host.size() - 2);
    if (!is_ipv6(address.host)) return refuse("there is no IPv6 address between the brackets");
  } else {
    address.host = host;
    if (!is_ipv4(address.host)) return refuse("the host of an address to listen on is an IP address or localhost");
  }
  return address;
}

std::string format_listen_address(const ListenAddress& address) {
  const bool brackets = address.host.find(':') != std::string::npos;
  return (brackets ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

bool is_loopback(const ListenAddress& address) {
  in_addr four{};
  if (::inet_pton(AF_INET, address.host.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
  in6_addr six{};
  return ::inet_pton(AF_INET6, address.host.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

}  // namespace reconciled
