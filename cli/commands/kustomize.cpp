#include "base/clock.h"
#include "base/file.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "ports/random.h"
#include "ports/zone_source.h"
#include "renderers/kustomize/build.h"
#include "renderers/kustomize_charts.h"
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

/// `how` is one of the ways to build.
template <class T>
using Build = kustomize::Built<T> (*)(const kustomize::Place&, std::string_view, const kustomize::BuildOptions&,
                                      const kustomize::Remotes&, Budget&);
template <class T>
Result<T> build(const CommandLine& line, Terminal& terminal, Build<T> how) {
  TRY_ASSIGN(auto options, read_options(line.kustomize));
  SystemRandom random;
  SystemZoneSource zones;
  if (line.kustomize.enable_helm)
    options.render_chart = make_chart_renderer({random, wall_now(), nullptr, &zones}, helm::HelmProfile::helm3);
  TRY_ASSIGN(const auto folder, real_folder(line.arguments.size() > 1 ? line.arguments[1] : "."));
  TRY_ASSIGN(auto tree, make_local_tree("/"));
  const kustomize::Place place{std::shared_ptr<const SourceTree>(std::move(tree)), ""};
  const kustomize::NoRemotes remotes;
  Budget budget;
  auto built = how(place, folder, options, remotes, budget);
  for (const auto& warning : built.warnings) terminal.say(warning);
  return std::move(built.output);
}

Status build_to_folder(const CommandLine& line, Terminal& terminal) {
  TRY_ASSIGN(const auto files, build(line, terminal, &kustomize::build_files));
  for (const auto& file : files)
    TRY(write_file_atomically(std::filesystem::path(line.kustomize.output) / file.name, file.text));
  return {};
}

Status build_to_one(const CommandLine& line, Terminal& terminal) {
  TRY_ASSIGN(const auto text, build(line, terminal, &kustomize::build_text));
  if (!line.kustomize.output.empty()) return write_file_atomically(line.kustomize.output, text);
  terminal.out(text);
  return {};
}

}  // namespace

int run_kustomize(const CommandLine& line, Terminal& terminal) {
  if (line.arguments.empty() || line.arguments.front() != "build" || line.arguments.size() > 2)
    return terminal.fail(Error(ErrorKind::usage, "it is \"reconcile kustomize build [FOLDER]\""));
  std::error_code ignored;
  const bool to_folder = std::filesystem::is_directory(line.kustomize.output, ignored);
  const auto done = to_folder ? build_to_folder(line, terminal) : build_to_one(line, terminal);
  return done ? 0 : terminal.fail(done.error());
}

}  // namespace reconciled
