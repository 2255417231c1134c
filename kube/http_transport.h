// HTTP over libcurl for one thread: many exchanges at once on an epoll loop.
#pragma once

#include "base/clock.h"
#include "kube/endpoint.h"
#include "kube/http_exchange.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace reconciled {

enum class HttpVersion : std::uint8_t { http1, http2 };

/// Which connection an exchange takes.
enum class Link : std::uint8_t {
  shared,  ///< multiplexed with the others to the same server where that speaks HTTP/2
  fresh,   ///< a new one, which others may share later: the shared one is under suspicion
  own,     ///< HTTP/1.1 for this exchange alone
};

struct Transfer {
  std::shared_ptr<const Endpoint> endpoint;
  const HttpRequest* request = nullptr;  ///< outlives the transfer
  Identity identity;                     ///< impersonated; empty: the endpoint's own
  Link link = Link::shared;
  Duration timeout{};  ///< zero: none but that of connecting
  /// Asked when the connection stands, immediately before the request is written, each time it is; false ends the
  /// transfer as withheld. Must not call the transport.
  std::function<bool()> may_send;
  /// Takes the body of a 2xx answer as it comes instead of HttpResponse::body; false ends the transfer. Must not call
  /// the transport.
  std::function<bool(std::string_view)> on_data;
  /// Called once from `run`; may start and cancel other transfers. Not called for a cancelled one.
  std::function<void(HttpResponse)> on_end;
};

/// Redirects are never followed, TLS is 1.2 or newer, answers are bounded. Connections that a network lost are noticed
/// within 30 s; a shared one that keeps silent while a request runs out of time is ended with all that wait on it.
class HttpTransport {
 public:
  using Ticket = std::uint64_t;

  /// Bodies that are being received may be `max_buffered_bytes` long together; the one that exceeds it is broken off.
  static Result<std::unique_ptr<HttpTransport>> make(std::string user_agent, HttpVersion version,
                                                     std::uint64_t max_buffered_bytes = 512ULL << 20);
  ~HttpTransport();
  HttpTransport(const HttpTransport&) = delete;
  HttpTransport& operator=(const HttpTransport&) = delete;

  Ticket start(Transfer transfer);
  void cancel(Ticket ticket);
  /// Waits at most this long for sockets or `wake`, and moves all transfers on.
  void run(Duration at_most);
  /// Ends the wait of `run`; the only function for other threads.
  void wake();

 private:
  struct State;
  explicit HttpTransport(std::unique_ptr<State> state);
  std::unique_ptr<State> m_state;
};

}  // namespace reconciled
