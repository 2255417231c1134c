#include "renderers/kustomize/config_text.h"

#include "base/go_yaml_writer.h"
#include "base/value.h"

#include <algorithm>

namespace reconciled::kustomize {
namespace {

// NOLINTNEXTLINE(misc-no-recursion): as deep as configurations are
void write(GoYamlWriter& yaml, const Value& value) {
  switch (value.kind()) {
    case Value::Kind::null: return yaml.null();
    case Value::Kind::boolean: return yaml.boolean(value.as_bool());
    case Value::Kind::integer: return yaml.integer(value.as_integer());
    case Value::Kind::number: return yaml.number(value.as_double());
    case Value::Kind::string: return yaml.string(value.as_string());
    case Value::Kind::list:
      yaml.begin_list(value.size());
      for (const auto& item : value.items()) write(yaml, item);
      return yaml.end_list();
    case Value::Kind::map: break;
  }
  std::vector<const Value::Entry*> entries;
  for (const auto& entry : value.entries()) entries.push_back(&entry);
  std::stable_sort(entries.begin(), entries.end(), [](const auto* a, const auto* b) {
    return natural_less(a->key.as_string(), b->key.as_string(), GoYaml::v2);
  });
  yaml.begin_map(entries.size());
  for (const auto* entry : entries) {
    yaml.key(entry->key.as_string());
    write(yaml, entry->value);
  }
  yaml.end_map();
}

std::string format(const Value& value) {
  std::string text;
  GoYamlWriter yaml(text, GoYaml::v2);
  write(yaml, value);
  return text;
}

void put(Value& map, std::string_view key, const std::string& text) {
  if (!text.empty()) map.set(key, text);
}

void put(Value& map, std::string_view key, const Texts& texts) {
  if (texts.empty()) return;
  Value list = Value::list();
  for (const auto& text : texts) list.append(text);
  map.set(key, std::move(list));
}

void put(Value& map, std::string_view key, bool flag) {
  if (flag) map.set(key, true);
}

void put_id(Value& map, const OwnedId& id) {
  put(map, "group", id.group);
  put(map, "version", id.version);
  put(map, "kind", id.kind);
  put(map, "name", id.name);
  put(map, "namespace", id.name_space);
}

Value value_of(const Selector& selector) {
  Value map = Value::map();
  put_id(map, selector.id);
  put(map, "annotationSelector", selector.annotation_selector);
  put(map, "labelSelector", selector.label_selector);
  return map;
}

Value value_of(const FieldOptions& options) {
  Value map = Value::map();
  put(map, "delimiter", options.delimiter);
  if (options.index != 0) map.set("index", options.index);
  put(map, "encoding", options.encoding);
  put(map, "create", options.create);
  return map;
}

Value value_of(const ReplacementTarget& target) {
  Value map = Value::map();
  map.set("select", target.select ? value_of(*target.select) : Value());
  if (!target.reject.empty()) {
    Value rejects = Value::list();
    for (const auto& reject : target.reject) rejects.append(value_of(reject));
    map.set("reject", std::move(rejects));
  }
  put(map, "fieldPaths", target.field_paths);
  if (target.options) map.set("options", value_of(*target.options));
  return map;
}

Value value_of(const Replacement& replacement) {
  Value map = Value::map();
  put(map, "path", replacement.path);
  if (replacement.source) {
    Value source = Value::map();
    put_id(source, replacement.source->id);
    put(source, "fieldPath", replacement.source->field_path);
    if (replacement.source->options) source.set("options", value_of(*replacement.source->options));
    map.set("source", std::move(source));
  }
  if (replacement.source_value) map.set("sourceValue", *replacement.source_value);
  if (replacement.targets && !replacement.targets->empty()) {
    Value targets = Value::list();
    for (const auto& target : *replacement.targets) targets.append(value_of(target));
    map.set("targets", std::move(targets));
  }
  return map;
}

}  // namespace

std::string format_paths_config(const Texts& paths) {
  Value map = Value::map();
  put(map, "paths", paths);
  return format(map);
}

std::string format_patch_config(const PatchEntry& entry, std::string_view patch_key) {
  Value map = Value::map();
  put(map, "path", entry.path);
  put(map, patch_key, entry.patch);
  if (entry.target) map.set("target", value_of(*entry.target));
  if (!entry.options.empty() && patch_key == "patch") {
    Value options = Value::map();
    for (const auto& [name, flag] : entry.options) options.set(name, flag);
    map.set("options", std::move(options));
  }
  return format(map);
}

std::string format_chart_config(const HelmChart& chart, const HelmGlobals& globals) {
  Value map = Value::map();
  put(map, "chartHome", globals.chart_home);
  put(map, "configHome", globals.config_home);
  put(map, "name", chart.name);
  put(map, "version", chart.version);
  put(map, "repo", chart.repo);
  put(map, "releaseName", chart.release_name);
  put(map, "namespace", chart.name_space);
  put(map, "additionalValuesFiles", chart.additional_values_files);
  put(map, "valuesFile", chart.values_file);
  if (chart.values_inline.size() != 0) map.set("valuesInline", chart.values_inline);
  put(map, "valuesMerge", chart.values_merge);
  put(map, "includeCRDs", chart.include_crds);
  put(map, "skipHooks", chart.skip_hooks);
  put(map, "apiVersions", chart.api_versions);
  put(map, "kubeVersion", chart.kube_version);
  put(map, "nameTemplate", chart.name_template);
  put(map, "skipTests", chart.skip_tests);
  put(map, "debug", chart.debug);
  put(map, "devel", chart.devel);
  return format(map);
}

std::string format_replacements_config(const std::vector<Replacement>& replacements) {
  Value list = Value::list();
  for (const auto& replacement : replacements) list.append(value_of(replacement));
  return format(Value::map({{"Replacements", std::move(list)}}));
}

}  // namespace reconciled::kustomize
