#include "cli/commands.h"

#include "cli/command_line.h"

#include <array>

namespace reconciled {
namespace {

constexpr std::uint16_t k_reading = k_everywhere | k_repository | k_report;

constexpr std::array k_commands{
    CommandRow{"", "", "one pass: bring the cluster to what the repository says",
               "Fetches and renders every selected stack, compares it with the cluster, applies, prunes and waits for "
               "health. With --dry-run it stops after "
               "the plan and prints the drift report: the entry point for CI.",
               k_reading | k_cluster | k_writing | k_pass, &run_sync},
    CommandRow{"render", "[STACK...]", "print the manifests that the repository gives",
               "Prints every manifest of the selected stacks as YAML documents (or one JSON list), each with the file "
               "it came from. Needs no cluster.",
               k_reading, &run_render},
    CommandRow{"diff", "[STACK...]", "print a unified diff of live and desired objects",
               "Compares as --dry-run does and prints, for each object that differs, a unified diff of the fields that "
               "the repository owns. Secrets are "
               "redacted. Exits with 1 when there are differences.",
               k_reading | k_cluster, &run_diff},
    CommandRow{"sync", "[STACK...]", "bring the selected stacks to what the repository says",
               "As reconcile without a command, for the stacks named. Holds what a person must decide: objects that "
               "belong to nobody (--adopt) and prunes "
               "that are large or touch Namespaces, CRDs or volumes (--prune).",
               k_reading | k_cluster | k_writing, &run_sync},
    CommandRow{"status", "[STACK...]", "print sync and health of each stack",
               "Reads only (GET and LIST), and prints one line a stack. With --server it prints what a running daemon "
               "knows, and needs neither the repository nor the cluster.",
               k_reading | k_cluster | k_daemon, &run_status},
    CommandRow{"validate", "[STACK...]", "check a repository without a cluster",
               "Reads the repository, renders every stack of every environment and checks identities, bounds and "
               "dependencies. Exits with 1 when "
               "something is wrong.",
               k_everywhere | k_repository, &run_validate},
    CommandRow{"sandbox", "[-- COMMAND...]", "run a Kubernetes API in memory, to try things out",
               "Starts the in-memory API on a loopback port with TLS and writes a kubeconfig for it. With a command, "
               "runs it with KUBECONFIG set and ends "
               "with it; otherwise runs until interrupted.",
               k_everywhere | k_sandbox, &run_sandbox},
    CommandRow{
        "helm", "template [NAME] CHART", "render a Helm chart",
        "Prints what `helm template` prints, byte for byte, for a chart in a folder or an archive of this machine. "
        "Needs no Helm, no cluster and no network.",
        k_everywhere | k_helm, &run_helm},
    CommandRow{"kustomize", "build [FOLDER]", "build a kustomization",
               "Prints what `kubectl kustomize` prints, byte for byte, for a folder of this machine (default: the one "
               "you are in). Needs no cluster and no network, and runs nothing.",
               k_everywhere | k_kustomize, &run_kustomize},
    CommandRow{"config", "check|reference|schema", "check the settings, or describe them",
               "check reads the settings and prints everything that is wrong with them as file:line:col; reference and "
               "schema print their documentation "
               "and JSON Schema.",
               k_everywhere, &run_config},
    CommandRow{"version", "", "print the version", "Prints the version of this program. Needs no cluster.",
               k_everywhere | k_report, &run_version},
};

}  // namespace

std::span<const CommandRow> command_rows() {
  return k_commands;
}

const CommandRow& row_of(const CommandLine& line) {
  for (const auto& row : k_commands) {
    if (row.name == line.command) return row;
  }
  return k_commands.front();
}

}  // namespace reconciled
