// One kustomization on its way up: its file, and what it accumulates.
#pragma once

#include "base/result.h"
#include "renderers/kustomize/build.h"
#include "renderers/kustomize/context.h"
#include "renderers/kustomize/field_spec.h"
#include "renderers/kustomize/kustomization.h"
#include "renderers/kustomize/loader.h"
#include "renderers/kustomize/plugins.h"
#include "renderers/kustomize/variables.h"

#include <optional>
#include <string>

namespace reconciled::kustomize {

/// Resources with the rules and variables that came with them.
struct Accumulator {
  ResourceMap map;
  TransformerConfig config;
  Variables variables;
};

class Target {
 public:
  /// Reads the file of a folder. The loader must outlive the target.
  static Result<Target> load(Context& context, const Loader& loader, const BuildOptions& options, std::uint32_t depth);

  [[nodiscard]] const Kustomization& kustomization() const { return m_kustomization; }
  /// What `openapi` says, unless a schema is set already; the root's counts anyway.
  Status set_schema();
  void inherit(const Texts& build_metadata, const std::optional<Origin>& origin);
  /// Resources, generators, components, transformers, validators, variables: in this order.
  Result<Accumulator> accumulate(Accumulator into);

 private:
  Target(Context& context, const Loader& loader, const BuildOptions& options, std::uint32_t depth)
      : m_context(context),
        m_loader(loader),
        m_options(options),
        m_plugins(context, loader, options.render_chart),
        m_depth(depth) {}

  enum class Part : bool { base, component };
  Status add_resources(Accumulator& into, const Texts& paths);
  Status add_file(Accumulator& into, const std::string& path);
  Status add_folder(Accumulator& into, const std::string& path, const Loader& loader, Part part);
  Status add_components(Accumulator& into);
  Status run_generators(Accumulator& into);
  Status run_transformers(Accumulator& into);
  Status run_validators(Accumulator& into);
  Status apply_all(Accumulator& into, const std::vector<Transformer>& transformers);
  Result<std::vector<Transformer>> configured_transformers(const Texts& entries);
  /// Resources that configure plugins: written in the file itself, or in files that it names.
  Result<std::vector<Resource*>> plugin_configs(const Texts& entries, std::string_view what);
  [[nodiscard]] std::optional<Origin> plugin_origin() const;
  [[nodiscard]] std::optional<Origin> origin_of_config(const Resource& config);

  Context& m_context;
  const Loader& m_loader;
  const BuildOptions& m_options;
  PluginMaker m_plugins;
  std::uint32_t m_depth;
  Kustomization m_kustomization;
  std::string m_file;
  std::optional<Origin> m_origin;
};

}  // namespace reconciled::kustomize
