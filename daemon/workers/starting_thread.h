// Children die with the thread that started them, so one thread that lives as long as their owner starts them all.
#pragma once

#include "base/result.h"
#include "daemon/workers/worker_process.h"

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

namespace reconciled {

class StartingThread {
 public:
  StartingThread() : m_thread([this] { run(); }) {}
  ~StartingThread();
  StartingThread(const StartingThread&) = delete;
  StartingThread& operator=(const StartingThread&) = delete;

  /// WorkerProcess::start, in that thread. Blocks; may be called from any thread.
  Result<WorkerProcess> start(const WorkerSpec& spec, MonotonicTime deadline);

 private:
  using Task = std::packaged_task<Result<WorkerProcess>()>;
  void run();

  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::deque<Task> m_tasks;  // guarded by m_mutex
  bool m_stopping = false;   // guarded by m_mutex
  std::thread m_thread;
};

}  // namespace reconciled
