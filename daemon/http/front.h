// The daemon's HTTP side in one piece: what answers, and the server it answers on.
#pragma once

#include "base/log.h"
#include "config/settings.h"
#include "daemon/http/routes.h"
#include "ports/clock_port.h"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace reconciled {

struct FrontOptions {
  std::string version;
  std::string revision;        ///< commit that the program was built from; may be empty
  std::function<void()> wake;  ///< called in the HTTP thread when pushes wait: makes the loop look into `pushes`
  Logger* log = nullptr;
};

/// Members may be used by the loop's thread while it serves. Ends all connections when it ends.
class HttpFront {
 public:
  /// Serving on return; `clock` is asked from the HTTP thread too. Errors are those of make_listeners,
  /// read_webhook_proof and HttpServer::start.
  static Result<std::unique_ptr<HttpFront>> start(const Settings& settings, std::span<const InheritedSocket> sockets,
                                                  const Clock& clock, FrontOptions options);

  /// Takes the secrets of new settings; with an error the old ones count. Addresses need a restart.
  Status reload(const Settings& settings);

  Board& board() { return m_board; }
  Metrics& metrics() { return m_metrics; }
  PushBox& pushes() { return m_pushes; }
  WebhookEndpoint& webhooks() { return m_webhooks; }
  [[nodiscard]] const std::vector<BoundListener>& listeners() const { return m_server->listeners(); }

  HttpFront(const HttpFront&) = delete;
  HttpFront& operator=(const HttpFront&) = delete;

 private:
  HttpFront(const Clock& clock, FrontOptions options);

  Board m_board;
  PushBox m_pushes;
  Metrics m_metrics;
  WebhookEndpoint m_webhooks;
  StatusApi m_status;
  std::unique_ptr<HttpServer> m_server;  ///< last: it ends before what answers
};

}  // namespace reconciled
