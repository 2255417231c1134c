#include "daemon/http/front.h"

namespace reconciled {

HttpFront::HttpFront(const Clock& clock, FrontOptions options)
    : m_pushes(std::move(options.wake)),
      m_metrics(m_board, clock, options.version, options.revision),
      m_webhooks(
          clock, m_pushes,
          [this](WebhookProvider provider, WebhookResult result) { m_metrics.on_webhook(provider, result); },
          options.log),
      m_status(m_board, clock, options.version) {}

Result<std::unique_ptr<HttpFront>> HttpFront::start(const Settings& settings, std::span<const InheritedSocket> sockets,
                                                    const Clock& clock, FrontOptions options) {
  TRY_ASSIGN(const auto listeners, make_listeners(settings, sockets));
  std::unique_ptr<HttpFront> front(new HttpFront(clock, std::move(options)));
  TRY(front->reload(settings));
  TRY_ASSIGN(front->m_server,
             HttpServer::start(listeners, make_routes({front->m_webhooks, front->m_status, front->m_metrics}), {},
                               make_observer(front->m_metrics)));
  return front;
}

Status HttpFront::reload(const Settings& settings) {
  TRY_ASSIGN(auto proof, read_webhook_proof(settings.webhooks));
  m_webhooks.set_proof(std::move(proof));
  return {};
}

}  // namespace reconciled
