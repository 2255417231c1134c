#include "engine/lock.h"

#include "engine/open_environment.h"

namespace reconciled {
namespace {

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

}  // namespace

Result<InputSet> lock_inputs(const Stack& stack, const OpenTree& environment, Source& source, MonotonicTime deadline) {
  const bool external = !stack.source.url.empty();
  OpenTree own = environment;
  InputSet inputs{.stack = stack,
                  .files = nullptr,
                  .overlay = nullptr,
                  .files_origin = stack.path,
                  .overlay_origin = stack.overlay_path,
                  .digest = {}};
  if (external) {
    TRY_ASSIGN(own, open_stack_source(stack, source, deadline));
    inputs.files_origin = join_path(own.revision.url + "@" + own.revision.commit.substr(0, 12), stack.path);
  }
  inputs.files = make_subtree(own.tree, stack.path);
  inputs.overlay = make_subtree(environment.tree, stack.overlay_path);
  if (external) TRY(settle_renderer(inputs.stack, *inputs.files, *inputs.overlay));
  if (inputs.stack.renderer == RendererKind::plain) inputs.files = make_overlay_tree(inputs.files, inputs.overlay);
  TRY_ASSIGN(inputs.digest, digest_inputs(inputs));
  return inputs;
}

}  // namespace reconciled
