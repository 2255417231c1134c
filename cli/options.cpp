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

template <std::string HelmOptions::* member>
void helm_text(CommandLine& line, const std::string& value) {
  line.helm.*member = value;
}
template <std::vector<std::string> HelmOptions::* member>
void helm_more(CommandLine& line, const std::string& value) {
  (line.helm.*member).push_back(value);
}
template <bool HelmOptions::* member>
void helm_flag(CommandLine& line, const std::string& /*value*/) {
  line.helm.*member = true;
}

void enable_helm(CommandLine& line, const std::string& /*value*/) {
  line.kustomize.enable_helm = true;
}
template <std::string KustomizeOptions::* member>
void kustomize_text(CommandLine& line, const std::string& value) {
  line.kustomize.*member = value;
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
    OptionRow{"-n,--namespace", "NAMESPACE", "", "namespace of the release (default: default)", k_helm,
              &helm_text<&HelmOptions::namespace_>},
    OptionRow{"-f,--values", "FILE", "", "file of values, - for standard input; may be given again, the last one wins",
              k_helm, &helm_more<&HelmOptions::values>},
    OptionRow{"--set", "NAME=VALUE", "", "value, as in a.b[0]=c,d={e,f}; may be given again", k_helm,
              &helm_more<&HelmOptions::set>},
    OptionRow{"--set-string", "NAME=VALUE", "", "the same, always text", k_helm, &helm_more<&HelmOptions::set_string>},
    OptionRow{"--set-file", "NAME=FILE", "", "the same, the text of a file", k_helm,
              &helm_more<&HelmOptions::set_file>},
    OptionRow{"--set-json", "NAME=JSON", "", "the same, JSON; or a whole object", k_helm,
              &helm_more<&HelmOptions::set_json>},
    OptionRow{"--set-literal", "NAME=TEXT", "", "the same, text up to the end, in which nothing is special", k_helm,
              &helm_more<&HelmOptions::set_literal>},
    OptionRow{"--include-crds", "", "", "print the files of crds/ too", k_helm, &helm_flag<&HelmOptions::include_crds>},
    OptionRow{"--no-hooks", "", "", "leave hooks out", k_helm, &helm_flag<&HelmOptions::no_hooks>},
    OptionRow{"--skip-tests", "", "", "leave tests out", k_helm, &helm_flag<&HelmOptions::skip_tests>},
    OptionRow{"-s,--show-only", "TEMPLATE", "", "only what this file of the chart gives; may be given again", k_helm,
              &helm_more<&HelmOptions::show_only>},
    OptionRow{"--kube-version", "VERSION", "", "version of Kubernetes that templates see", k_helm,
              &helm_text<&HelmOptions::kube_version>},
    OptionRow{"-a,--api-versions", "VERSIONS", "",
              "API versions that templates see besides those that are built in; may "
              "be given again",
              k_helm, &helm_more<&HelmOptions::api_versions>},
    OptionRow{"--is-upgrade", "", "", "set .Release.IsUpgrade instead of .Release.IsInstall", k_helm,
              &helm_flag<&HelmOptions::is_upgrade>},
    OptionRow{"--skip-schema-validation", "", "", "do not check values against values.schema.json", k_helm,
              &helm_flag<&HelmOptions::skip_schema>},
    OptionRow{"--name-template", "TEMPLATE", "", "name of the release, a template with functions but without values",
              k_helm, &helm_text<&HelmOptions::name_template>},
    OptionRow{"-g,--generate-name", "", "", "leave the name of the release to helm, for which it is release-name",
              k_helm, &helm_flag<&HelmOptions::generate_name>},
    OptionRow{"--load-restrictor", "RULE", "",
              "LoadRestrictionsRootOnly: files lie in or below their kustomization's folder; LoadRestrictionsNone: "
              "anywhere (default: LoadRestrictionsRootOnly)",
              k_kustomize, &kustomize_text<&KustomizeOptions::load_restrictor>},
    OptionRow{"--enable-helm", "", "", "render helmCharts that lie below chartHome", k_kustomize, &enable_helm},
    OptionRow{"--reorder", "ORDER", "", "legacy: kinds in an order for applying; none: as they come (default: legacy)",
              k_kustomize, &kustomize_text<&KustomizeOptions::reorder>},
    OptionRow{"-o,--output", "PATH", "", "write to this file, or to one file a resource when it is a folder",
              k_kustomize, &kustomize_text<&KustomizeOptions::output>},
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
