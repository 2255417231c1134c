#include "daemon/http/exposition.h"

#include "daemon/http/status.h"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

namespace reconciled {
namespace {

// Both from best to worst: a layer is as its worst stack.
constexpr std::array k_sync_states{SyncState::in_sync, SyncState::ahead,   SyncState::drifted,
                                   SyncState::held,    SyncState::unknown, SyncState::failed};
constexpr std::array k_health_states{HealthState::healthy, HealthState::suspended, HealthState::progressing,
                                     HealthState::missing, HealthState::degraded,  HealthState::unknown};
constexpr std::array k_causes{ChangeCause::git_ahead, ChangeCause::manual, ChangeCause::missing, ChangeCause::orphan};

double unix_seconds(WallTime time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}
double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

void append_label_value(std::string& out, std::string_view value) {
  for (const char c : value) {
    if (c == '\n') {
      out += "\\n";
    } else {
      if (c == '\\' || c == '"') out += '\\';
      out += c;
    }
  }
}

void append_number(std::string& out, double number) {
  constexpr double k_exact = 9007199254740992;  // 2^53
  if (std::trunc(number) == number && std::abs(number) < k_exact)
    fmt::format_to(std::back_inserter(out), "{}", static_cast<std::int64_t>(number));
  else
    fmt::format_to(std::back_inserter(out), "{}", number);
}

/// The states as they may be shown.
struct Shown {
  SyncState sync = SyncState::unknown;
  HealthState health = HealthState::unknown;
};

Shown shown(const EnvironmentView& environment, const StackView& stack, Trust trust) {
  if (trust != Trust::current) return {};
  return {shown_sync(environment, stack), environment.cluster_error ? HealthState::unknown : stack.health.state};
}

/// Calls `write(environment, stack)` for every stack of the view.
template <class Write>
void each_stack(const DaemonView& view, Write&& write) {
  for (const auto& environment : view.environments) {
    for (const auto& stack : environment.stacks) write(environment, stack);
  }
}

template <class Number>
void environment_family(ExpositionWriter& out, const DaemonView& view, std::string_view name, Number&& number) {
  out.begin(name);
  for (const auto& environment : view.environments) {
    if (const std::optional<double> value = number(environment))
      out.sample({environment.environment, environment.cluster}, *value);
  }
}

void write_environments(ExpositionWriter& out, const DaemonView& view, Duration since_made) {
  using Number = std::optional<double>;
  using View = const EnvironmentView&;
  environment_family(out, view, "reconciled_ready", [](View e) -> Number { return e.ready ? 1 : 0; });
  environment_family(out, view, "reconciled_leader", [](View e) -> Number { return e.leader ? 1 : 0; });
  environment_family(out, view, "reconciled_desired_commit_timestamp_seconds", [](View e) -> Number {
    return e.revision.commit.empty() ? Number() : unix_seconds(e.revision.time);
  });
  environment_family(out, view, "reconciled_source_last_success_timestamp_seconds", [](View e) -> Number {
    return e.source_success ? Number(unix_seconds(*e.source_success)) : Number();
  });
  environment_family(out, view, "reconciled_queue_depth",
                     [](View e) -> Number { return static_cast<double>(e.queued); });
  environment_family(out, view, "reconciled_queue_oldest_age_seconds",
                     [&](View e) -> Number { return e.queued == 0 ? 0 : seconds(e.oldest_queued + since_made); });
  environment_family(out, view, "reconciled_kube_watch_age_seconds", [&](View e) -> Number {
    if (e.watches.empty()) return {};
    return seconds(std::ranges::max(e.watches, {}, &WatchView::age).age + since_made);
  });
}

void write_layers(ExpositionWriter& out, const DaemonView& view, Trust trust) {
  struct Worst {
    SyncState sync = SyncState::in_sync;
    HealthState health = HealthState::healthy;
  };
  std::map<std::array<std::string_view, 3>, Worst> layers;
  each_stack(view, [&](const EnvironmentView& environment, const StackView& stack) {
    Worst& worst = layers[{environment.environment, stack.id.layer, environment.cluster}];
    const Shown state = shown(environment, stack, trust);
    worst.sync = std::max(worst.sync, state.sync);
    worst.health = std::max(worst.health, state.health);
  });
  out.begin("reconciled_layer_sync_status");
  for (const auto& [key, worst] : layers) {
    for (const auto state : k_sync_states)
      out.sample({key[1], key[0], key[2], name_of(state)}, worst.sync == state ? 1 : 0);
  }
  out.begin("reconciled_layer_health_status");
  for (const auto& [key, worst] : layers) {
    for (const auto state : k_health_states)
      out.sample({key[1], key[0], key[2], name_of(state)}, worst.health == state ? 1 : 0);
  }
}

/// Objects by cause, as far as the view lists them.
std::array<std::size_t, k_causes.size()> count_causes(const StackView& stack) {
  std::array<std::set<ObjectId>, k_causes.size()> objects;
  for (const auto& field : stack.drift) objects.at(static_cast<std::size_t>(field.cause)).insert(field.object);
  std::array<std::size_t, k_causes.size()> counts{};
  for (std::size_t i = 0; i < counts.size(); ++i) counts.at(i) = objects.at(i).size();
  const auto at_least = [&](ChangeCause cause, std::size_t count) {
    auto& known = counts.at(static_cast<std::size_t>(cause));
    known = std::max(known, count);
  };
  at_least(ChangeCause::missing, stack.missing);
  at_least(ChangeCause::orphan, stack.orphaned);
  return counts;
}

void write_stack_states(ExpositionWriter& out, const DaemonView& view, Trust trust) {
  out.begin("reconciled_stack_info");
  each_stack(view, [&](const EnvironmentView& e, const StackView& s) {
    out.sample(
        {s.id.name, s.id.layer, e.environment, e.cluster, s.repository, s.revision, s.automated ? "true" : "false"}, 1);
  });
  out.begin("reconciled_stack_sync_status");
  each_stack(view, [&](const EnvironmentView& e, const StackView& s) {
    const auto now = shown(e, s, trust).sync;
    for (const auto state : k_sync_states)
      out.sample({s.id.name, s.id.layer, e.environment, e.cluster, name_of(state)}, now == state ? 1 : 0);
  });
  out.begin("reconciled_stack_health_status");
  each_stack(view, [&](const EnvironmentView& e, const StackView& s) {
    const auto now = shown(e, s, trust).health;
    for (const auto state : k_health_states)
      out.sample({s.id.name, s.id.layer, e.environment, e.cluster, name_of(state)}, now == state ? 1 : 0);
  });
  out.begin("reconciled_stack_objects");
  each_stack(view, [&](const EnvironmentView& e, const StackView& s) {
    const std::array<std::pair<std::string_view, std::uint32_t>, 6> counts{{{"desired", s.objects},
                                                                            {"drifted", s.drifted},
                                                                            {"missing", s.missing},
                                                                            {"orphaned", s.orphaned},
                                                                            {"failed", s.failed},
                                                                            {"held", s.held}}};
    for (const auto& [state, count] : counts)
      out.sample({s.id.name, s.id.layer, e.environment, e.cluster, state}, count);
  });
}

void write_stack_times(ExpositionWriter& out, const DaemonView& view) {
  out.begin("reconciled_suspended");
  each_stack(view, [&](const EnvironmentView& e, const StackView& s) {
    out.sample({s.id.name, s.id.layer, e.environment, e.cluster}, s.suspended ? 1 : 0);
  });
  out.begin("reconciled_drift_objects");
  each_stack(view, [&](const EnvironmentView& e, const StackView& s) {
    const auto counts = count_causes(s);
    for (const auto cause : k_causes) {
      const auto count = counts.at(static_cast<std::size_t>(cause));
      if (count != 0)
        out.sample({s.id.name, s.id.layer, e.environment, e.cluster, name_of(cause)}, static_cast<double>(count));
    }
  });
  out.begin("reconciled_drift_start_timestamp_seconds");
  each_stack(view, [&](const EnvironmentView& e, const StackView& s) {
    if (s.drift_since) out.sample({s.id.name, s.id.layer, e.environment, e.cluster}, unix_seconds(*s.drift_since));
  });
  out.begin("reconciled_last_sync_timestamp_seconds");
  each_stack(view, [&](const EnvironmentView& e, const StackView& s) {
    if (s.last_run)
      out.sample({s.id.name, s.id.layer, e.environment, e.cluster, name_of(s.last_result)}, unix_seconds(*s.last_run));
  });
}

std::size_t count_entries(const char* folder) {
  DIR* const handle = ::opendir(folder);
  if (handle == nullptr) return 0;
  std::size_t count = 0;
  while (::readdir(handle) != nullptr) ++count;
  ::closedir(handle);
  return count < 3 ? 0 : count - 3;  // ".", ".." and the handle itself
}

}  // namespace

void ExpositionWriter::begin(std::string_view name) {
  m_row = &metric_row(name);
  const std::string_view type = m_row->type == MetricType::counter ? "counter" : "gauge";
  fmt::format_to(std::back_inserter(m_out), "# HELP {} {}\n# TYPE {} {}\n", name, m_row->help, name, type);
}

void ExpositionWriter::sample(std::initializer_list<std::string_view> values, double number) {
  m_out += m_row->name;
  std::size_t index = 0;
  for (const auto value : values) {
    m_out += index == 0 ? '{' : ',';
    m_out += m_row->labels.at(index++);
    m_out += "=\"";
    append_label_value(m_out, value);
    m_out += '"';
  }
  if (index != 0) m_out += '}';
  m_out += ' ';
  append_number(m_out, number);
  m_out += '\n';
}

void write_state(ExpositionWriter& out, const DaemonView& view, Trust trust, MonotonicTime now) {
  out.begin("reconciled_config_reload_success");
  out.sample({}, view.reload.error ? 0 : 1);
  out.begin("reconciled_config_reload_timestamp_seconds");
  out.sample({}, unix_seconds(view.reload.at));
  write_environments(out, view, std::max<Duration>(now - view.made_at, Duration::zero()));
  write_layers(out, view, trust);
  write_stack_states(out, view, trust);
  write_stack_times(out, view);
}

void write_process(ExpositionWriter& out, WallTime started) {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    const auto seconds_of = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    out.begin("process_cpu_seconds_total");
    out.sample({}, seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
  }
  std::uint64_t all_pages = 0;
  std::uint64_t resident_pages = 0;
  if (std::ifstream("/proc/self/statm") >> all_pages >> resident_pages) {
    const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
    out.begin("process_resident_memory_bytes");
    out.sample({}, static_cast<double>(resident_pages) * page);
    out.begin("process_virtual_memory_bytes");
    out.sample({}, static_cast<double>(all_pages) * page);
  }
  out.begin("process_open_fds");
  out.sample({}, static_cast<double>(count_entries("/proc/self/fd")));
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    out.begin("process_max_fds");
    out.sample({}, static_cast<double>(limit.rlim_cur));
  }
  out.begin("process_threads");
  out.sample({}, static_cast<double>(count_entries("/proc/self/task") + 1));
  out.begin("process_start_time_seconds");
  out.sample({}, unix_seconds(started));
}

}  // namespace reconciled
