// One call of the port on its way: which request comes next, and what the answers make of it. Pure.
#pragma once

#include "base/clock.h"
#include "kube/api_request.h"
#include "kube/discovery.h"
#include "kube/http_exchange.h"
#include "ports/random.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace reconciled {

/// How often and how fast a call is repeated.
struct RetryPolicy {
  Duration first_delay = std::chrono::milliseconds(200);  ///< doubled each time, with jitter down to its half
  Duration max_delay = std::chrono::seconds(10);
  int max_attempts = 6;  ///< of one request that the server answers with 5xx, or whose connection breaks; of 500 three
  bool operator==(const RetryPolicy&) const = default;
};

/// The wait before the attempt after the n-th (from 1) failed one.
Duration back_off(const RetryPolicy& policy, int failed_attempts, Random& random);

class PendingCall {
 public:
  enum class Step : std::uint8_t {
    finished,  ///< `answer` is there
    next,      ///< `request` is another one now: the next page or document
    failed,    ///< `answer` holds an error; `repeatable` says whether the same request may be sent again
  };

  PendingCall(Call call, const RequestLimits& limits);

  [[nodiscard]] const Call& call() const { return m_call; }
  [[nodiscard]] const HttpRequest& request() const { return m_request; }
  /// Takes what came back for `request`.
  Step take(HttpResponse response);
  [[nodiscard]] bool repeatable() const { return m_repeatable; }
  [[nodiscard]] std::optional<Duration> retry_after() const { return m_retry_after; }
  /// Moves the answer out.
  [[nodiscard]] Answer answer();

 private:
  Step fail_with(Error error, const HttpResponse& response);
  Step take_list_page(HttpResponse& response);
  Step finish_list(const std::string& next);
  Step take_discovery(const HttpResponse& response);
  /// Whether sending the same request twice does no harm when the first one was carried out.
  [[nodiscard]] bool harmless_twice() const;

  Call m_call;
  RequestLimits m_limits;
  HttpRequest m_request;
  Answer m_answer;
  bool m_repeatable = false;
  std::optional<Duration> m_retry_after;
  std::optional<DiscoveryReader> m_discovery;
  Value m_list;                ///< the first page without its items
  std::vector<Value> m_items;  ///< of all pages so far
  std::uint64_t m_list_bytes = 0;
  int m_list_restarts = 0;
};

}  // namespace reconciled
