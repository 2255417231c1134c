#include "renderers/helm/chart/metadata.h"

#include "base/json.h"
#include "base/unicode.h"
#include "base/utf8.h"
#include "base/yaml.h"
#include "renderers/helm/chart/struct_decoder.h"
#include "renderers/helm/semver/version.h"
#include "renderers/helm/values/json.h"
#include "renderers/helm/values/quote.h"
#include "renderers/helm/values/yaml.h"

#include <fmt/format.h>

#include <array>
#include <unordered_set>

namespace reconciled::helm {
namespace {

/// Stands for an entry of a list that is null: no chart can have such a name, as it is made of what is never printed.
constexpr std::string_view k_null_entry("\0", 1);

template <class T, auto member>
void field(StructDecoder& decoder, T& target, const Value& value, const FieldPlace& place) {
  decoder.read(target.*member, value, place);
}

constexpr std::array k_maintainer_fields{
    StructField<Maintainer>{"name", &field<Maintainer, &Maintainer::name>},
    StructField<Maintainer>{"email", &field<Maintainer, &Maintainer::email>},
    StructField<Maintainer>{"url", &field<Maintainer, &Maintainer::url>},
};

/// `fmt.Sprintf("%v")` of a scalar, as Helm makes paths of what it finds.
std::string import_path(const Value& value) {
  std::string text;
  StructDecoder ignored;
  ignored.read(text, value, {});
  return value.is_null() ? "<nil>" : text;
}

void read_import_values(StructDecoder& decoder, Dependency& dependency, const Value& value, const FieldPlace& place) {
  dependency.import_values.clear();
  for (const auto& item : decoder.items(value, place, "[]interface {}")) {
    if (item.is_map())
      dependency.import_values.emplace_back(ImportTable{import_path(item["child"]), import_path(item["parent"])});
    if (item.is_string()) dependency.import_values.emplace_back(std::string(item.as_string()));
  }
}

constexpr std::array k_dependency_fields{
    StructField<Dependency>{"name", &field<Dependency, &Dependency::name>},
    StructField<Dependency>{"version", &field<Dependency, &Dependency::version>},
    StructField<Dependency>{"repository", &field<Dependency, &Dependency::repository>},
    StructField<Dependency>{"condition", &field<Dependency, &Dependency::condition>},
    StructField<Dependency>{"tags", &field<Dependency, &Dependency::tags>},
    StructField<Dependency>{"enabled", &field<Dependency, &Dependency::enabled>},
    StructField<Dependency>{"import-values", &read_import_values},
    StructField<Dependency>{"alias", &field<Dependency, &Dependency::alias>},
};

template <class T, std::size_t size>
void read_structs(StructDecoder& decoder, std::vector<T>& targets, const Value& value, const FieldPlace& place,
                  std::string_view structure, const std::array<StructField<T>, size>& fields) {
  targets.clear();
  for (const auto& item : decoder.items(value, place, fmt::format("[]*v2.{}", structure))) {
    auto& target = targets.emplace_back();
    if (item.is_null()) target.name = k_null_entry;
    read_struct(decoder, target, item, place, structure, fmt::format("v2.{}", structure), std::span(fields));
  }
}

void read_maintainers(StructDecoder& decoder, ChartMetadata& metadata, const Value& value, const FieldPlace& place) {
  read_structs(decoder, metadata.maintainers, value, place, "Maintainer", k_maintainer_fields);
}

void read_dependencies(StructDecoder& decoder, ChartMetadata& metadata, const Value& value, const FieldPlace& place) {
  metadata.declares_dependencies = value.is_list();
  read_structs(decoder, metadata.dependencies, value, place, "Dependency", k_dependency_fields);
}

/// All that Helm looks at before it reads the chart.
constexpr std::array k_base_fields{
    StructField<ChartMetadata>{"apiVersion", &field<ChartMetadata, &ChartMetadata::api_version>},
};

constexpr std::array k_metadata_fields{
    StructField<ChartMetadata>{"name", &field<ChartMetadata, &ChartMetadata::name>},
    StructField<ChartMetadata>{"home", &field<ChartMetadata, &ChartMetadata::home>},
    StructField<ChartMetadata>{"sources", &field<ChartMetadata, &ChartMetadata::sources>},
    StructField<ChartMetadata>{"version", &field<ChartMetadata, &ChartMetadata::version>},
    StructField<ChartMetadata>{"description", &field<ChartMetadata, &ChartMetadata::description>},
    StructField<ChartMetadata>{"keywords", &field<ChartMetadata, &ChartMetadata::keywords>},
    StructField<ChartMetadata>{"maintainers", &read_maintainers},
    StructField<ChartMetadata>{"icon", &field<ChartMetadata, &ChartMetadata::icon>},
    StructField<ChartMetadata>{"apiVersion", &field<ChartMetadata, &ChartMetadata::api_version>},
    StructField<ChartMetadata>{"condition", &field<ChartMetadata, &ChartMetadata::condition>},
    StructField<ChartMetadata>{"tags", &field<ChartMetadata, &ChartMetadata::tags>},
    StructField<ChartMetadata>{"appVersion", &field<ChartMetadata, &ChartMetadata::app_version>},
    StructField<ChartMetadata>{"deprecated", &field<ChartMetadata, &ChartMetadata::deprecated>},
    StructField<ChartMetadata>{"annotations", &field<ChartMetadata, &ChartMetadata::annotations>},
    StructField<ChartMetadata>{"kubeVersion", &field<ChartMetadata, &ChartMetadata::kube_version>},
    StructField<ChartMetadata>{"dependencies", &read_dependencies},
    StructField<ChartMetadata>{"type", &field<ChartMetadata, &ChartMetadata::type>},
};

void sanitise(std::string& text) {
  std::string clean;
  for (std::string_view rest = text; !rest.empty();) {
    const auto point = first_code_point(rest);
    const auto length = point.length == 0 ? 1 : point.length;
    const auto value = point.length == 0 ? 0xFFFD : point.value;
    if (is_space(value)) {
      clean += ' ';
    } else if (is_printable(value)) {
      append_utf8(clean, value);
    }
    rest.remove_prefix(length);
  }
  text = std::move(clean);
}

void sanitise(std::vector<std::string>& texts) {
  for (auto& text : texts) sanitise(text);
}

tl::unexpected<Error> invalid(const std::string& why) {
  return fail(ErrorKind::render, "validation: " + why);
}

/// filepath.Base.
std::string_view base_name(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return path == "/" ? path : path.substr(path.find_last_of('/') + 1);
}

bool is_alias(std::string_view alias) {
  constexpr std::string_view k_allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  return alias.find_first_not_of(k_allowed) == std::string_view::npos;
}

Status validate_names(const ChartMetadata& metadata) {
  if (metadata.api_version.empty()) return invalid("chart.metadata.apiVersion is required");
  if (metadata.name.empty()) return invalid("chart.metadata.name is required");
  if (metadata.name == "." || metadata.name == "..")
    return invalid(fmt::format("chart.metadata.name {} is not allowed", quoted(metadata.name)));
  if (metadata.name != base_name(metadata.name))
    return invalid(fmt::format("chart.metadata.name {} is invalid", quoted(metadata.name)));
  if (metadata.version.empty()) return invalid("chart.metadata.version is required");
  if (!parse_version(metadata.version))
    return invalid(fmt::format("chart.metadata.version {} is invalid", quoted(metadata.version)));
  if (!metadata.type.empty() && metadata.type != "application" && metadata.type != "library")
    return invalid("chart.metadata.type must be application or library");
  return {};
}

Status validate_dependencies(std::vector<Dependency>& dependencies) {
  std::unordered_set<std::string> names;
  for (auto& dependency : dependencies) {
    if (dependency.name == k_null_entry) return invalid("dependencies must not contain empty or null nodes");
    for (auto* text : {&dependency.name, &dependency.version, &dependency.repository, &dependency.condition})
      sanitise(*text);
    sanitise(dependency.tags);
    if (!is_alias(dependency.alias))
      return invalid(fmt::format("dependency {} has disallowed characters in the alias", quoted(dependency.name)));
    const auto& name = dependency.alias.empty() ? dependency.name : dependency.alias;
    if (!names.insert(name).second)
      return invalid(fmt::format("more than one dependency with name or alias {}", quoted(name)));
  }
  return {};
}

/// The first document, as Helm reads it: what is behind it may be anything, and the last of equal keys counts.
Result<Value> read_loosely(std::string_view text, Budget& budget) {
  Arena arena(budget);
  TRY_ASSIGN(const auto value, from_yaml(text, JsonTarget::any, arena));
  TRY_ASSIGN(const auto json, to_json(value, arena));
  return parse_json(json, budget);
}

}  // namespace

Status decode_metadata(std::string_view text, std::string_view file, ChartPlace place, ChartMetadata& metadata,
                       Budget& budget) {
  Value value;
  if (auto documents = read_yaml(text, file, budget)) {
    if (documents->empty() || documents->front().index != 0) return {};
    value = std::move(documents->front().value);
  } else {
    TRY_ASSIGN(value, read_loosely(text, budget));
  }
  StructDecoder decoder;
  if (place == ChartPlace::root)
    read_struct(decoder, metadata, value, {}, "chartBase", "loader.chartBase", std::span(k_base_fields));
  if (decoder.error().empty())
    read_struct(decoder, metadata, value, {}, "Metadata", "v2.Metadata", std::span(k_metadata_fields));
  if (decoder.error().empty()) return {};
  return fail(ErrorKind::render, "error unmarshaling JSON: while decoding JSON: " + decoder.error());
}

Status validate_metadata(ChartMetadata& metadata) {
  for (auto* text : {&metadata.name, &metadata.description, &metadata.home, &metadata.icon, &metadata.condition,
                     &metadata.tags, &metadata.app_version, &metadata.kube_version})
    sanitise(*text);
  sanitise(metadata.sources);
  sanitise(metadata.keywords);
  TRY(validate_names(metadata));
  for (auto& maintainer : metadata.maintainers) {
    if (maintainer.name == k_null_entry) return invalid("maintainers must not contain empty or null nodes");
    for (auto* text : {&maintainer.name, &maintainer.email, &maintainer.url}) sanitise(*text);
  }
  return validate_dependencies(metadata.dependencies);
}

}  // namespace reconciled::helm
