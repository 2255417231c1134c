#include "cli/sandbox_server.h"

#include "base/file.h"
#include "base/process.h"
#include "cli/command_line.h"
#include "cli/terminal.h"
#include "sandbox/server.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>

#include <csignal>
#include <filesystem>

namespace reconciled {
namespace {

/// Files that a client of the sandbox needs; removed when it ends.
struct ClientFiles {
  std::string kubeconfig;
  std::string authority;

  ~ClientFiles() {
    std::error_code ignored;
    for (const auto& file : {kubeconfig, authority}) {
      if (!file.empty()) std::filesystem::remove(file, ignored);
    }
  }
};

Status write_files(const CommandLine& line, const sandbox::SandboxServer& server, ClientFiles& files) {
  std::error_code error;
  const std::string name = line.kubeconfig_out.empty() ? "sandbox.kubeconfig" : line.kubeconfig_out;
  const std::string path = std::filesystem::absolute(name, error).string();
  TRY(write_file_atomically(path, server.kubeconfig(), 0600));
  files.kubeconfig = path;
  TRY(write_file_atomically(path + ".ca", server.authority()));
  files.authority = path + ".ca";
  return {};
}

/// Runs a command on our own terminal with the variables that lead it to the sandbox, and waits for its end.
Result<int> run_command(const std::vector<std::string>& words, const sandbox::SandboxServer& server,
                        const ClientFiles& files) {
  std::vector<std::string> variables;
  for (const auto& [name, value] : current_environment()) {
    if (name != "KUBECONFIG" && !name.starts_with("SANDBOX_")) variables.push_back(name + "=" + value);
  }
  variables.push_back("KUBECONFIG=" + files.kubeconfig);
  variables.push_back("SANDBOX_URL=" + server.url());
  variables.push_back("SANDBOX_CA=" + files.authority);
  variables.push_back("SANDBOX_TOKEN=" + server.token(sandbox::SandboxUser::admin));
  const auto pointers = [](const std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (const auto& text : texts) result.push_back(const_cast<char*>(text.c_str()));  // posix_spawn does not write
    result.push_back(nullptr);
    return result;
  };
  pid_t child = -1;
  const int failed =
      posix_spawnp(&child, words.front().c_str(), nullptr, nullptr, pointers(words).data(), pointers(variables).data());
  if (failed != 0) {
    return fail(ErrorKind::usage, fmt::format("{} cannot be started: {}", words.front(), std::strerror(failed)));
  }
  int status = 0;
  while (waitpid(child, &status, 0) == -1 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void wait_for_interrupt() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  int received = 0;
  sigwait(&signals, &received);
}

}  // namespace

int serve_sandbox(const CommandLine& line, Terminal& terminal) {
  const bool alone = line.arguments.empty();
  if (alone) {
    // Blocked before the server's thread is made, so that sigwait alone receives them.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  }
  sandbox::SandboxOptions options;
  options.port = static_cast<std::uint16_t>(std::stoul(line.port));
  auto server = sandbox::SandboxServer::start(options);
  if (!server) return terminal.fail(server.error());
  ClientFiles files;
  if (const auto written = write_files(line, **server, files); !written) return terminal.fail(written.error());
  if (!alone) {
    const auto code = run_command(line.arguments, **server, files);
    return code ? *code : terminal.fail(code.error());
  }
  terminal.out(
      fmt::format("A Kubernetes API in memory is at {}. Use it from another terminal:\n\n  export KUBECONFIG={}\n\n"
                  "It forgets everything when it ends (Ctrl-C).\n",
                  (*server)->url(), files.kubeconfig));
  wait_for_interrupt();
  return 0;
}

}  // namespace reconciled
