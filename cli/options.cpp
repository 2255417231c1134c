#include "cli/command_line.h"

#include <array>

namespace reconciled {
namespace {

template <std::string CommandLine::* member>
void text(CommandLine& line, const std::string& value) {
  line.*member = value;
}
template <std::vector<std::string> CommandLine::* member>
void more(CommandLine& line, const std::string& value) {
  (line.*member).push_back(value);
}
template <bool CommandLine::* member>
void flag(CommandLine& line, const std::string& /*value*/) {
  line.*member = true;
}

constexpr std::array k_options{
    OptionRow{"-C,--source", "SOURCE", "RECONCILE_SOURCE",
              "folder, repository URL, or the name of a source in the settings (default: the folder you are in)",
              k_repository, &text<&CommandLine::source>},
    OptionRow{"--ref", "REF", "RECONCILE_REF",
              "branch, tag, full ref or commit of the source (default: its default branch)", k_repository,
              &text<&CommandLine::ref>},
    OptionRow{"-e,--environment", "NAME", "RECONCILE_ENVIRONMENT",
              "the environment to act on (default: the only one there is)", k_repository,
              &text<&CommandLine::environment>},
    OptionRow{"-s,--stack", "PATTERN", "RECONCILE_STACK",
              "only stacks whose layer/name matches; '*' stands for anything; may be given again", k_repository,
              &more<&CommandLine::stacks>},
    OptionRow{"--layer", "NAME", "RECONCILE_LAYER", "only stacks of this layer; may be given again", k_repository,
              &more<&CommandLine::layers>},
    OptionRow{"--cache", "FOLDER", "RECONCILE_CACHE",
              "where mirrors of repositories are kept; may be deleted at any time (default: the user's cache folder)",
              k_repository, &text<&CommandLine::cache>},
    OptionRow{"--fetch-timeout", "DURATION", "RECONCILE_FETCH_TIMEOUT",
              "how long all fetches may take together (default: 2m)", k_repository, &text<&CommandLine::fetch_timeout>},
    OptionRow{"--kubeconfig", "FILE", "",
              "kubeconfig to use (default: $KUBECONFIG, then ~/.kube/config, then the pod's service account)",
              k_cluster, &text<&CommandLine::kubeconfig>},
    OptionRow{"--context", "NAME", "RECONCILE_CONTEXT", "context of the kubeconfig (default: its current one)",
              k_cluster, &text<&CommandLine::context>},
    OptionRow{"--diff-mode", "MODE", "RECONCILE_DIFF_MODE",
              "how differences are judged: server (dry-run apply where in doubt), local (GET and LIST only), auto "
              "(server, or local where the rights do not "
              "allow it) (default: auto)",
              k_cluster, &text<&CommandLine::diff_mode>},
    OptionRow{"--dry-run", "", "RECONCILE_DRY_RUN", "report what would be done and change nothing", k_writing,
              &flag<&CommandLine::dry_run>},
    OptionRow{"--adopt", "STACK", "",
              "let this stack take over objects that exist already and belong to nobody; may be given again", k_writing,
              &more<&CommandLine::adopt>},
    OptionRow{"--prune", "STACK", "", "confirm the held prunes of this stack; may be given again", k_writing,
              &more<&CommandLine::prune>},
    OptionRow{"--no-wait", "", "RECONCILE_NO_WAIT", "do not wait for health after applying", k_writing,
              &flag<&CommandLine::no_wait>},
    OptionRow{"--timeout", "DURATION", "RECONCILE_TIMEOUT", "how long to wait for the health of a stack (default: 5m)",
              k_writing, &text<&CommandLine::timeout>},
    OptionRow{"-o,--output", "FORMAT[=FILE]", "RECONCILE_OUTPUT",
              "text or json (render: yaml or json), to standard output or a file; may be given again", k_report,
              &more<&CommandLine::outputs>},
    OptionRow{"--show-ignored", "", "RECONCILE_SHOW_IGNORED", "list the differences that rules hide", k_report,
              &flag<&CommandLine::show_ignored>},
    OptionRow{"--fail-on", "WHAT", "RECONCILE_FAIL_ON",
              "drift: differences end with exit code 1; error: only errors do (default: drift)", k_report,
              &text<&CommandLine::fail_on>},
    OptionRow{"--diff-exit-code", "N", "RECONCILE_DIFF_EXIT_CODE", "exit code for differences instead of 1", k_report,
              &text<&CommandLine::diff_exit_code>},
    OptionRow{"--server", "URL", "RECONCILE_SERVER",
              "ask the daemon at this address (its listen.status: http://127.0.0.1:9481) instead of looking at the "
              "repository and the cluster",
              k_daemon, &text<&CommandLine::server>},
    OptionRow{"--port", "PORT", "RECONCILE_PORT", "port of the sandbox on 127.0.0.1 (default: a free one)", k_sandbox,
              &text<&CommandLine::port>},
    OptionRow{"--write-kubeconfig", "FILE", "",
              "where the sandbox writes its kubeconfig (default: ./sandbox.kubeconfig)", k_sandbox,
              &text<&CommandLine::kubeconfig_out>},
    OptionRow{"--config", "FILE", "RECONCILE_CONFIG",
              "settings file (default: none; the working tree and the current context are used)", k_everywhere,
              &text<&CommandLine::config>},
    OptionRow{"--color", "WHEN", "RECONCILE_COLOR", "auto, always or never (default: auto; NO_COLOR is honoured)",
              k_everywhere, &text<&CommandLine::colour>},
    OptionRow{"--log-level", "LEVEL", "RECONCILE_LOG_LEVEL", "debug, info, warn or error (default: warn)", k_everywhere,
              &text<&CommandLine::log_level>},
    OptionRow{"-q,--quiet", "", "", "no progress on standard error", k_everywhere, &flag<&CommandLine::quiet>},
    OptionRow{"-h,--help", "", "", "print this help", k_everywhere, &flag<&CommandLine::help>},
};

}  // namespace

std::span<const OptionRow> option_rows() {
  return k_options;
}

}  // namespace reconciled
