// Signals as messages: a thread waits for them, so that no handler ever runs.
#pragma once

#include "daemon/inbox.h"

#include <thread>

namespace reconciled {

/// Blocks SIGHUP, SIGINT and SIGTERM in this thread and those that it starts; call before any thread is started.
void block_signals();

/// Hands them to the inbox while it lives.
class SignalThread {
 public:
  explicit SignalThread(DaemonInbox& inbox);
  ~SignalThread();
  SignalThread(const SignalThread&) = delete;
  SignalThread& operator=(const SignalThread&) = delete;

 private:
  std::thread m_thread;
};

}  // namespace reconciled
