#include "daemon/http/webhook_endpoint.h"

#include "base/json.h"

#include <array>
#include <set>
#include <unordered_map>

namespace reconciled {
namespace {

constexpr std::array<int, k_webhook_results> k_statuses{202, 200, 401, 200, 200, 400, 429};
constexpr auto k_between_complaints = std::chrono::seconds(10);

/// The key of a repository without its port: ssh and https of one server have different ones.
std::string without_port(const std::string& key) {
  const auto slash = key.find('/');
  const auto colon = key.rfind(':', slash);
  if (slash == std::string::npos || colon == std::string::npos || key.find(']', colon) < slash) return key;
  return key.substr(0, colon) + key.substr(slash);
}

}  // namespace

/// By key without port, so that a delivery among thousands of repositories is one lookup.
struct WebhookEndpoint::Repositories {
  std::unordered_multimap<std::string, WatchedRepository> by_key;
};

void WebhookEndpoint::set_proof(WebhookProof proof) {
  auto shared = std::make_shared<const WebhookProof>(std::move(proof));
  const std::scoped_lock lock(m_mutex);
  m_proof = std::move(shared);
}

void WebhookEndpoint::set_repositories(const std::vector<WatchedRepository>& repositories) {
  auto made = std::make_shared<Repositories>();
  std::set<std::pair<std::string, SourceRef>> known;
  for (const auto& repository : repositories) {
    const auto key = repository_key(repository.source.url);
    if (key && known.emplace(repository.environment, repository.source).second)
      made->by_key.emplace(without_port(*key), repository);
  }
  const std::scoped_lock lock(m_mutex);
  m_repositories = std::move(made);
}

Delivery WebhookEndpoint::judge(const WebRequest& request) {
  std::shared_ptr<const WebhookProof> proof;
  std::shared_ptr<const Repositories> repositories;
  {
    const std::scoped_lock lock(m_mutex);
    proof = m_proof;
    repositories = m_repositories;
  }
  Delivery delivery = verify_and_read(request, *proof, m_clock.wall());
  if (delivery.result != WebhookResult::accepted) return delivery;
  std::set<std::string> environments;
  for (const PushNotice& push : delivery.pushes) {
    if (repositories == nullptr) break;
    for (const std::string& url : push.urls) {
      const auto key = repository_key(url);
      if (!key) continue;
      const auto [begin, end] = repositories->by_key.equal_range(without_port(*key));
      for (auto at = begin; at != end; ++at) {
        if (concerns(push, at->second.source)) environments.insert(at->second.environment);
      }
    }
  }
  const MonotonicTime now = m_clock.monotonic();
  if (environments.empty()) {
    delivery.result = WebhookResult::unmatched;
    delivery.message = "no environment looks at this repository and ref";
  } else if (m_seen.note(delivery, now) == DeliveryLog::Seen::yes) {
    delivery.result = WebhookResult::replayed;
    delivery.message = "this delivery came before";
  } else {
    for (const auto& environment : environments) m_pushes.put(environment, now);
  }
  return delivery;
}

void WebhookEndpoint::log(const Delivery& delivery) {
  if (m_log == nullptr) return;
  const bool trouble = delivery.result == WebhookResult::bad_signature || delivery.result == WebhookResult::malformed;
  if (trouble) {  // whoever can reach the port can cause these
    const MonotonicTime now = m_clock.monotonic();
    if (m_last_complaint && now - *m_last_complaint < k_between_complaints) return;
    m_last_complaint = now;
  }
  m_log->log(trouble ? LogLevel::warn : LogLevel::debug, "webhook",
             {{"provider", std::string(name_of(delivery.provider))},
              {"result", std::string(name_of(delivery.result))},
              {"why", delivery.message},
              {"delivery", delivery.id}});
}

WebResponse WebhookEndpoint::handle(const WebRequest& request) {
  const Delivery delivery = judge(request);
  if (m_count) m_count(delivery.provider, delivery.result);
  log(delivery);
  std::string text = "{\"result\":";
  append_json_string(text, name_of(delivery.result));
  if (!delivery.message.empty()) {
    text += ",\"message\":";
    append_json_string(text, delivery.message);
  }
  return make_json_response(k_statuses.at(static_cast<std::size_t>(delivery.result)), text + "}");
}

}  // namespace reconciled
