#include "daemon/workers/load_pool.h"

#include <exception>
#include <utility>

namespace reconciled {
namespace {

/// Adds up the time that calls of another source take.
class TimedSource final : public Source {
  template <class Call>
  auto timed(const Call& call) {
    const MonotonicTime began = monotonic_now();
    auto answer = call();
    m_spent += monotonic_now() - began;
    return answer;
  }

 public:
  TimedSource(Source& source, Duration& spent) : m_source(source), m_spent(spent) {}

  Result<Revision> resolve(const SourceRef& ref, MonotonicTime deadline) override {
    return timed([&] { return m_source.resolve(ref, deadline); });
  }
  Result<std::shared_ptr<const SourceTree>> open(const Revision& revision) override {
    return timed([&] { return m_source.open(revision); });
  }
  Status check_base(const std::string& url) override { return m_source.check_base(url); }
  Result<std::string> find_charts(std::string_view name) override { return m_source.find_charts(name); }
  Result<std::vector<std::string>> list_charts(const std::string& repository, const std::string& name,
                                               MonotonicTime deadline) override {
    return timed([&] { return m_source.list_charts(repository, name, deadline); });
  }
  Result<ChartPin> resolve_chart(const ChartRef& ref, MonotonicTime deadline) override {
    return timed([&] { return m_source.resolve_chart(ref, deadline); });
  }
  Result<ChartArchive> open_chart(const ChartPin& pin, MonotonicTime deadline) override {
    return timed([&] { return m_source.open_chart(pin, deadline); });
  }

 private:
  Source& m_source;
  Duration& m_spent;
};

}  // namespace

LoadPool::LoadPool(LoadPoolOptions options, Source& source, Executor& executor, Deliver deliver)
    : m_options(std::move(options)),
      m_deliver(std::move(deliver)),
      m_timed(std::make_unique<TimedSource>(source, m_fetch)),
      m_loader(*m_timed, executor),
      m_thread([this] { run(); }) {}

LoadPool::~LoadPool() {
  {
    const std::scoped_lock lock(m_mutex);
    m_stopping = true;
  }
  m_changed.notify_all();
  m_thread.join();
}

void LoadPool::start_load(std::uint64_t id) {
  {
    const std::scoped_lock lock(m_mutex);
    m_waiting.push_back(id);
  }
  m_changed.notify_all();
}

void LoadPool::note_cluster(const ClusterFacts& facts) {
  const std::scoped_lock lock(m_mutex);
  m_cluster = facts;
}

LoadAnswer LoadPool::load(std::uint64_t id) {
  const MonotonicTime began = monotonic_now();
  DesiredRequest request = m_options.request;
  {
    const std::scoped_lock lock(m_mutex);
    request.cluster = m_cluster;
  }
  request.deadline = began + m_options.timeout;
  m_fetch = Duration::zero();
  LoadAnswer answer{.id = id, .environment = std::shared_ptr<const LoadedEnvironment>()};
  try {
    answer.environment = m_loader.load(request);
  } catch (const std::exception& exception) {
    answer.environment =
        fail(ErrorKind::internal, "loading failed with an exception: " + std::string(exception.what()));
  }
  answer.fetch = m_fetch;
  answer.render = monotonic_now() - began - m_fetch;
  return answer;
}

void LoadPool::run() {
  std::unique_lock lock(m_mutex);
  while (true) {
    m_changed.wait(lock, [this] { return m_stopping || !m_waiting.empty(); });
    if (m_waiting.empty()) return;
    const std::uint64_t id = std::exchange(m_waiting.front(), 0);
    m_waiting.pop_front();
    const bool stopping = m_stopping;
    lock.unlock();
    if (stopping) {
      m_deliver({.id = id, .environment = fail(ErrorKind::cancelled, "the daemon stops")});
    } else {
      m_deliver(load(id));
    }
    lock.lock();
  }
}

}  // namespace reconciled
