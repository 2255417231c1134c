// The kustomization file as a value: every field that kustomize 5.7 knows, deprecated ones moved to what they became.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "base/value.h"
#include "renderers/kustomize/field_spec.h"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::kustomize {

using Texts = std::vector<std::string>;
using TextPairs = std::map<std::string, std::string>;  ///< sorted: the order in which keys are applied

/// A FieldSpec that owns its texts.
struct OwnedFieldSpec {
  std::string group, version, kind, path;
  bool create = false;
  [[nodiscard]] FieldSpec view() const { return {{group, version, kind}, path, create}; }
};

struct OwnedId {
  std::string group, version, kind, name, name_space;
  [[nodiscard]] ResourceId view() const { return {{group, version, kind}, name, name_space, false}; }
};

struct Selector {
  OwnedId id;
  std::string annotation_selector, label_selector;
};

struct PatchEntry {
  std::string path, patch;
  std::optional<Selector> target;
  std::map<std::string, bool> options;
};

struct LabelEntry {
  TextPairs pairs;
  bool include_selectors = false, include_templates = false;
  std::vector<OwnedFieldSpec> fields;
};

struct ImageEntry {
  std::string name, new_name, tag_suffix, new_tag, digest;
};

struct ReplicaEntry {
  std::string name;
  std::int64_t count = 0;
};

struct FieldOptions {
  std::string delimiter;
  std::int64_t index = 0;
  std::string encoding;
  bool create = false;
};

struct ReplacementSource {
  OwnedId id;
  std::string field_path;
  std::optional<FieldOptions> options;
};

struct ReplacementTarget {
  std::optional<Selector> select;
  std::vector<Selector> reject;
  Texts field_paths;
  std::optional<FieldOptions> options;
};

struct Replacement {
  std::string path;  ///< a file with more of them
  std::optional<ReplacementSource> source;
  std::optional<std::string> source_value;
  std::optional<std::vector<ReplacementTarget>> targets;
};

struct VarEntry {
  std::string name, api_version;
  OwnedId object;
  std::string field_path;
};

struct GeneratorOptions {
  std::optional<TextPairs> labels, annotations;
  bool disable_name_suffix_hash = false, immutable = false;
};

struct GeneratorArgs {
  std::string name_space, name, behavior, type;
  Texts literals, files, envs;
  std::string env;
  std::optional<GeneratorOptions> options;
};

struct HelmGlobals {
  std::string chart_home, config_home;
};

struct HelmChart {
  std::string name, version, repo, release_name, name_space, values_file, values_merge, kube_version, name_template;
  Texts additional_values_files, api_versions;
  Value values_inline;
  bool include_crds = false, skip_hooks = false, skip_tests = false, debug = false, devel = false;
};

struct SortOptions {
  std::string order;
  struct Legacy {
    Texts first, last;
  };
  std::optional<Legacy> legacy;
};

struct Kustomization {
  std::string api_version, kind;
  std::map<std::string, std::string> openapi;
  std::string name_prefix, name_suffix, name_space;
  TextPairs common_labels, common_annotations;
  std::vector<LabelEntry> labels;
  Texts patches_strategic_merge;
  std::vector<PatchEntry> patches_json6902, patches;
  std::vector<ImageEntry> images;
  std::vector<Replacement> replacements;
  std::vector<ReplicaEntry> replicas;
  std::vector<VarEntry> vars;
  std::optional<SortOptions> sort_options;
  Texts resources, components, crds, configurations, generators, transformers, validators, build_metadata;
  std::vector<GeneratorArgs> config_map_generator, secret_generator;
  std::optional<HelmGlobals> helm_globals;
  std::vector<HelmChart> helm_charts;
  std::optional<GeneratorOptions> generator_options;
};

struct LoadedKustomization {
  Result<Kustomization> kustomization;
  Texts warnings;  ///< one a deprecated field, as kustomize prints them
};

/// Reads a kustomization file strictly: unknown fields and wrong types are errors with kustomize's texts. `root` is the
/// folder's path in messages.
LoadedKustomization read_kustomization(std::string_view text, std::string_view root, Budget& budget);

}  // namespace reconciled::kustomize
