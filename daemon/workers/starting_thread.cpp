#include "daemon/workers/starting_thread.h"

namespace reconciled {

StartingThread::~StartingThread() {
  {
    const std::scoped_lock lock(m_mutex);
    m_stopping = true;
  }
  m_changed.notify_all();
  m_thread.join();
}

Result<WorkerProcess> StartingThread::start(const WorkerSpec& spec, MonotonicTime deadline) {
  Task task([&] { return WorkerProcess::start(spec, deadline); });
  auto started = task.get_future();
  {
    const std::scoped_lock lock(m_mutex);
    m_tasks.push_back(std::move(task));
  }
  m_changed.notify_all();
  return started.get();
}

void StartingThread::run() {
  std::unique_lock lock(m_mutex);
  while (true) {
    m_changed.wait(lock, [this] { return m_stopping || !m_tasks.empty(); });
    if (m_tasks.empty()) return;
    Task task = std::move(m_tasks.front());
    m_tasks.pop_front();
    lock.unlock();
    task();
    lock.lock();
  }
}

}  // namespace reconciled
