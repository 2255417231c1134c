#include "daemon/http/routes.h"

#include "base/file.h"

#include <algorithm>
#include <array>

namespace reconciled {
namespace {

constexpr std::string_view k_webhook_path = "/webhook";
constexpr std::size_t k_max_secret = 64U << 10;
constexpr std::array k_limited_statuses{408, 413, 431, 503};

struct ListenerRow {
  std::string_view name;
  std::string ListenSettings::* address;
  std::size_t max_connections;
  bool takes_bodies;
};
// Together they reserve less than half of the buffers, so that bodies and answers always have some.
constexpr std::array k_listeners{ListenerRow{k_webhook_listener, &ListenSettings::webhooks, 512, true},
                                 ListenerRow{k_status_listener, &ListenSettings::status, 128, false},
                                 ListenerRow{k_metrics_listener, &ListenSettings::metrics, 32, false}};

}  // namespace

std::vector<Route> make_routes(Endpoints endpoints) {
  WebhookEndpoint& webhooks = endpoints.webhooks;
  StatusApi& status = endpoints.status;
  Metrics& metrics = endpoints.metrics;
  const auto take_push = [&webhooks](const WebRequest& request) { return webhooks.handle(request); };
  const std::string on_webhooks(k_webhook_listener);
  const std::string on_status(k_status_listener);
  return {
      {on_webhooks, "POST", std::string(k_webhook_path), take_push},
      {on_status, "GET", "/api/v1/status", [&status](const WebRequest& r) { return status.status(r); }},
      {on_status, "GET", "/api/v1/stacks/", [&status](const WebRequest& r) { return status.stack(r); }},
      {on_status, "GET", "/livez", [&status](const WebRequest& r) { return status.livez(r); }},
      {on_status, "GET", "/readyz", [&status](const WebRequest& r) { return status.readyz(r); }},
      {std::string(k_metrics_listener), "GET", "/metrics",
       [&metrics](const WebRequest& r) { return metrics.scrape(r); }},
  };
}

Result<std::vector<ListenerOptions>> make_listeners(const Settings& settings,
                                                    std::span<const InheritedSocket> sockets) {
  for (const auto& socket : sockets) {
    if (std::ranges::find(k_listeners, socket.name, &ListenerRow::name) == k_listeners.end())
      return fail(ErrorKind::config, "an inherited socket is called \"" + socket.name + "\", which is no listener", {},
                  "set FileDescriptorName= to webhooks, status or metrics in the .socket unit");
  }
  std::vector<ListenerOptions> listeners;
  for (const ListenerRow& row : k_listeners) {
    ListenerOptions options;
    options.name = row.name;
    options.max_connections = row.max_connections;
    options.max_body = row.takes_bodies ? settings.webhooks.max_body_bytes : 0;
    const auto socket = std::ranges::find(sockets, options.name, &InheritedSocket::name);
    const std::string& address = settings.listen.*row.address;
    if (socket != sockets.end()) {
      options.descriptor = socket->descriptor;
    } else {
      if (address.empty()) continue;
      TRY_ASSIGN(options.address, parse_listen_address(address));
    }
    listeners.push_back(std::move(options));
  }
  return listeners;
}

Result<WebhookProof> read_webhook_proof(const WebhookSettings& settings) {
  WebhookProof proof;
  proof.unsigned_deliveries =
      settings.allow_unsigned ? WebhookProof::Unsigned::allow_on_loopback : WebhookProof::Unsigned::refuse;
  for (const auto& secret : settings.secrets) proof.secrets.push_back(secret.clone());
  for (const auto& path : settings.secret_files) {
    auto text = read_file(path, k_max_secret);
    const Where where{.file = path, .line = 0, .column = 0, .key_path = "webhooks.secretFiles"};
    if (!text) return fail(ErrorKind::config, "the secret cannot be read: " + text.error().message, where);
    while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
    if (text->empty()) return fail(ErrorKind::config, "the secret is empty", where);
    proof.secrets.emplace_back(*text);
  }
  return proof;
}

RequestObserver make_observer(Metrics& metrics) {
  return [&metrics](std::string_view listener, std::string_view route, int status) {
    metrics.on_http_request(route, status);
    const bool limited = std::ranges::find(k_limited_statuses, status) != k_limited_statuses.end();
    if (listener == k_webhook_listener && limited) metrics.on_refused_webhook();
  };
}

}  // namespace reconciled
