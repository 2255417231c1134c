#include "engine/lock.h"

#include "engine/lock_chart.h"
#include "engine/open_environment.h"
#include "renderers/kustomize_inputs.h"
#include "renderers/kustomize_renderer.h"

#include <algorithm>

namespace reconciled {
namespace {

constexpr std::size_t k_max_dependencies = 200;

/// Charts make certificates that are valid from "now". A commit's time, rounded to thirty days, is the same for all
/// that render it, and does not render everything anew with each commit.
WallTime rounded(WallTime time) {
  constexpr auto k_step = std::chrono::hours(24 * 30);
  const auto since = time.time_since_epoch();
  return WallTime(since - since % k_step);
}

/// The tree of a stack with a source of its own; its folder must be there.
Result<OpenTree> open_stack_source(const Stack& stack, Source& source, MonotonicTime deadline) {
  TRY_ASSIGN(OpenTree own, open_ref(stack.source, source, deadline));
  TRY_ASSIGN(const auto entry, own.tree->stat(stack.path));
  if (entry && entry->kind == TreeEntry::Kind::folder) return own;
  return fail(ErrorKind::source_missing,
              "the repository " + own.revision.url + " has no folder \"" + stack.path + "\" at " +
                  own.revision.commit.substr(0, 12),
              stack.origin, "correct source.path");
}

/// A base in another repository, pinned by its commit.
Status add_base(InputSet& inputs, const BaseRef& ref, const LockSite& site) {
  const auto in_stack = [&](Error error) {
    if (error.where.empty()) error.where = inputs.stack.origin;
    return fail(std::move(error));
  };
  if (inputs.bases.size() == k_max_dependencies)
    return in_stack(Error(ErrorKind::limit,
                          "the kustomization has more than " + std::to_string(k_max_dependencies) + " remote bases"));
  if (auto allowed = site.source.check_base(ref.source.url); !allowed) return in_stack(std::move(allowed).error());
  auto opened = open_ref(ref.source, site.source, site.deadline);
  if (!opened) return in_stack(std::move(opened).error());
  TRY_ASSIGN(auto tree, select_base(opened->tree, ref.path));
  inputs.bases.push_back({ref, opened->revision.commit, std::move(tree)});
  return {};
}

}  // namespace

Result<InputSet> lock_inputs(const Stack& stack, const LockSite& site) {
  const OpenTree& environment = site.environment;
  const bool external = !stack.source.url.empty();
  OpenTree own = environment;
  InputSet inputs{.stack = stack,
                  .files = nullptr,
                  .overlay = nullptr,
                  .files_origin = stack.path,
                  .overlay_origin = stack.overlay_path,
                  .digest = {}};
  if (external) {
    TRY_ASSIGN(own, open_stack_source(stack, site.source, site.deadline));
    inputs.files_origin = join_path(own.revision.url + "@" + own.revision.commit.substr(0, 12), stack.path);
  }
  inputs.files = make_subtree(own.tree, stack.path);
  inputs.overlay = make_subtree(environment.tree, stack.overlay_path);
  if (external) TRY(settle_renderer(inputs.stack, *inputs.files, *inputs.overlay));
  if (inputs.stack.renderer == RendererKind::plain) inputs.files = make_overlay_tree(inputs.files, inputs.overlay);
  if (inputs.stack.renderer == RendererKind::kustomize) {
    inputs.files_origin = external ? own.revision.url + "@" + own.revision.commit.substr(0, 12) : "";
    inputs.time = rounded(environment.revision.time);
    TRY_ASSIGN(inputs.files, select_kustomization(inputs.stack, own.tree));
  }
  if (inputs.stack.renderer == RendererKind::helm) {
    inputs.cluster = site.cluster;
    inputs.time = rounded(environment.revision.time);
    TRY_ASSIGN(inputs.chart, lock_chart(inputs.stack, environment, site.source, site.deadline));
  }
  TRY_ASSIGN(inputs.digest, digest_inputs(inputs));
  return inputs;
}

Status add_missing(InputSet& inputs, const Missing& missing, const LockSite& site) {
  for (const auto& ref : missing.bases) TRY(add_base(inputs, ref, site));
  for (const auto& ref : missing.charts) {
    if (inputs.dependencies.size() == k_max_dependencies) {
      return fail(ErrorKind::limit, "the stack depends on more than " + std::to_string(k_max_dependencies) + " charts",
                  inputs.stack.origin);
    }
    TRY_ASSIGN(FetchedChart chart, fetch_chart(ref, site.source, site.deadline));
    inputs.dependencies.push_back(std::move(chart));
  }
  std::ranges::sort(inputs.dependencies, {}, &FetchedChart::ref);
  std::ranges::sort(inputs.bases, {}, &FetchedBase::ref);
  TRY_ASSIGN(inputs.digest, digest_inputs(inputs));
  return {};
}

}  // namespace reconciled
