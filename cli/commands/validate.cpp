#include "cli/commands.h"
#include "cli/repository.h"
#include "cli/terminal.h"

#include <fmt/format.h>

namespace reconciled {
namespace {

struct Findings {
  std::size_t stacks = 0;
  std::size_t objects = 0;
  std::size_t problems = 0;
};

void report(const std::string& environment, Error error, Terminal& terminal, Findings& findings) {
  ++findings.problems;
  terminal.fail(std::move(error).in("environment " + environment));
}

/// Two stacks that want one object cannot both have it.
void check_claims(const Desired& desired, Terminal& terminal, Findings& findings) {
  std::vector<const ManifestSet*> sets;
  for (const auto& stack : desired.stacks) {
    if (stack.manifests) sets.push_back(&*stack.manifests);
  }
  for (const auto& claim : find_shared_claims(sets)) report(desired.graph.environment, claim.error, terminal, findings);
}

void check_environment(const Desired& loaded, Terminal& terminal, Findings& findings) {
  Desired desired = loaded;
  std::vector<const ManifestSet*> all;
  for (const auto& stack : desired.stacks) {
    if (stack.manifests) all.push_back(&*stack.manifests);
  }
  for (const auto& broken : desired.graph.broken) report(desired.graph.environment, broken.error, terminal, findings);
  for (const auto& warning : desired.graph.warnings) terminal.say("warning: " + warning);
  for (auto& stack : desired.stacks) {
    ++findings.stacks;
    if (!stack.manifests) {
      report(desired.graph.environment, stack.manifests.error(), terminal, findings);
      continue;
    }
    findings.objects += stack.manifests->manifests.size();
    if (auto resolved = resolve_scopes(*stack.manifests, stack.stack, nullptr, all); !resolved) {
      report(desired.graph.environment, resolved.error(), terminal, findings);
    }
    for (const auto& warning : stack.manifests->warnings) terminal.say("warning: " + warning);
  }
  check_claims(desired, terminal, findings);
}

Result<std::vector<std::string>> environments_of(const CommandLine& line, const OpenRepository& repository) {
  if (!line.environment.empty()) return std::vector{line.environment};
  OpenTree root;
  if (repository.request.local) {
    root = *repository.request.local;
  } else {
    TRY_ASSIGN(root.revision, repository.source->resolve(repository.request.root, repository.request.deadline));
    TRY_ASSIGN(root.tree, repository.source->open(root.revision));
  }
  Budget budget(repository.request.limits);
  TRY_ASSIGN(const Repository read, load_repository(*root.tree, budget));
  std::vector<std::string> names;
  for (const auto& environment : read.environments) names.push_back(environment.name);
  return names;
}

}  // namespace

int run_validate(const CommandLine& given, Terminal& terminal) {
  const CommandLine line = with_stack_arguments(given);
  const auto settings = open_settings_for(line);
  if (!settings) return terminal.fail(settings.error());
  auto repository = open_repository(line, *settings);
  if (!repository) return terminal.fail(repository.error());
  const auto environments = environments_of(line, *repository);
  if (!environments) return terminal.fail(environments.error());
  Findings findings;
  for (const auto& environment : *environments) {
    repository->request.environment = environment;
    auto desired = load_desired(repository->request, *repository->source);
    if (desired)
      check_environment(*desired, terminal, findings);
    else if (desired.error().kind == ErrorKind::usage)
      return terminal.fail(desired.error());
    else
      report(environment, desired.error(), terminal, findings);
  }
  terminal.out(fmt::format("{} environments, {} stacks, {} objects: {}\n", environments->size(), findings.stacks,
                           findings.objects,
                           findings.problems == 0 ? "valid" : fmt::format("{} problems", findings.problems)));
  return findings.problems == 0 ? 0 : 1;
}

}  // namespace reconciled
