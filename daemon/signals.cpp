#include "daemon/signals.h"

#include <pthread.h>

#include <csignal>

namespace reconciled {
namespace {

sigset_t handled_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGHUP, SIGINT, SIGTERM, SIGUSR2}) sigaddset(&set, number);
  return set;
}

}  // namespace

void block_signals() {
  const sigset_t set = handled_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

SignalThread::SignalThread(DaemonInbox& inbox)
    : m_thread([&inbox] {
        const sigset_t set = handled_signals();
        int number = 0;
        while (sigwait(&set, &number) == 0 && number != SIGUSR2) inbox.put({0, SignalArrived{number}});
      }) {}

SignalThread::~SignalThread() {
  pthread_kill(m_thread.native_handle(), SIGUSR2);
  m_thread.join();
}

}  // namespace reconciled
