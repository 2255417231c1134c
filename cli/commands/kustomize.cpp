#include "base/file.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "renderers/kustomize/build.h"
#include "sources/local_tree.h"

#include <filesystem>

namespace reconciled {
namespace {

Result<kustomize::BuildOptions> read_options(const KustomizeOptions& given) {
  kustomize::BuildOptions options;
  if (given.load_restrictor == "LoadRestrictionsNone") {
    options.restriction = kustomize::LoadRestriction::none;
  } else if (given.load_restrictor != "LoadRestrictionsRootOnly") {
    return fail(ErrorKind::usage, "--load-restrictor is LoadRestrictionsRootOnly or LoadRestrictionsNone, not \"" +
                                      given.load_restrictor + '"');
  }
  if (given.reorder == "none") {
    options.order = kustomize::ResourceOrder::fifo;
  } else if (given.reorder != "legacy") {
    return fail(ErrorKind::usage, "--reorder is legacy or none, not \"" + given.reorder + '"');
  }
  return options;
}

/// The folder without symbolic links, from the root of the machine: its bases may lie anywhere.
Result<std::string> real_folder(const std::string& folder) {
  std::error_code problem;
  const auto path = std::filesystem::canonical(folder, problem);
  if (problem) return fail(ErrorKind::source_missing, "there is no folder \"" + folder + '"');
  return path.string();
}

Result<std::string> build(const CommandLine& line, Terminal& terminal) {
  TRY_ASSIGN(const auto options, read_options(line.kustomize));
  TRY_ASSIGN(const auto folder, real_folder(line.arguments.size() > 1 ? line.arguments[1] : "."));
  TRY_ASSIGN(auto tree, make_local_tree("/"));
  const kustomize::Place place{std::shared_ptr<const SourceTree>(std::move(tree)), ""};
  const kustomize::NoRemotes remotes;
  Budget budget;
  auto built = kustomize::build_text(place, folder, options, remotes, budget);
  for (const auto& warning : built.warnings) terminal.say(warning);
  return std::move(built.output);
}

}  // namespace

int run_kustomize(const CommandLine& line, Terminal& terminal) {
  if (line.arguments.empty() || line.arguments.front() != "build" || line.arguments.size() > 2)
    return terminal.fail(Error(ErrorKind::usage, "it is \"reconcile kustomize build [FOLDER]\""));
  auto text = build(line, terminal);
  if (!text) return terminal.fail(text.error());
  if (line.kustomize.output.empty()) {
    terminal.out(*text);
    return 0;
  }
  if (const auto written = write_file_atomically(line.kustomize.output, *text); !written)
    return terminal.fail(written.error());
  return 0;
}

}  // namespace reconciled
