// A render of files in memory, as the chain does it.
#pragma once

#include "ports/memory_tree.h"
#include "renderers/renderer.h"

#include <map>
#include <memory>
#include <string>

namespace reconciled::testing {

/// A plain stack `apps/web` whose folder is `files` with `overlay` laid over it.
inline InputSet make_inputs(std::shared_ptr<const SourceTree> files,
                            std::shared_ptr<const SourceTree> overlay = make_memory_tree({})) {
  InputSet inputs;
  inputs.stack.id = {"prod", "apps", "web"};
  inputs.stack.cluster = "main";
  inputs.stack.namespace_ = "web";
  inputs.stack.path = "apps/web";
  inputs.stack.overlay_path = "environments/prod/apps/web";
  inputs.stack.origin.file = "apps/web";
  inputs.files = make_overlay_tree(files, overlay);
  inputs.overlay = std::move(overlay);
  inputs.files_origin = inputs.stack.path;
  inputs.overlay_origin = inputs.stack.overlay_path;
  return inputs;
}

inline InputSet make_inputs(std::map<std::string, std::string> files, std::map<std::string, std::string> overlay = {}) {
  return make_inputs(std::shared_ptr<const SourceTree>(make_memory_tree(std::move(files))),
                     std::shared_ptr<const SourceTree>(make_memory_tree(std::move(overlay))));
}

inline Result<ManifestSet> render(const InputSet& inputs, Limits limits = {}) {
  Budget budget(limits);
  TRY_ASSIGN(auto outcome, renderer_for(inputs.stack.renderer).render(inputs, budget));
  return std::get<ManifestSet>(std::move(outcome));
}

/// What a set holds, as JSON; an error as its text.
inline Value describe(const Result<ManifestSet>& set) {
  if (!set) return Value::map({{"error", format_error(set.error())}});
  Value value = Value::map({{"manifests", Value::list()}});
  for (const auto& manifest : set->manifests) {
    value.edit("manifests")
        .append(Value::map({{"id", encode_id(manifest.id)},
                            {"from", manifest.origin.file + ":" + std::to_string(manifest.origin.line) + " document " +
                                         std::to_string(manifest.origin.document)},
                            {"object", manifest.object}}));
  }
  for (const auto& warning : set->warnings) value.edit("warnings").append(warning);
  return value;
}

}  // namespace reconciled::testing
