#include "base/go_pattern.h"
#include "base/go_text.h"
#include "renderers/helm/chart/manifest_split.h"
#include "renderers/helm/chart/render.h"

#include <algorithm>

namespace reconciled::helm {
namespace {

void append_document(std::string& text, const RenderedDocument& document) {
  ((((text += "---\n# Source: ") += document.source) += '\n') += document.text) += '\n';
}

bool is_test(const RenderedHook& hook) {
  return std::find(hook.events.begin(), hook.events.end(), HookEvent::test) != hook.events.end();
}

std::string format_everything(const RenderedChart& rendered, const TemplateOutput& output) {
  std::string manifests;
  if (output.crds == TemplateOutput::Crds::include) {
    for (const auto& crd : rendered.crds) append_document(manifests, crd);
  }
  for (const auto& manifest : rendered.manifests) append_document(manifests, manifest);
  const auto trimmed = trim_space(manifests);
  std::string text;
  if (trimmed.size() + 1 == manifests.size() && manifests.ends_with('\n') && trimmed.data() == manifests.data()) {
    text = std::move(manifests);
  } else {
    (text += trimmed) += '\n';
  }
  if (output.hooks == TemplateOutput::Hooks::skip) return text;
  for (const auto& hook : rendered.hooks) {
    if (output.hooks == TemplateOutput::Hooks::all || !is_test(hook)) append_document(text, hook.document);
  }
  return text;
}

/// What the first `# Source: CHART/PATH` of a document gives as its path; empty without one.
std::string_view path_of(std::string_view document) {
  constexpr std::string_view k_source = "# Source: ";
  for (auto at = document.find(k_source); at != std::string_view::npos; at = document.find(k_source, at + 1)) {
    const auto chart = document.substr(at + k_source.size());
    const auto slash = chart.find('/');
    if (slash == std::string_view::npos || slash == 0) continue;
    const auto path = chart.substr(slash + 1, chart.find('\n', slash) - slash - 1);
    if (!path.empty()) return path;
  }
  return {};
}

}  // namespace

Result<std::string> format_template_output(const RenderedChart& rendered, const TemplateOutput& output) {
  auto text = format_everything(rendered, output);
  if (output.show_only.empty()) return text;
  const auto documents = split_manifests(text);
  std::string shown;
  for (const auto& pattern : output.show_only) {
    bool missing = true;
    for (const auto document : documents) {
      const auto path = path_of(document);
      if (path.empty() || !match_path(pattern, path)) continue;
      ((shown += "---\n") += document) += '\n';
      missing = false;
    }
    if (missing) return fail(ErrorKind::usage, "could not find template " + pattern + " in chart");
  }
  return shown;
}

}  // namespace reconciled::helm
