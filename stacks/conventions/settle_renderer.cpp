// What lies in a stack's folder decides its renderer.
#include "ports/source_tree.h"
#include "stacks/file_names.h"
#include "stacks/load.h"

namespace reconciled {
namespace {

struct Evidence {
  RendererKind kind;
  std::string why;
};

std::string_view name_of(RendererKind kind) {
  switch (kind) {
    case RendererKind::plain: return "plain";
    case RendererKind::helm: return "helm";
    case RendererKind::kustomize: return "kustomize";
  }
  return "unknown";
}

Status look(const SourceTree& tree, std::string_view place, std::vector<Evidence>& evidence) {
  TRY_ASSIGN(const auto entries, tree.list(""));
  for (const auto& entry : entries) {
    if (entry.kind == TreeEntry::Kind::folder || entry.kind == TreeEntry::Kind::submodule) continue;
    if (entry.name == "Chart.yaml") evidence.push_back({RendererKind::helm, std::string(place) + " holds Chart.yaml"});
    if (is_kustomization_name(entry.name))
      evidence.push_back({RendererKind::kustomize, std::string(place) + " holds " + entry.name});
  }
  return {};
}

}  // namespace

Status settle_renderer(Stack& stack, const SourceTree& files, const SourceTree& overlay) {
  std::vector<Evidence> evidence;
  TRY(look(files, "its folder", evidence));
  TRY(look(overlay, stack.overlay_path, evidence));
  if (stack.implied_renderer)
    evidence.push_back(
        {*stack.implied_renderer, "its settings have a " + std::string(name_of(*stack.implied_renderer)) + " block"});
  stack.renderer = stack.stated_renderer.value_or(evidence.empty() ? RendererKind::plain : evidence.front().kind);
  if (!stack.stated_renderer) {
    for (const auto& item : evidence) {
      if (item.kind == stack.renderer) continue;
      return fail(ErrorKind::render,
                  "two renderers at once: " + evidence.front().why + " (" + std::string(name_of(stack.renderer)) +
                      "), and " + item.why + " (" + std::string(name_of(item.kind)) + ")",
                  stack.origin,
                  "say which one in stack.yaml, for example \"renderer: " + std::string(name_of(item.kind)) + '"');
    }
  }
  if (stack.renderer != RendererKind::helm) stack.helm = Value();
  if (stack.renderer != RendererKind::kustomize) stack.kustomize = Value();
  return {};
}

}  // namespace reconciled
