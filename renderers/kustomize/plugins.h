// Generators and transformers: built-in ones of the kustomization file, and those that `generators`, `transformers` and
// `validators` configure with resources of their own.
#pragma once

#include "base/result.h"
#include "renderers/kustomize/charts.h"
#include "renderers/kustomize/context.h"
#include "renderers/kustomize/field_spec.h"
#include "renderers/kustomize/kustomization.h"
#include "renderers/kustomize/loader.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace reconciled::kustomize {

struct Transformer {
  std::function<Status(ResourceMap&)> apply;
  std::optional<Origin> origin;
};
struct Generator {
  std::function<Result<std::vector<Resource>>()> make;
  std::optional<Origin> origin;
};

/// Makes the plugins of one kustomization. The loader and the context outlive what it makes.
class PluginMaker {
 public:
  PluginMaker(Context& context, const Loader& loader, const ChartRenderer& render_chart)
      : m_context(context), m_loader(loader), m_render_chart(render_chart) {}

  /// Of the fields of a kustomization file, in the order in which they run.
  Result<std::vector<Generator>> make_generators(const Kustomization& kustomization,
                                                 const std::optional<Origin>& origin);
  Result<std::vector<Transformer>> make_transformers(const Kustomization& kustomization,
                                                     const TransformerConfig& config,
                                                     const std::optional<Origin>& origin);
  /// Of resources that configure them. Only built-in kinds are known.
  Result<Generator> make_generator(const Resource& config);
  Result<Transformer> make_transformer(const Resource& config);

 private:
  struct Builtin;
  Status add_patches(const Kustomization& kustomization, std::vector<Transformer>& transformers, const Origin* origin);
  Status add_json_patches(const Kustomization& kustomization, std::vector<Transformer>& transformers,
                          const Origin* origin);
  Status add_labels(const Kustomization& kustomization, const TransformerConfig& config,
                    std::vector<Transformer>& transformers, const Origin* origin);
  Result<std::vector<Replacement>> load_replacements(const std::vector<Replacement>& entries);
  Result<Transformer> make_builtin(std::string_view kind, const Value& config, const std::string& text);
  Result<Generator> chart_generator(const HelmChart& chart, const HelmGlobals& globals, std::optional<Origin> origin);

  Context& m_context;
  const Loader& m_loader;
  const ChartRenderer& m_render_chart;
};

}  // namespace reconciled::kustomize
