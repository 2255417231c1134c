#include "renderers/kustomize/kustomization.h"

#include "renderers/kustomize/json_decoder.h"
#include "renderers/kustomize/json_reading.h"
#include "renderers/kustomize/kustomization_fields.h"
#include "renderers/kustomize/node_edit.h"

#include <algorithm>
#include <array>

namespace reconciled::kustomize {
namespace {

constexpr std::string_view k_version = "kustomize.config.k8s.io/v1beta1";
constexpr std::string_view k_component_version = "kustomize.config.k8s.io/v1alpha1";
constexpr std::string_view k_edit = "Run 'kustomize edit fix' to update your Kustomization automatically.";

struct Deprecated {
  std::string_view field;
  std::string_view instead;
  std::string_view before_edit = "";
};
constexpr std::array k_deprecated{
    Deprecated{"bases", "resources"},
    Deprecated{"commonLabels", "labels"},
    Deprecated{"imageTags", "images"},
    Deprecated{"patchesJson6902", "patches"},
    Deprecated{"patchesStrategicMerge", "patches"},
    Deprecated{"vars", "replacements", "[EXPERIMENTAL] "},
};

Texts make_warnings(const Value& file) {
  Texts warnings;
  for (const auto& [field, instead, before] : k_deprecated) {
    if (file[field].is_null()) continue;
    warnings.push_back("# Warning: '" + std::string(field) + "' is deprecated. Please use '" + std::string(instead) +
                       "' instead. " + std::string(before) + std::string(k_edit));
  }
  return warnings;
}

/// Whether nothing but the type is said. Old fields that are empty lists vanish when they become new ones.
bool says_nothing(const Value& file) {
  constexpr std::array<std::string_view, 3> k_moved{"bases", "imageTags", "helmChartInflationGenerator"};
  for (const auto& [key, value] : file.entries()) {
    const auto name = key.as_string();
    if (name == "kind" || name == "apiVersion" || value.is_null()) continue;
    if (value.is_string() ? value.as_string().empty() : value.is_bool()) continue;
    if (value.is_list() && value.size() == 0 && std::find(k_moved.begin(), k_moved.end(), name) != k_moved.end())
      continue;
    return false;
  }
  return true;
}

Status check_type(const Kustomization& given, std::string_view root) {
  std::string problems;
  const auto add = [&](const std::string& problem) { problems += (problems.empty() ? "" : "\n") + problem; };
  const bool component = given.kind == "Component";
  if (given.kind != "Kustomization" && !component) add("kind should be Kustomization or Component");
  const auto version = component ? k_component_version : k_version;
  if (given.api_version != version) add("apiVersion for " + given.kind + " should be " + std::string(version));
  if (problems.empty()) return {};
  return fail_render("Failed to read kustomization file under " + std::string(root) + ":\n" + problems);
}

}  // namespace

LoadedKustomization read_kustomization(std::string_view text, std::string_view root, Budget& budget) {
  LoadedKustomization loaded;
  const auto in_file = [](Error error) {
    if (error.kind == ErrorKind::render) error = wrap(std::move(error), "invalid Kustomization");
    return fail(std::move(error));
  };
  auto file = read_yaml_as_json(text, budget);
  if (!file) {
    loaded.kustomization = in_file(std::move(file.error()));
    return loaded;
  }
  Kustomization made;
  JsonDecoder decoder(Decoding::strict);
  decode(decoder, *file, made);
  if (auto status = decoder.status(); !status) {
    loaded.kustomization = in_file(std::move(status.error()));
    return loaded;
  }
  loaded.warnings = make_warnings(*file);
  if (made.kind.empty()) made.kind = "Kustomization";
  if (made.api_version.empty()) made.api_version = made.kind == "Component" ? k_component_version : k_version;
  if (says_nothing(*file)) {
    loaded.kustomization = fail_render("kustomization.yaml is empty");
  } else if (auto checked = check_type(made, root); !checked) {
    loaded.kustomization = fail(std::move(checked.error()));
  } else {
    loaded.kustomization = std::move(made);
  }
  return loaded;
}

}  // namespace reconciled::kustomize
