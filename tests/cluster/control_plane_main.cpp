// test-control-plane: starts a real Kubernetes control plane on loopback, for scripts, benchmarks and trying things.
//
//   tests/cluster/build                                     once; a few minutes
//   cmake --build --preset dev --target test-control-plane
//
//   build/dev/bin/test-control-plane                        prints the path of the admin's kubeconfig; runs until
//                                                           stdin closes, SIGINT or SIGTERM
//   build/dev/bin/test-control-plane -- COMMAND ARGUMENT…   runs the command with KUBECONFIG and TEST_CLUSTER (the
//                                                           folder) set, ends with its exit code
//
//   --controller-manager    also starts kube-controller-manager
//   --scheduler             also starts both it and kube-scheduler
//   --apiserver-flag=FLAG   adds a flag of kube-apiserver; may be repeated
//
// Beside that kubeconfig lie admin-certificate.kubeconfig, reader.kubeconfig (get, list and watch only) and
// nobody.kubeconfig, NAME.token, server.url, ca.crt and the programs' logs. From bash:
//
//   coproc PLANE { build/dev/bin/test-control-plane; }
//   read -r KUBECONFIG <&"${PLANE[0]}"; export KUBECONFIG
#include "tests/cluster/control_plane.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string_view>

namespace reconciled {
namespace {

struct Arguments {
  ControlPlaneOptions options;
  char** command = nullptr;
};

Result<Arguments> read_arguments(char** argv) {
  Arguments out;
  for (char** at = argv + 1; *at != nullptr; ++at) {
    const std::string_view argument = *at;
    constexpr std::string_view k_flag = "--apiserver-flag=";
    if (argument == "--controller-manager") {
      if (out.options.controllers == Controllers::none) out.options.controllers = Controllers::manager;
    } else if (argument == "--scheduler") {
      out.options.controllers = Controllers::manager_and_scheduler;
    } else if (argument.starts_with(k_flag)) {
      out.options.api_server_flags.emplace_back(argument.substr(k_flag.size()));
    } else if (argument == "--" && at[1] != nullptr) {
      out.command = at + 1;
      return out;
    } else {
      return fail(ErrorKind::usage, "unknown argument '" + std::string(argument) + "'", {},
                  "use --controller-manager, --scheduler, --apiserver-flag=FLAG, -- COMMAND");
    }
  }
  return out;
}

sigset_t ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, number);
  return set;
}

pid_t start_command(const ControlPlane& plane, char** command) {
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child != 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  const sigset_t signals = ending_signals();
  sigprocmask(SIG_UNBLOCK, &signals, nullptr);
  setenv("KUBECONFIG", plane.kubeconfig().c_str(), 1);
  setenv("TEST_CLUSTER", plane.folder().c_str(), 1);
  execvp(command[0], command);
  std::perror(command[0]);
  _exit(127);
}

int run_command(const ControlPlane& plane, char** command) {
  const pid_t child = start_command(plane, command);
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) < 0) return 1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Until stdin closes, a signal comes, or a program ends by itself.
int watch_over(ControlPlane& plane) {
  const sigset_t signals = ending_signals();
  pollfd wanted[2] = {{STDIN_FILENO, POLLIN, 0}, {signalfd(-1, &signals, SFD_CLOEXEC), POLLIN, 0}};
  while (true) {
    const int ready = poll(wanted, 2, 1000);
    if (const auto ended = plane.ended_program()) {
      std::fprintf(stderr, "test-control-plane: %s ended by itself\n", ended->c_str());
      return 1;
    }
    if (ready <= 0) continue;
    char ignored[256];
    if (wanted[1].revents != 0 || read(STDIN_FILENO, ignored, sizeof ignored) <= 0) return 0;
  }
}

int run(char** argv) {
  const sigset_t signals = ending_signals();
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  auto arguments = read_arguments(argv);
  if (!arguments) {
    std::fprintf(stderr, "test-control-plane: %s\n", format_error(arguments.error()).c_str());
    return 2;
  }
  auto plane = ControlPlane::start(arguments->options);
  if (!plane) {
    std::fprintf(stderr, "test-control-plane: %s\n", format_error(plane.error()).c_str());
    return 1;
  }
  if (arguments->command != nullptr) return run_command(**plane, arguments->command);
  std::puts((*plane)->kubeconfig().c_str());
  std::fflush(stdout);
  return watch_over(**plane);
}

}  // namespace
}  // namespace reconciled

int main(int, char** argv) {
  return reconciled::run(argv);
}
