#include "renderers/helm/chart/chart_object.h"

#include "renderers/helm/chart/plain_object.h"

namespace reconciled::helm {
namespace {

GoValue text(const std::string& value) {
  return GoValue::string(value);
}

GoValue list_of(const std::vector<std::string>& texts, GoType type, Arena& arena) {
  auto* items = make_items(arena, texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) items[i] = text(texts[i]);
  return make_list(arena, {items, texts.size()}, type);
}

GoMap* make_map_of(std::initializer_list<GoMap::Entry> entries, Arena& arena) {
  auto* map = make_map(arena);
  for (const auto& [key, value] : entries) map->set_shared(key, value);
  return map;
}

/// What processing dependencies leaves of an import: a table with two names.
GoValue import_of(const ImportValue& value, Arena& arena) {
  if (const auto* name = std::get_if<std::string>(&value)) return text(*name);
  const auto& table = std::get<ImportTable>(value);
  return GoValue::map(make_map_of({{"child", text(table.child)}, {"parent", text(table.parent)}}, arena),
                      GoType::map_string);
}

GoValue dependency_of(const Dependency& dependency, Arena& arena) {
  auto* imports = make_items(arena, dependency.import_values.size());
  for (std::size_t i = 0; i < dependency.import_values.size(); ++i)
    imports[i] = import_of(dependency.import_values[i], arena);
  return GoValue::map(make_map_of({{"Name", text(dependency.name)},
                                   {"Version", text(dependency.version)},
                                   {"Repository", text(dependency.repository)},
                                   {"Condition", text(dependency.condition)},
                                   {"Tags", list_of(dependency.tags, GoType::list, arena)},
                                   {"Enabled", GoValue::boolean(dependency.enabled)},
                                   {"ImportValues", make_list(arena, {imports, dependency.import_values.size()})},
                                   {"Alias", text(dependency.alias)}},
                                  arena));
}

GoValue maintainer_of(const Maintainer& maintainer, Arena& arena) {
  return GoValue::map(make_map_of(
      {{"Name", text(maintainer.name)}, {"Email", text(maintainer.email)}, {"URL", text(maintainer.url)}}, arena));
}

template <class T>
GoValue maps_of(const std::vector<T>& parts, GoValue (*make)(const T&, Arena&), Arena& arena) {
  auto* items = make_items(arena, parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) items[i] = make(parts[i], arena);
  return make_list(arena, {items, parts.size()});
}

GoValue annotations_of(const ChartMetadata& metadata, Arena& arena) {
  if (metadata.annotations.empty()) return GoValue::map(nullptr, GoType::map_string);
  auto* map = make_map(arena);
  for (const auto& [key, value] : metadata.annotations) map->set_shared(key, text(value));
  return GoValue::map(map, GoType::map_string);
}

}  // namespace

GoValue make_chart_object(const ChartNode& node, ChartPlace place, HelmProfile profile, Arena& arena) {
  const auto& metadata = node.chart->metadata;
  const GoType list_type = profile == HelmProfile::helm4 ? GoType::list : GoType::list_string;
  const std::initializer_list<GoMap::Entry> fields{
      {"Name", text(node.name)},
      {"Home", text(metadata.home)},
      {"Sources", list_of(metadata.sources, list_type, arena)},
      {"Version", text(metadata.version)},
      {"Description", text(metadata.description)},
      {"Keywords", list_of(metadata.keywords, list_type, arena)},
      {"Maintainers", maps_of(metadata.maintainers, &maintainer_of, arena)},
      {"Icon", text(metadata.icon)},
      {"APIVersion", text(metadata.api_version)},
      {"Condition", text(metadata.condition)},
      {"Tags", text(metadata.tags)},
      {"AppVersion", text(metadata.app_version)},
      {"Deprecated", GoValue::boolean(metadata.deprecated)},
      {"Annotations", annotations_of(metadata, arena)},
      {"KubeVersion", text(metadata.kube_version)},
      {"Dependencies", maps_of(node.dependencies, &dependency_of, arena)},
      {"Type", text(metadata.type)},
      {"IsRoot", GoValue::boolean(place == ChartPlace::root)},
  };
  if (profile == HelmProfile::helm4) return GoValue::map(make_map_of(fields, arena));
  return make_plain_object("struct { chart.Metadata; IsRoot bool }", PlainObject::Form::structure, fields, arena);
}

}  // namespace reconciled::helm
