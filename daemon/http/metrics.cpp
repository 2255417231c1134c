#include "daemon/http/metrics.h"

#include "daemon/http/exposition.h"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <map>
#include <mutex>
#include <sstream>

namespace reconciled {
namespace {

constexpr std::size_t k_max_managers = 50;
constexpr std::size_t k_max_series = 2000;  ///< of any other family
constexpr std::array<std::string_view, 6> k_phases{"fetch", "render", "diff", "apply", "prune", "health"};

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

/// The counters of one row by the values of its labels. Beyond the bound all further values are "other".
class Counters {
 public:
  Counters(prometheus::Registry& registry, std::string_view name, std::size_t bound = k_max_series)
      : m_row(metric_row(name)),
        m_bound(bound),
        m_family(prometheus::BuildCounter().Name(std::string(name)).Help(std::string(m_row.help)).Register(registry)) {}

  void add(std::initializer_list<std::string_view> values, double count = 1) {
    if (count == 0) return;
    std::string key;
    for (const auto value : values) key.append(value).push_back('\0');
    const std::scoped_lock lock(m_mutex);
    const auto at = m_known.find(key);
    if (at != m_known.end()) return at->second->Increment(count);
    const bool full = m_known.size() >= m_bound;
    if (full && m_others != nullptr) return m_others->Increment(count);
    prometheus::Labels labels;
    std::size_t index = 0;
    for (const auto value : values)
      labels.emplace(std::string(m_row.labels.at(index++)), full ? "other" : std::string(value));
    prometheus::Counter& made = m_family.Add(labels);
    made.Increment(count);
    if (full)
      m_others = &made;
    else
      m_known.emplace(std::move(key), &made);
  }

 private:
  const MetricRow& m_row;
  std::size_t m_bound;
  prometheus::Family<prometheus::Counter>& m_family;
  std::mutex m_mutex;
  std::map<std::string, prometheus::Counter*> m_known;  // guarded by m_mutex
  prometheus::Counter* m_others = nullptr;              // guarded by m_mutex
};

prometheus::Family<prometheus::Histogram>& make_histograms(prometheus::Registry& registry, std::string_view name) {
  return prometheus::BuildHistogram()
      .Name(std::string(name))
      .Help(std::string(metric_row(name).help))
      .Register(registry);
}

prometheus::Histogram& make_histogram(prometheus::Family<prometheus::Histogram>& family, std::string_view label = {},
                                      std::string_view value = {}) {
  prometheus::Labels labels;
  if (!label.empty()) labels.emplace(std::string(label), std::string(value));
  const auto buckets = metric_row(family.GetName()).buckets;
  return family.Add(labels, prometheus::Histogram::BucketBoundaries(buckets.begin(), buckets.end()));
}

}  // namespace

std::string_view name_of(RunPhase phase) {
  return k_phases.at(static_cast<std::size_t>(phase));
}

struct Metrics::State {
  State(const Board& board_, const Clock& clock_, std::string version_, std::string revision_)
      : board(board_), clock(clock_), version(std::move(version_)), revision(std::move(revision_)) {
    auto& phase_family = make_histograms(registry, "reconciled_phase_duration_seconds");
    for (std::size_t i = 0; i < phases.size(); ++i)
      phases.at(i) = &make_histogram(phase_family, "phase", k_phases.at(i));
  }

  const Board& board;
  const Clock& clock;
  std::string version;
  std::string revision;
  prometheus::Registry registry;
  Counters reconciles{registry, "reconciled_reconciles_total"};
  Counters operations{registry, "reconciled_object_operations_total"};
  Counters conflicts{registry, "reconciled_apply_conflicts_total", k_max_managers};
  Counters heals{registry, "reconciled_self_heals_total"};
  Counters fetches{registry, "reconciled_git_fetches_total"};
  Counters webhooks{registry, "reconciled_webhooks_total"};
  Counters kube_requests{registry, "reconciled_kube_requests_total"};
  Counters watch_restarts{registry, "reconciled_kube_watch_restarts_total", k_max_managers};
  Counters http_requests{registry, "reconciled_http_requests_total"};
  std::array<prometheus::Histogram*, k_phases.size()> phases{};
  prometheus::Histogram& fetch_time =
      make_histogram(make_histograms(registry, "reconciled_git_fetch_duration_seconds"));
  prometheus::Histogram& run_time = make_histogram(make_histograms(registry, "reconciled_run_duration_seconds"));
  prometheus::Histogram& push_to_applied =
      make_histogram(make_histograms(registry, "reconciled_push_to_applied_seconds"));
};

Metrics::Metrics(const Board& board, const Clock& clock, std::string version, std::string revision)
    : m_state(std::make_unique<State>(board, clock, std::move(version), std::move(revision))) {}
Metrics::~Metrics() = default;

void Metrics::on_record(const StackRecord& record) {
  State& state = *m_state;
  const auto& id = record.stack;
  state.reconciles.add({id.layer, id.environment, name_of(record.trigger), name_of(record.result)});
  state.run_time.Observe(seconds(record.duration));
  if (record.since_commit) state.push_to_applied.Observe(seconds(*record.since_commit));
  struct Operation {
    std::string_view operation;
    std::string_view result;
    std::uint32_t count;
  };
  for (const auto& [operation, result, count] : {Operation{"create", "success", record.created},
                                                 {"update", "success", record.updated},
                                                 {"recreate", "success", record.recreated},
                                                 {"adopt", "success", record.adopted},
                                                 {"prune", "success", record.pruned},
                                                 {"any", "held", record.held},
                                                 {"any", "failed", record.failed}}) {
    state.operations.add({operation, result}, count);
  }
  for (const auto& manager : record.conflicts) state.conflicts.add({manager});
  state.heals.add({id.layer, id.environment}, record.healed);
}

void Metrics::on_fetch(std::string_view environment, FetchResult result, Duration duration) {
  m_state->fetches.add({environment, result == FetchResult::succeeded ? "success" : "failed"});
  m_state->fetch_time.Observe(seconds(duration));
}

void Metrics::on_phase(RunPhase phase, Duration duration) {
  m_state->phases.at(static_cast<std::size_t>(phase))->Observe(seconds(duration));
}

void Metrics::on_webhook(WebhookProvider provider, WebhookResult result) {
  m_state->webhooks.add({name_of(provider), name_of(result)});
}

void Metrics::on_refused_webhook() {
  m_state->webhooks.add({"unknown", name_of(WebhookResult::limited)});
}

void Metrics::on_kube_answer(std::string_view verb, int status) {
  m_state->kube_requests.add({verb, std::to_string(status)});
}

void Metrics::on_watch_restart(std::string_view reason) {
  m_state->watch_restarts.add({reason});
}

void Metrics::on_http_request(std::string_view route, int status) {
  m_state->http_requests.add({route.empty() ? std::string_view("none") : route, std::to_string(status)});
}

std::string Metrics::text() const {
  const MonotonicTime now = m_state->clock.monotonic();
  const auto view = m_state->board.view();
  const Trust trust = trust_of(m_state->board, now);
  ExpositionWriter out;
  out.begin("reconciled_build_info");
  out.sample({m_state->version, m_state->revision}, 1);
  out.begin("reconciled_loop_age_seconds");
  out.sample({}, seconds(now - m_state->board.last_beat()));
  if (view != nullptr) write_state(out, *view, trust, now);
  write_process(out, view == nullptr ? m_state->clock.wall() : view->started);
  std::string text = std::move(out).take();
  std::ostringstream counted;
  prometheus::TextSerializer().Serialize(counted, m_state->registry.Collect());
  return text += counted.view();
}

WebResponse Metrics::scrape(const WebRequest& /*request*/) const {
  WebResponse response = make_text_response(200, text());
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return response;
}

}  // namespace reconciled
