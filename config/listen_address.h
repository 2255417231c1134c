// An address to listen on, as settings write it.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace reconciled {

struct ListenAddress {
  std::string host;        ///< an IPv4 or IPv6 address; empty: every address of this machine
  std::uint16_t port = 0;  ///< 0: a free one
  bool operator==(const ListenAddress&) const = default;
};

/// "127.0.0.1:9480", "[::1]:9480", "localhost:9480" (127.0.0.1) or ":9480". Other names are refused: what they mean is
/// not ours to decide. ErrorKind::config.
Result<ListenAddress> parse_listen_address(std::string_view text);
std::string format_listen_address(const ListenAddress& address);
/// Whether only this machine can reach it: 127.0.0.0/8 and ::1.
bool is_loopback(const ListenAddress& address);

}  // namespace reconciled
