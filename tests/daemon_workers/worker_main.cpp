// A render worker with stacks that misbehave: the name of the stack says how.
#include "daemon/workers/frames.h"
#include "daemon/workers/render_worker.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

using namespace reconciled;

namespace {

volatile bool g_for_ever = true;
volatile int* volatile g_nowhere = nullptr;

void loop() {
  while (g_for_ever) {
  }
}
void loop_without_timer() {
  const itimerval never{};
  ::setitimer(ITIMER_PROF, &never, nullptr);
  loop();
}
void crash() {
  std::signal(SIGSEGV, SIG_DFL);
  *g_nowhere = 1;
}
void eat() {
  std::vector<std::unique_ptr<char[]>> eaten;
  while (g_for_ever) {
    eaten.push_back(std::make_unique<char[]>(1 << 20));
    eaten.back()[4096] = 1;
  }
}
void run_program() {
  std::array<char*, 1> none{nullptr};
  ::execve("/bin/true", none.data(), none.data());
}
void close_pipes() {
  ::close(STDIN_FILENO);
  ::close(STDOUT_FILENO);
  loop_without_timer();
}
void print_garbage() {
  static_cast<void>(write_frame(STDOUT_FILENO, "this is no answer"));
}
void claim_much() {
  const auto head = make_frame_head(1ULL << 60);
  if (::write(STDOUT_FILENO, head.data(), head.size()) < 0) std::abort();
}

struct Misdeed {
  std::string_view stack;
  void (*commit)();
};
const std::array k_misdeeds{
    Misdeed{"abort", [] { std::abort(); }},
    Misdeed{"crash", &crash},
    Misdeed{"exit", [] { ::_exit(3); }},
    Misdeed{"loop", &loop},
    Misdeed{"loop-without-timer", &loop_without_timer},
    Misdeed{"eat", &eat},
    Misdeed{"socket", [] { static_cast<void>(::socket(AF_INET, SOCK_STREAM, 0)); }},
    Misdeed{"open-to-write", [] { static_cast<void>(::open("/dev/null", O_WRONLY)); }},
    Misdeed{"open-to-read", [] { static_cast<void>(::open("/proc/self/status", O_RDONLY)); }},
    Misdeed{"execve", &run_program},
    Misdeed{"fork", [] { static_cast<void>(::fork()); }},
    Misdeed{"ptrace", [] { static_cast<void>(::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr)); }},
    Misdeed{"kill", [] { static_cast<void>(::kill(1, 0)); }},
    Misdeed{
        "run-memory",
        [] { static_cast<void>(::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)); }},
    Misdeed{"close-pipes", &close_pipes},
    Misdeed{"garbage", &print_garbage},
    Misdeed{"claim-much", &claim_much},
    Misdeed{"throw", [] { throw std::string("not even an exception"); }},
};

class Misbehaving final : public Executor {
 public:
  Result<PackedOutcome> render(const InputSet& inputs, const Limits& limits) override {
    for (const auto& misdeed : k_misdeeds) {
      if (misdeed.stack == inputs.stack.id.name) misdeed.commit();
    }
    if (inputs.stack.id.name == "missing") return Missing{{{{"https://git.example.com/charts", "v1"}, "a"}}};
    if (inputs.stack.id.name == "huge") return PackedManifests::from_bytes(std::string(70 << 20, 'x'));
    if (inputs.stack.id.name == "liar") {
      InputSet other = inputs;
      other.stack.id.name = "another";
      return m_inline.render(other, limits);
    }
    return m_inline.render(inputs, limits);
  }

 private:
  InlineExecutor m_inline;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 || argv[1] != k_render_worker_argument) return 2;
  Misbehaving executor;
  return run_render_worker(STDIN_FILENO, STDOUT_FILENO, executor);
}
