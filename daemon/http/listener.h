// Our own HTTP/1.1 server: listeners, limits, a table of routes.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "config/listen_address.h"
#include "daemon/http/message.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

struct ListenerOptions {
  std::string name;  ///< what routes call it: "webhooks"
  ListenAddress address{};
  std::optional<int> descriptor{};  ///< a listening TCP socket that was handed over, in place of the address
  std::size_t max_connections = 256;
  std::size_t max_body = 0;
};

struct HttpLimits {
  std::size_t header = 16U << 10;
  std::size_t buffers = 32U << 20;              ///< of all connections together: headers, bodies and answers
  Duration receive = std::chrono::seconds(10);  ///< from the first byte of a request to its last
  Duration idle = std::chrono::seconds(60);     ///< between two requests of a connection
  Duration send = std::chrono::seconds(30);     ///< of one answer
};

/// Called in the server's thread. What it sees must be safe to use there, and it must be quick: nothing else is served
/// meanwhile.
using Handler = std::function<WebResponse(const WebRequest& request)>;

struct Route {
  std::string listener;
  std::string method;  ///< a GET also answers HEAD
  std::string path;    ///< exactly this; one that ends in a slash: everything below it
  Handler handler;
};

/// Told of every request that was answered; `route` is the path of its row, empty when there is none.
using RequestObserver = std::function<void(std::string_view listener, std::string_view route, int status)>;

struct BoundListener {
  std::string name;
  ListenAddress address;  ///< with the port that was found
  Reach reach = Reach::network;
  bool operator==(const BoundListener&) const = default;
};

/// One thread with keep-alive and pipelining. Refused by itself, and closed: 400 no HTTP, 404, 405, 408 too slow, 413
/// too large, 431 headers too large, 503 no buffer left. Above max_connections the
/// connection that has been idle longest makes room; when none is idle the new one is refused with 503.
class HttpServer {
 public:
  /// Serving on return. ErrorKind::local when an address cannot be had or a descriptor is no listening TCP socket.
  static Result<std::unique_ptr<HttpServer>> start(const std::vector<ListenerOptions>& listeners,
                                                   std::vector<Route> routes, const HttpLimits& limits = {},
                                                   RequestObserver observer = {});
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// In the order in which they were given.
  [[nodiscard]] const std::vector<BoundListener>& listeners() const;
  /// Bytes of buffers that are charged now; for tests and metrics. Any thread.
  [[nodiscard]] std::size_t buffered() const;

  /// Ends all connections and the thread; also done by the destructor.
  void stop();

 private:
  class Core;
  explicit HttpServer(std::unique_ptr<Core> core);
  std::unique_ptr<Core> m_core;
};

}  // namespace reconciled
