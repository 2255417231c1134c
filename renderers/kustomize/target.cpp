#include "renderers/kustomize/target.h"

#include "renderers/kustomize/config_files.h"
#include "renderers/kustomize/field_path.h"
#include "renderers/kustomize/node_reader.h"
#include "renderers/kustomize/origin.h"
#include "renderers/kustomize/output.h"

#include <algorithm>
#include <array>

namespace reconciled::kustomize {
namespace {

constexpr std::array<std::string_view, 3> k_file_names{"kustomization.yaml", "kustomization.yml", "Kustomization"};
constexpr std::uint64_t k_steps_a_folder = 500;  ///< what building a folder costs at least
constexpr FieldSpec k_annotations{{}, "metadata/annotations", true};

struct FoundFile {
  std::string_view name;
  std::string text;
};

Result<FoundFile> find_file(const Loader& loader, Budget& budget) {
  std::optional<FoundFile> found;
  for (const auto name : k_file_names) {
    auto text = loader.load(name, budget);
    if (!text && text.error().kind == ErrorKind::limit) return fail(std::move(text.error()));
    if (!text) continue;
    if (found) return fail_render("Found multiple kustomization files under: " + loader.root() + "\n");
    found = FoundFile{name, std::move(*text)};
  }
  if (found) return *std::move(found);
  return fail_render(
      "unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '" +
      loader.root() + "'");
}

/// Whether an attempt may be followed by another one: not when it ended for want of budget or of an input.
bool may_go_on(const Error& error) {
  return error.kind == ErrorKind::render || error.kind == ErrorKind::policy || error.kind == ErrorKind::source_missing;
}

std::string quoted_go(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    c == '\n' ? out += "\\n" : out += c;
  }
  return out + "\"";
}

}  // namespace

Result<Target> Target::load(Context& context, const Loader& loader, const BuildOptions& options, std::uint32_t depth) {
  if (!context.budget().step(k_steps_a_folder)) return fail(context.budget().error("loading kustomizations"));
  if (depth > context.budget().max_depth())
    return fail(ErrorKind::limit, "kustomizations nest deeper than " + std::to_string(context.budget().max_depth()) +
                                      " levels at '" + loader.root() + "'");
  TRY_ASSIGN(const auto file, find_file(loader, context.budget()));
  LoadedKustomization loaded = read_kustomization(file.text, loader.root(), context.budget());
  auto& warnings = context.warnings();
  warnings.insert(warnings.end(), loaded.warnings.begin(), loaded.warnings.end());
  Target target(context, loader, options, depth);
  TRY_ASSIGN(target.m_kustomization, std::move(loaded.kustomization));
  target.m_file = file.name;
  return target;
}

Status Target::set_schema() {
  const auto& openapi = m_kustomization.openapi;
  const auto path = openapi.find("path");
  const auto version = openapi.find("version");
  std::optional<std::string> text;
  if (path != openapi.end()) {
    TRY_ASSIGN(text, m_loader.load(path->second, m_context.budget()));
  }
  Schema& schema = m_context.schema();
  if (schema.is_set()) return {};
  if (text && version != openapi.end())
    return fail_render("builtin version and custom schema provided, cannot use both");
  if (text) return schema.set_custom(*text, m_context.budget());
  return schema.set_version(version == openapi.end() ? std::string_view() : std::string_view(version->second));
}

void Target::inherit(const Texts& build_metadata, const std::optional<Origin>& origin) {
  m_kustomization.build_metadata = build_metadata;
  m_origin = origin;
}

std::optional<Origin> Target::plugin_origin() const {
  if (!m_origin) return std::nullopt;
  Origin origin;
  origin.repo = m_origin->repo;
  origin.ref = m_origin->ref;
  origin.configured_in = clean_path(m_origin->path + "/" + m_file);
  return origin;
}

std::optional<Origin> Target::origin_of_config(const Resource& config) {
  const auto text = find_in(config.annotations(), k_origin_key);
  if (text.empty()) return std::nullopt;
  const Origin from = read_origin(text, m_context.budget());
  Origin origin;
  origin.repo = from.repo;
  origin.ref = from.ref;
  origin.configured_in = from.path;
  origin.configured_api_version = config.api_version();
  origin.configured_kind = config.kind();
  origin.configured_name = config.name();
  origin.configured_namespace = config.name_space();
  return origin;
}

Status Target::add_file(Accumulator& into, const std::string& path) {
  const auto failed = [&](Error error) {
    return fail(wrap(std::move(error), "accumulating resources from '" + path + "'"));
  };
  auto text = m_loader.load(path, m_context.budget());
  if (!text) return failed(std::move(text.error()));
  auto resources = read_resources(m_context.arena(), *text);
  if (!resources) {
    if (is_malformed_yaml(resources.error())) resources.error().message += " in File: " + path;
    return failed(std::move(resources.error()));
  }
  const auto owned = m_context.own_all(std::move(*resources));
  ResourceMap alone;
  if (auto added = alone.append_all(owned); !added) return failed(std::move(added.error()));
  if (m_origin) {
    const std::string note = format_origin(append_path(*m_origin, path));
    for (Resource* resource : owned)
      TRY(set_entry(m_context.arena(), resource->root, std::span(&k_annotations, 1), k_origin_key, note));
  }
  if (auto added = into.map.append_all(owned); !added)
    return fail(wrap(std::move(added.error()), "merging resources from '" + path + "'"));
  return {};
}

Status Target::add_resources(Accumulator& into, const Texts& paths) {
  for (const auto& path : paths) {
    const std::vector<Resource*> before(into.map.all().begin(), into.map.all().end());
    auto as_file = add_file(into, path);
    if (as_file) continue;
    into.map.replace_all(before);
    Error& file_error = as_file.error();
    if (!may_go_on(file_error)) return fail(std::move(file_error));
    const auto loader = m_loader.enter(path);
    if (!loader) {
      if (is_malformed_yaml(file_error)) return fail(std::move(file_error));
      return fail(wrap(loader.error(), "accumulation err='" + file_error.message + "'"));
    }
    auto as_folder = add_folder(into, path, *loader, Part::base);
    if (!as_folder) return fail(wrap(std::move(as_folder.error()), "accumulation err='" + file_error.message + "'"));
  }
  return {};
}

Status Target::add_components(Accumulator& into) {
  for (const auto& path : m_kustomization.components) {
    const auto loader = m_loader.enter(path);
    if (!loader) {
      Error error = loader.error();
      error.message = "loader.New " + quoted_go(error.message);
      return fail(std::move(error));
    }
    auto added = add_folder(into, path, *loader, Part::component);
    if (!added) {
      added.error().message = "accumulateDirectory: " + quoted_go(added.error().message);
      return added;
    }
  }
  return {};
}

Status Target::add_folder(Accumulator& into, const std::string& path, const Loader& loader, Part part) {
  auto loaded = load(m_context, loader, m_options, m_depth + 1);
  if (!loaded) return fail(wrap(std::move(loaded.error()), "couldn't make target for path '" + loader.root() + "'"));
  Target& child = *loaded;
  child.inherit(m_kustomization.build_metadata, m_origin ? std::optional(append_path(*m_origin, path)) : std::nullopt);
  TRY(child.set_schema());
  const bool is_component = child.m_kustomization.kind == "Component";
  if (part == Part::component && !is_component)
    return fail_render("expected kind 'Component' for path '" + loader.root() + "' but got '" +
                       child.m_kustomization.kind + "'");
  if (part == Part::base && is_component)
    return fail_render("expected kind != 'Component' for path '" + loader.root() + "'");
  const auto accumulate = [&](Accumulator&& from) -> Result<Accumulator> {
    auto all = child.accumulate(std::move(from));
    if (!all) return fail(wrap(std::move(all.error()), "recursed accumulation of path '" + loader.root() + "'"));
    return all;
  };
  if (part == Part::component) {
    TRY_ASSIGN(into, accumulate(std::move(into)));
    return {};
  }
  TRY_ASSIGN(auto accumulated, accumulate({}));
  const auto merge = [&]() -> Status {
    TRY(into.map.append_all(accumulated.map.all()));
    TRY(into.config.merge(accumulated.config));
    return merge_variables(accumulated.variables, into.variables);
  };
  if (auto merged = merge(); !merged)
    return fail(wrap(std::move(merged.error()), "recursed merging from path '" + loader.root() + "'"));
  return {};
}

Result<Accumulator> Target::accumulate(Accumulator into) {
  if (auto added = add_resources(into, m_kustomization.resources); !added)
    return fail(wrap(std::move(added.error()), "accumulating resources"));
  TRY_ASSIGN(const auto config, load_configurations(m_context, m_loader, m_kustomization.configurations));
  if (auto merged = into.config.merge(config); !merged) return fail(wrap(std::move(merged.error()), "merging config"));
  auto crds = load_crds(m_context, m_loader, m_kustomization.crds);
  if (!crds) {
    std::string names;
    for (const auto& path : m_kustomization.crds) names += (names.empty() ? "" : " ") + path;
    return fail(wrap(std::move(crds.error()), "loading CRDs [" + names + "]"));
  }
  if (auto merged = into.config.merge(*crds); !merged) return fail(wrap(std::move(merged.error()), "merging CRDs"));
  TRY(run_generators(into));
  if (auto added = add_components(into); !added) return fail(wrap(std::move(added.error()), "accumulating components"));
  TRY(run_transformers(into));
  TRY(run_validators(into));
  TRY(add_variables(m_context, into.map, m_kustomization.vars, into.variables));
  TRY(m_context.check_budget());
  return into;
}

Result<std::vector<Resource*>> Target::plugin_configs(const Texts& entries, std::string_view what) {
  Accumulator configs;
  Texts paths;
  for (const auto& entry : entries) {
    auto inline_configs = read_resources(m_context.arena(), entry);
    if (!inline_configs) {
      paths.push_back(entry);
      continue;
    }
    const auto owned = m_context.own_all(std::move(*inline_configs));
    if (m_origin) {
      for (Resource* config : owned) TRY(note_origin(m_context.arena(), *config, append_path(*m_origin, m_file)));
    }
    if (auto added = configs.map.append_all(owned); !added)
      return fail(wrap(std::move(added.error()), "configuring external " + std::string(what)));
  }
  TRY(add_resources(configs, paths));
  return std::vector<Resource*>(configs.map.all().begin(), configs.map.all().end());
}

Status Target::run_generators(Accumulator& into) {
  TRY_ASSIGN(auto generators, m_plugins.make_generators(m_kustomization, plugin_origin()));
  const auto in_loading = [](Error error) { return fail(wrap(std::move(error), "loading generator plugins")); };
  auto configs = plugin_configs(m_kustomization.generators, "generator");
  if (!configs) return in_loading(std::move(configs.error()));
  for (const Resource* config : *configs) {
    auto generator = m_plugins.make_generator(*config);
    if (!generator) return in_loading(wrap(std::move(generator.error()), "failed to load generator"));
    generator->origin = origin_of_config(*config);
    generators.push_back(std::move(*generator));
  }
  for (const auto& generator : generators) {
    TRY_ASSIGN(auto resources, generator.make());
    for (Resource* resource : m_context.own_all(std::move(resources))) {
      if (generator.origin) TRY(note_origin(m_context.arena(), *resource, *generator.origin));
      if (auto absorbed = into.map.absorb(m_context.arena(), resource); !absorbed)
        return fail(wrap(std::move(absorbed.error()), std::string("merging from generator &{0xc000000000 ") +
                                                          (generator.origin ? "0xc000000000}" : "<nil>}")));
    }
  }
  return m_context.check_budget();
}

Result<std::vector<Transformer>> Target::configured_transformers(const Texts& entries) {
  std::vector<Transformer> transformers;
  TRY_ASSIGN(const auto configs, plugin_configs(entries, "transformer"));
  for (const Resource* config : configs) {
    TRY_ASSIGN(auto transformer, m_plugins.make_transformer(*config));
    transformer.origin = origin_of_config(*config);
    transformers.push_back(std::move(transformer));
  }
  return transformers;
}

Status Target::apply_all(Accumulator& into, const std::vector<Transformer>& transformers) {
  for (const auto& transformer : transformers) {
    TRY(transformer.apply(into.map));
    TRY(m_context.check_budget());
    if (transformer.origin) {
      for (Resource* resource : into.map.all()) {
        if (!resource->is_gone()) TRY(note_transformation(m_context.arena(), *resource, *transformer.origin));
      }
    }
    into.map.drop_gone();
  }
  return {};
}

Status Target::run_transformers(Accumulator& into) {
  TRY_ASSIGN(auto transformers, m_plugins.make_transformers(m_kustomization, into.config, plugin_origin()));
  TRY_ASSIGN(auto configured, configured_transformers(m_kustomization.transformers));
  std::move(configured.begin(), configured.end(), std::back_inserter(transformers));
  return apply_all(into, transformers);
}

Status Target::run_validators(Accumulator& into) {
  TRY_ASSIGN(const auto validators, configured_transformers(m_kustomization.validators));
  for (const auto& validator : validators) {
    TRY_ASSIGN(const auto before, format_resources(m_context.arena(), into.map.all()));
    TRY(validator.apply(into.map));
    TRY_ASSIGN(const auto after, format_resources(m_context.arena(), into.map.all()));
    if (before != after) return fail_render("validator shouldn't modify the resource map");
  }
  return {};
}

}  // namespace reconciled::kustomize
