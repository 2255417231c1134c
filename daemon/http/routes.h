// Which listener serves which path.
#pragma once

#include "config/settings.h"
#include "daemon/http/listener.h"
#include "daemon/http/metrics.h"
#include "daemon/http/service.h"
#include "daemon/http/status.h"
#include "daemon/http/webhook_endpoint.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

constexpr std::string_view k_webhook_listener = "webhooks";
constexpr std::string_view k_status_listener = "status";
constexpr std::string_view k_metrics_listener = "metrics";

/// What answers; each outlives the server.
struct Endpoints {
  WebhookEndpoint& webhooks;
  StatusApi& status;
  Metrics& metrics;
};

/// All routes of the daemon, for every listener: docs/http.md.
std::vector<Route> make_routes(Endpoints endpoints);

/// The listeners that the settings ask for. An inherited socket of a listener's name takes the place of its address,
/// also where the setting is empty; one of another name is ErrorKind::config.
Result<std::vector<ListenerOptions>> make_listeners(const Settings& settings, std::span<const InheritedSocket> sockets);

/// The secrets of the settings, those in files read now. ErrorKind::config names a file that cannot be read or is
/// empty.
Result<WebhookProof> read_webhook_proof(const WebhookSettings& settings);

/// Counts requests, and deliveries that were refused before they could be read.
RequestObserver make_observer(Metrics& metrics);

}  // namespace reconciled
