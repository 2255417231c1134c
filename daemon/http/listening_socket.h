// The sockets that a server listens on: made by address, or handed over. Internal to daemon/http.
#pragma once

#include "base/result.h"
#include "daemon/http/listener.h"

namespace reconciled {

struct ListeningSocket {
  int descriptor = -1;  ///< the caller's to close
  int family = 0;       ///< AF_INET or AF_INET6
  BoundListener bound;
};

/// An empty host means every address, of both families where the machine has both. ErrorKind::local names the address,
/// or that what was handed over is no listening TCP socket; that one is then left open.
Result<ListeningSocket> open_listening_socket(const ListenerOptions& options);

}  // namespace reconciled
