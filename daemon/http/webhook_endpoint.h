// POST /webhook: what happens to a delivery once it is read.
#pragma once

#include "base/log.h"
#include "daemon/http/delivery_log.h"
#include "daemon/http/push_box.h"
#include "daemon/http/webhook.h"
#include "ports/clock_port.h"
#include "ports/source.h"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace reconciled {

/// A repository that some environment looks at: its own, or that of one of its stacks.
struct WatchedRepository {
  std::string environment;
  SourceRef source;
};

/// Handles deliveries in the HTTP thread; the rest may be called from any thread.
class WebhookEndpoint {
 public:
  using Count = std::function<void(WebhookProvider provider, WebhookResult result)>;

  /// `pushes` is told the environments whose repositories a push may concern, and nothing else ever happens.
  WebhookEndpoint(const Clock& clock, PushBox& pushes, Count count, Logger* log = nullptr)
      : m_clock(clock), m_pushes(pushes), m_count(std::move(count)), m_log(log) {}

  void set_proof(WebhookProof proof);
  /// What a push is compared with; whoever is not in the list is unmatched.
  void set_repositories(const std::vector<WatchedRepository>& repositories);

  /// 202 accepted, 200 ping, replayed and unmatched, 401 bad_signature, 400 malformed. Says no more to a caller that
  /// proved nothing than what is wrong with its own request.
  WebResponse handle(const WebRequest& request);

 private:
  struct Repositories;
  Delivery judge(const WebRequest& request);
  void log(const Delivery& delivery);

  const Clock& m_clock;
  PushBox& m_pushes;
  Count m_count;
  Logger* m_log;
  DeliveryLog m_seen;  // of the HTTP thread
  std::optional<MonotonicTime> m_last_complaint;

  std::mutex m_mutex;
  std::shared_ptr<const WebhookProof> m_proof = std::make_shared<const WebhookProof>();  // guarded by m_mutex
  std::shared_ptr<const Repositories> m_repositories;                                    // guarded by m_mutex
};

}  // namespace reconciled
