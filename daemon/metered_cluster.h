// The Cluster port with a count of what it answers.
#pragma once

#include "daemon/http/metrics.h"
#include "ports/cluster.h"

#include <memory>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace reconciled {

/// Used by the loop's thread alone: it starts the calls there and tells of the answers.
class MeteredCluster final : public Cluster {
 public:
  MeteredCluster(Cluster& inner, Metrics& metrics) : m_inner(inner), m_metrics(metrics) {}

  void start(Call call) override {
    m_verbs[call.id] = call.verb;
    m_inner.start(std::move(call));
  }
  void cancel(CallId id) override { m_inner.cancel(id); }

  void answered(const Answer& answer) {
    const auto at = m_verbs.find(answer.id);
    if (at == m_verbs.end()) return;
    const Verb verb = at->second;
    m_verbs.erase(at);
    m_metrics.on_kube_answer(name_of(verb), answer.http_status);
    if (verb == Verb::watch)
      m_metrics.on_watch_restart(answer.object ? "ended" : reconciled::name_of(answer.object.error().kind));
  }

 private:
  Cluster& m_inner;
  Metrics& m_metrics;
  std::unordered_map<CallId, Verb> m_verbs;
};

}  // namespace reconciled
