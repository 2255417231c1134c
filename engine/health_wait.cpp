#include "engine/health_wait.h"

#include <algorithm>
#include <vector>

namespace reconciled {
namespace {

constexpr Duration k_first_delay = std::chrono::milliseconds(250);
constexpr Duration k_last_delay = std::chrono::seconds(2);

}  // namespace

void HealthWait::add(const Scope& scope, const ObjectId& id, const std::string& version, Seen seen) {
  m_waiting[id] = {scope, version, std::move(seen)};
  m_delay = k_first_delay;
  schedule();
}

void HealthWait::schedule() {
  if (m_scheduled || m_waiting.empty()) return;
  m_scheduled = true;
  m_timers.after(m_delay, [this] { poll(); });
  m_delay = std::min(m_delay * 2, k_last_delay);
}

void HealthWait::poll() {
  if (m_waiting.empty()) {
    m_scheduled = false;
    return;
  }
  m_observation = std::make_unique<Observation>(m_calls, m_cluster, m_discovery);
  for (const auto& [id, waiting] : m_waiting) m_observation->want(waiting.scope, id, waiting.version);
  m_observation->start([this](const LiveState& live) { take(live); });
}

void HealthWait::take(const LiveState& live) {
  m_scheduled = false;
  std::vector<ObjectId> ids;
  for (const auto& [id, waiting] : m_waiting) ids.push_back(id);
  for (const auto& id : ids) {
    const auto waiting = m_waiting.find(id);
    if (waiting == m_waiting.end() || !live.objects.contains(id)) continue;  // forgotten, or added since the poll began
    const Observed& observed = live.at(id);
    Health health{HealthState::missing, "it is not there"};
    if (observed.state == Observed::State::present)
      health = assess_health(observed.object);
    else if (observed.state == Observed::State::unknown || observed.state == Observed::State::no_kind)
      health = {HealthState::unknown, observed.reason};
    const Seen seen = waiting->second.seen;
    if (seen(id, health) == Wait::no) m_waiting.erase(id);
  }
  schedule();
}

}  // namespace reconciled
