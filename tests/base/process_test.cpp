#include "base/process.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

using namespace reconciled;
using namespace std::chrono_literals;

namespace {
MonotonicTime soon() {
  return monotonic_now() + 20s;
}
ProcessSpec shell(std::string script) {
  return {.argv = {"/bin/sh", "-c", std::move(script)},
          .environment = {{"PATH", "/usr/bin:/bin"}},
          .working_directory = ""};
}
bool is_gone(pid_t pid) {
  for (int i = 0; i < 2000; ++i) {
    if (::kill(pid, 0) != 0 && errno == ESRCH) return true;
    ::poll(nullptr, 0, 5);
  }
  return false;
}
}  // namespace

TEST_CASE("a program runs with its input, its arguments and nothing of our environment") {
  ::setenv("RECONCILED_TEST_LEAK", "1", 1);
  const auto output = run_process(shell("cat; env | sort >&2; exit 3"), "hello", soon());
  REQUIRE(output.has_value());
  CHECK(output->exit_code == 3);
  CHECK(output->stdout_text == "hello");
  CHECK(output->stderr_text.find("RECONCILED_TEST_LEAK") == std::string::npos);
  const auto ours = current_environment();
  CHECK(std::ranges::find(ours, std::pair<std::string, std::string>("RECONCILED_TEST_LEAK", "1")) != ours.end());
}

TEST_CASE("arguments are passed as they are, without a shell") {
  const auto output = run_process(
      {.argv = {"printf", "%s|", "a b", "$HOME", "*", ""}, .environment = {}, .working_directory = ""}, "", soon());
  REQUIRE(output.has_value());
  CHECK(output->stdout_text == "a b|$HOME|*||");
}

TEST_CASE("large input and output pass through at the same time") {
  const std::string large(3'000'000, 'x');
  const auto output = run_process(shell("cat"), large, soon());
  REQUIRE(output.has_value());
  CHECK(output->stdout_text == large);
}

TEST_CASE("a child that does not read its input does no harm") {
  const auto output = run_process(shell("exec <&-; echo done"), std::string(1'000'000, 'x'), soon());
  REQUIRE(output.has_value());
  CHECK(output->exit_code == 0);
  CHECK(output->stdout_text == "done\n");
}

TEST_CASE("output and time are bounded, and the child dies with its group") {
  const auto endless = run_process(shell("yes"), "", soon(), 100'000);
  REQUIRE_FALSE(endless.has_value());
  CHECK(endless.error().kind == ErrorKind::limit);
  const auto start = monotonic_now();
  const auto late = run_process(shell("sleep 60 & wait"), "", start + 100ms);
  REQUIRE_FALSE(late.has_value());
  CHECK(late.error().kind == ErrorKind::timeout);
  CHECK(monotonic_now() - start < 10s);
}

TEST_CASE("a program that cannot start is an error that says why") {
  const auto run = [](std::string program, std::string folder = "") {
    return run_process({.argv = {std::move(program)}, .environment = {}, .working_directory = std::move(folder)}, "",
                       soon());
  };
  CHECK(run("no-such-program-anywhere").error().message == "the program \"no-such-program-anywhere\" is not in PATH");
  CHECK(run("/no/such/file").error().message == "cannot start \"/no/such/file\": No such file or directory");
  CHECK(run("/etc/passwd").error().message == "cannot start \"/etc/passwd\": Permission denied");
  CHECK(run("/bin/true", "/no/such/folder").error().kind == ErrorKind::local);
  CHECK_FALSE(run_process({}, "", soon()).has_value());
}

TEST_CASE("a signal that ends the child is its exit code") {
  CHECK(run_process(shell("kill -TERM $$"), "", soon()).value().exit_code == 128 + SIGTERM);
}

TEST_CASE("children start with default signals, whatever ours are, and in the folder asked for") {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  ProcessSpec spec = shell("pwd; kill -PIPE $$; echo survived");
  spec.working_directory = "/";
  const auto output = run_process(spec, "", soon());
  std::signal(SIGPIPE, before);
  REQUIRE(output.has_value());
  CHECK(output->stdout_text == "/\n");
  CHECK(output->exit_code == 128 + SIGPIPE);
}

TEST_CASE("no other descriptor of ours reaches the child") {
  const int leak = ::open("/dev/null", O_RDONLY);  // on purpose without close-on-exec
  REQUIRE(leak >= 0);
  // Builtins only: the pipes that a shell makes for a program of its own would be seen, too.
  const auto output = run_process(shell("for fd in /proc/$$/fd/*; do case ${fd##*/} in [012]) ;; *) [ -c $fd ] && echo "
                                        "\"$fd\" ;; esac; done; echo end"),
                                  "", soon());
  ::close(leak);
  REQUIRE(output.has_value());
  CHECK(output->stdout_text == "end\n");
}

TEST_CASE("the owner's end is the child's end") {
  pid_t pid = -1;
  {
    auto process = Process::start(shell("echo ready; sleep 60"));
    REQUIRE(process.has_value());
    pid = process->pid();
    char text[6] = {};
    REQUIRE(::read(process->stdout_fd(), text, sizeof text) == 6);
    CHECK(process->wait(monotonic_now() + 20ms).error().kind == ErrorKind::timeout);
    Process moved = std::move(*process);
    CHECK(moved.pid() == pid);
  }
  CHECK(is_gone(pid));
}

TEST_CASE("what a child leaves running dies when it is waited for") {
  auto process = Process::start(shell("sleep 60 >/dev/null 2>&1 & echo $!"));
  REQUIRE(process.has_value());
  char text[32] = {};
  REQUIRE(::read(process->stdout_fd(), text, sizeof text - 1) > 0);
  CHECK(process->wait(soon()).value() == 0);
  CHECK(is_gone(std::stoi(text)));
  CHECK_FALSE(process->wait(soon()).has_value());
}

TEST_CASE("writing to a closed pipe raises no signal") {
  int fds[2] = {};
  REQUIRE(::pipe(fds) == 0);
  ::close(fds[0]);
  CHECK(write_without_signal(fds[1], "x") == -1);
  CHECK(errno == EPIPE);
  ::close(fds[1]);
}
