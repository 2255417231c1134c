// reconciled: the daemon.
#include "base/process.h"
#include "config/disk.h"
#include "config/version.h"
#include "daemon/command.h"
#include "daemon/daemon.h"
#include "daemon/memory.h"
#include "daemon/signals.h"
#include "daemon/workers/render_worker.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <iostream>

namespace {

using namespace reconciled;

int fail_with(const Error& error) {
  std::cerr << "reconciled: " << format_error(error) << "\n";
  return exit_code(error.kind);
}

Result<SettingsInput> open_input(const std::string& config) {
  const auto environment = current_environment();
  return open_settings(Program::reconciled, settings_path(Program::reconciled, config, environment), environment);
}

int check_config(const std::string& config) {
  const auto input = open_input(config);
  if (!input) return fail_with(input.error());
  const SettingsCheck check = check_settings(*input);
  for (const auto& problem : check.problems) std::cerr << format_error(problem) << "\n";
  if (check.problems.empty()) std::cout << "the settings are in order\n";
  return check.problems.empty() ? 0 : 2;
}

Result<Settings> read_settings(const std::string& config) {
  TRY_ASSIGN(const auto input, open_input(config));
  return load_settings(input);
}

std::unique_ptr<Logger> make_log(const Settings& settings) {
  if (settings.log.format == LogStyle::automatic) return make_stderr_logger(settings.log.level);
  const LogFormat format = settings.log.format == LogStyle::json ? LogFormat::json : LogFormat::logfmt;
  return std::make_unique<Logger>(format, settings.log.level, [](std::string_view line) { std::cerr << line; });
}

int run(const std::string& config) {
  auto settings = read_settings(config);
  if (!settings) return fail_with(settings.error());
  keep_heap_small();
  block_signals();
  const auto log = make_log(*settings);
  for (const auto& secret : secrets_of(*settings)) log->redact(secret);
  DaemonOptions options;
  options.settings = std::move(*settings);
  options.read_settings = [config] { return read_settings(config); };
  options.environment = current_environment();
  options.version = k_version;
  return run_daemon(std::move(options), *log);
}

}  // namespace

int main(int argc, char** argv) {
  // Secrets must not end in a core dump, and a closed pipe is an error of a write, not of the process.
  prctl(PR_SET_DUMPABLE, 0);
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  std::signal(SIGPIPE, SIG_IGN);

  const auto command = parse_daemon_command(argc, argv);
  if (!command) return fail_with(command.error());
  switch (command->action) {
    case DaemonCommand::Action::help: std::cout << format_daemon_help(); return 0;
    case DaemonCommand::Action::version: std::cout << "reconciled " << k_version << "\n"; return 0;
    case DaemonCommand::Action::render_worker: return run_render_worker(STDIN_FILENO, STDOUT_FILENO);
    case DaemonCommand::Action::check_config: return check_config(command->config);
    case DaemonCommand::Action::run: return run(command->config);
  }
  return 2;
}
