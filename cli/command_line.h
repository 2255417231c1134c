// What the user asked for, and the tables that every way of asking is made from: parser, --help, man page, docs.
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

/// Of `helm template`, named as Helm names them.
struct HelmOptions {
  std::string namespace_ = "default";
  std::vector<std::string> values;  ///< files
  std::vector<std::string> set, set_string, set_file, set_json, set_literal;
  std::vector<std::string> api_versions;
  std::vector<std::string> show_only;
  std::string kube_version;
  std::string name_template;
  bool include_crds = false;
  bool no_hooks = false;
  bool skip_tests = false;
  bool is_upgrade = false;
  bool skip_schema = false;
  bool generate_name = false;
};

/// Of `kustomize build`, named as kustomize names them.
struct KustomizeOptions {
  std::string load_restrictor = "LoadRestrictionsRootOnly";
  std::string reorder = "legacy";
  bool enable_helm = false;
  std::string output;  ///< a file, or a folder that is there; empty: standard output
};

/// Everything that can stand on the command line, with its default.
struct CommandLine {
  std::string command;                 ///< name of a row of `commands`; empty: the pass that `reconcile` alone means
  std::vector<std::string> arguments;  ///< after the command

  std::string config;        ///< settings file
  std::string source = ".";  ///< folder, repository URL, or the name of a source in the settings
  std::string ref;
  std::string environment;
  std::vector<std::string> stacks;
  std::vector<std::string> layers;
  std::string kubeconfig;
  std::string context;
  std::string cache;
  std::string diff_mode = "auto";
  std::vector<std::string> outputs;  ///< FORMAT or FORMAT=FILE
  std::string colour = "auto";
  std::string log_level = "warn";
  std::vector<std::string> adopt;
  std::vector<std::string> prune;
  std::string timeout;  ///< health of one stack
  std::string fetch_timeout;
  std::string diff_exit_code;     ///< instead of 1
  std::string fail_on = "drift";  ///< drift | error
  std::string port = "0";         ///< sandbox
  std::string kubeconfig_out;     ///< sandbox
  std::string server;             ///< status: a running daemon to ask instead of looking
  HelmOptions helm;
  KustomizeOptions kustomize;
  bool dry_run = false;
  bool no_wait = false;
  bool show_ignored = false;
  bool quiet = false;
  bool help = false;
};

/// Which commands an option belongs to; a row may belong to several.
enum OptionGroup : std::uint16_t {
  k_everywhere = 1,  ///< every command
  k_repository = 2,  ///< commands that read a repository
  k_cluster = 4,     ///< commands that talk to a cluster
  k_report = 8,      ///< commands that print a report
  k_writing = 16,    ///< commands that change the cluster
  k_sandbox = 32,
  k_pass = 64,        ///< `reconcile` without a command
  k_daemon = 128,     ///< commands that can ask a running daemon
  k_helm = 256,       ///< `helm template`
  k_kustomize = 512,  ///< `kustomize build`
};

struct OptionRow {
  std::string_view flags;        ///< "-e,--environment"
  std::string_view value;        ///< what stands for the value in help; empty: a switch
  std::string_view environment;  ///< twin; empty: none
  std::string_view doc;
  std::uint16_t groups = 0;
  void (*set)(CommandLine& line, const std::string& value) = nullptr;
};
std::span<const OptionRow> option_rows();

class Terminal;

struct CommandRow {
  std::string_view name;
  std::string_view arguments;  ///< "[STACK...]"
  std::string_view summary;
  std::string_view description;
  std::uint16_t groups = 0;
  int (*run)(const CommandLine& line, Terminal& terminal) = nullptr;
};
/// In the order of the help. The first row has no name: it is what `reconcile` alone does.
std::span<const CommandRow> command_rows();
const CommandRow& row_of(const CommandLine& line);

/// ErrorKind::usage with a suggestion for what was misspelt. Flags win over their twins in the environment.
Result<CommandLine> parse_command_line(int argc, const char* const* argv);

/// Texts made of the tables.
std::string format_help(const CommandRow& command);
std::string format_cli_reference();  ///< docs/cli.md
std::string format_man_page();       ///< docs/reconcile.1

}  // namespace reconciled
