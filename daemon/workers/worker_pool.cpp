#include "daemon/workers/worker_pool.h"

#include "daemon/workers/crash_memory.h"
#include "daemon/workers/starting_thread.h"
#include "daemon/workers/worker_process.h"
#include "renderers/render_job.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace reconciled {
namespace {

/// A pack and what is around it.
constexpr std::uint64_t k_max_answer_bytes = k_max_packed_bytes + (1U << 20);

constexpr std::string_view k_alone = "other stacks are not affected; correct or divide this one";

/// What a worker claims is checked before it is believed.
Status check_pack(const PackedManifests& pack, const InputSet& inputs) {
  TRY_ASSIGN(const ManifestSet set, pack.unpack());
  const bool same_cluster = std::ranges::all_of(
      set.manifests, [&](const Manifest& manifest) { return manifest.id.cluster == inputs.stack.cluster; });
  if (set.stack == inputs.stack.id && set.inputs == inputs.digest && same_cluster) return {};
  return fail(ErrorKind::internal, "the manifests are of another stack");
}

Result<RenderAnswer> read_answer(std::string_view bytes, const InputSet& inputs) {
  TRY_ASSIGN(auto answer, decode_render_answer(bytes));
  if (answer.outcome) {
    if (const auto* pack = std::get_if<PackedManifests>(&*answer.outcome)) TRY(check_pack(*pack, inputs));
  }
  return answer;
}

Error name_stack(const Error& error, const InputSet& inputs) {
  return Error(error.kind, "the render worker of " + inputs.stack.id.path() + " " + error.message, inputs.stack.origin,
               std::string(k_alone));
}

}  // namespace

struct ProcessExecutor::State {
  explicit State(WorkerPoolOptions options_)
      : options(std::move(options_)), most(std::max<std::size_t>(options.workers, 1)), crashes(options.forget_after) {
    if (!options.program.empty()) spec.program = options.program;
    spec.arguments = options.arguments;
    spec.setup = {{options.memory_bytes}, options.grace / 8, options.max_job_bytes + (1U << 20)};
  }

  Result<WorkerProcess> take_worker();
  void give_back(WorkerProcess worker);
  void lose_worker();
  Result<RenderAnswer> run(std::string_view job, const InputSet& inputs, const Limits& limits);

  const WorkerPoolOptions options;
  const std::size_t most;
  WorkerSpec spec;
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::vector<WorkerProcess> idle;  // this and what follows is guarded by mutex
  WorkerCounts counts;              // alive: idle, working or being started
  CrashMemory crashes;
  std::optional<ConfinementReport> confinement;
  StartingThread starter;  // last: it ends first
};

Result<WorkerProcess> ProcessExecutor::State::take_worker() {
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return !idle.empty() || counts.alive < most; });
    if (!idle.empty()) {
      WorkerProcess worker = std::move(idle.back());
      idle.pop_back();
      return worker;
    }
    ++counts.alive;
  }
  auto started = starter.start(spec, monotonic_now() + options.start_time);
  if (!started) {
    lose_worker();
    return started;
  }
  const std::scoped_lock lock(mutex);
  ++counts.started;
  confinement = started->confinement();
  return started;
}

void ProcessExecutor::State::give_back(WorkerProcess worker) {
  {
    const std::scoped_lock lock(mutex);
    idle.push_back(std::move(worker));
  }
  changed.notify_one();
}

void ProcessExecutor::State::lose_worker() {
  {
    const std::scoped_lock lock(mutex);
    --counts.alive;
  }
  changed.notify_one();
}

/// An error is the worker's end, and says why.
Result<RenderAnswer> ProcessExecutor::State::run(std::string_view job, const InputSet& inputs, const Limits& limits) {
  TRY_ASSIGN(WorkerProcess worker, take_worker());
  auto bytes = worker.exchange(job, k_max_answer_bytes, monotonic_now() + limits.time + options.grace);
  const bool answered = bytes.has_value();
  Result<RenderAnswer> answer = answered ? read_answer(*bytes, inputs) : fail(std::move(bytes).error());
  if (answer) {
    give_back(std::move(worker));
    return answer;
  }
  Error error = std::move(answer).error();
  if (answered) error = Error(ErrorKind::internal, "answered with garbage: " + error.message);
  error = name_stack(error, inputs);
  {
    const WorkerProcess dead = std::move(worker);
  }  // killed and reaped before another takes its place
  lose_worker();
  const std::scoped_lock lock(mutex);
  ++counts.failed;
  crashes.note(inputs.digest, error, monotonic_now());
  return fail(std::move(error));
}

ProcessExecutor::ProcessExecutor(WorkerPoolOptions options) : m_state(std::make_unique<State>(std::move(options))) {}
ProcessExecutor::~ProcessExecutor() = default;

Result<PackedOutcome> ProcessExecutor::render(const InputSet& inputs, const Limits& limits) {
  {
    const std::scoped_lock lock(m_state->mutex);
    if (auto known = m_state->crashes.find(inputs.digest, monotonic_now())) {
      ++m_state->counts.refused;
      return fail(std::move(*known));
    }
  }
  TRY_ASSIGN(const std::string job, encode_render_job(inputs, limits, m_state->options.max_job_bytes));
  TRY_ASSIGN(auto answer, m_state->run(job, inputs, limits));
  const std::scoped_lock lock(m_state->mutex);
  if (!answer.outcome && answer.outcome.error().kind == ErrorKind::limit) {
    m_state->crashes.note(inputs.digest, answer.outcome.error(), monotonic_now());
  } else {
    m_state->crashes.forget(inputs.digest);
  }
  return std::move(answer.outcome);
}

WorkerCounts ProcessExecutor::counts() const {
  const std::scoped_lock lock(m_state->mutex);
  return m_state->counts;
}

std::optional<ConfinementReport> ProcessExecutor::confinement() const {
  const std::scoped_lock lock(m_state->mutex);
  return m_state->confinement;
}

}  // namespace reconciled
