#include "daemon/command.h"

#include "base/suggest.h"
#include "daemon/workers/render_worker.h"

#include <array>
#include <vector>

namespace reconciled {
namespace {

struct Flag {
  std::string_view name;
  std::string_view value;  ///< what it is called in the help; empty: it takes none
  DaemonCommand::Action action;
  std::string_view help;  ///< empty: not shown
};

constexpr std::array k_flags{
    Flag{"--config", "FILE", DaemonCommand::Action::run,
         "settings; also conf.d/*.yaml beside it. Default: $RECONCILED_CONFIG, else /etc/reconciled/config.yaml"},
    Flag{"--check-config", "", DaemonCommand::Action::check_config,
         "check the settings, say file:line:col of all that is wrong, and exit with 2 when something is"},
    Flag{"--version", "", DaemonCommand::Action::version, "print the version"},
    Flag{"--help", "", DaemonCommand::Action::help, "print this"},
    Flag{k_render_worker_argument, "", DaemonCommand::Action::render_worker, ""},
};

}  // namespace

Result<DaemonCommand> parse_daemon_command(int argc, char** argv) {
  DaemonCommand command;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const std::size_t equals = argument.find('=');
    const std::string_view name = argument.substr(0, equals);
    const Flag* found = nullptr;
    std::vector<std::string> names;
    for (const auto& flag : k_flags) {
      names.emplace_back(flag.name);
      if (flag.name == name) found = &flag;
    }
    if (found == nullptr) {
      return fail(ErrorKind::usage,
                  "there is no argument \"" + std::string(name) + "\"" + did_you_mean(std::string(name), names), {},
                  "see reconciled --help");
    }
    if (!found->value.empty()) {
      if (equals != std::string_view::npos)
        command.config = argument.substr(equals + 1);
      else if (++i < argc)
        command.config = argv[i];
      if (command.config.empty()) return fail(ErrorKind::usage, "--config needs a file");
      continue;
    }
    if (equals != std::string_view::npos) return fail(ErrorKind::usage, std::string(name) + " takes no value");
    command.action = found->action;
  }
  return command;
}

std::string format_daemon_help() {
  std::string text =
      "reconciled keeps Kubernetes clusters as Git says.\n\nUsage: reconciled [--config FILE]\n\nArguments:\n";
  for (const auto& flag : k_flags) {
    if (flag.help.empty()) continue;
    std::string left = "  " + std::string(flag.name) + (flag.value.empty() ? "" : " " + std::string(flag.value));
    left.resize(std::max<std::size_t>(left.size(), 18), ' ');
    text += left + "  " + std::string(flag.help) + "\n";
  }
  return text +
         "\nSignals: SIGHUP reads the settings again and keeps the old ones when the new are wrong; SIGTERM and SIGINT "
         "finish\n"
         "what is under way, record it, give the Lease back and end.\n";
}

}  // namespace reconciled
