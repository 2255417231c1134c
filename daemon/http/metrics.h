// What is counted, and the text that Prometheus scrapes.
#pragma once

#include "daemon/http/board.h"
#include "daemon/http/message.h"
#include "daemon/http/webhook.h"
#include "engine/view.h"
#include "ports/clock_port.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace reconciled {

enum class RunPhase : std::uint8_t { fetch, render, diff, apply, prune, health };
std::string_view name_of(RunPhase phase);

enum class FetchResult : bool { failed, succeeded };

/// The names of docs/metrics.md. Thread-safe.
class Metrics {
 public:
  Metrics(const Board& board, const Clock& clock, std::string version, std::string revision);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void on_record(const StackRecord& record);
  void on_fetch(std::string_view environment, FetchResult result, Duration duration);
  void on_phase(RunPhase phase, Duration duration);
  void on_webhook(WebhookProvider provider, WebhookResult result);
  /// A delivery that was refused before anybody could tell whose it was.
  void on_refused_webhook();
  /// `status` 0: no answer came.
  void on_kube_answer(std::string_view verb, int status);
  void on_watch_restart(std::string_view reason);
  /// `route` is the path of a row of the routes' table; empty: none matched.
  void on_http_request(std::string_view route, int status);

  /// Text format 0.0.4.
  [[nodiscard]] std::string text() const;
  /// GET /metrics.
  [[nodiscard]] WebResponse scrape(const WebRequest& request) const;

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace reconciled
