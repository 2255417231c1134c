#include "renderers/kustomize/origin.h"

#include "base/go_yaml_writer.h"
#include "renderers/kustomize/json_reading.h"
#include "renderers/kustomize/loader.h"
#include "renderers/kustomize/remote.h"

namespace reconciled::kustomize {
namespace {

using Members = std::vector<std::pair<std::string_view, const std::string*>>;

void write_members(GoYamlWriter& yaml, const Members& members) {
  for (const auto& [key, text] : members) {
    if (text->empty()) continue;
    yaml.key(key);
    yaml.string(*text);
  }
}

std::size_t count(const Members& members) {
  std::size_t present = 0;
  for (const auto& [key, text] : members) present += text->empty() ? 0 : 1;
  return present;
}

std::string joined(const std::string& base, std::string_view path) {
  return clean_path(base + "/" + std::string(path));
}

}  // namespace

Origin append_path(const Origin& origin, std::string_view path) {
  Origin next = origin;
  if (const auto url = parse_repository_url(path)) {
    next.repo = url->clone_url();
    next.ref = url->ref;
    next.path = clean_path(url->path);
    return next;
  }
  next.path = joined(origin.path, path);
  return next;
}

std::string format_origin(const Origin& origin) {
  const Members outer{
      {"path", &origin.path}, {"repo", &origin.repo}, {"ref", &origin.ref}, {"configuredIn", &origin.configured_in}};
  const Members by{{"apiVersion", &origin.configured_api_version},
                   {"kind", &origin.configured_kind},
                   {"name", &origin.configured_name},
                   {"namespace", &origin.configured_namespace}};
  std::string text;
  GoYamlWriter yaml(text, GoYaml::v3);
  const bool has_by = count(by) != 0;
  yaml.begin_map(count(outer) + (has_by ? 1 : 0));
  write_members(yaml, outer);
  if (has_by) {
    yaml.key("configuredBy");
    yaml.begin_map(count(by));
    write_members(yaml, by);
    yaml.end_map();
  }
  yaml.end_map();
  return text;
}

Origin read_origin(std::string_view text, Budget& budget) {
  Origin origin;
  const auto value = read_yaml_as_json(text, budget);
  if (!value) return origin;
  origin.path = (*value)["path"].as_string();
  origin.repo = (*value)["repo"].as_string();
  origin.ref = (*value)["ref"].as_string();
  return origin;
}

Status note_origin(NodeArena& arena, Resource& resource, const Origin& origin) {
  TextMap annotations = resource.annotations();
  if (!find_in(annotations, k_origin_key).empty()) return {};
  const std::string text = format_origin(origin);
  set_in(annotations, k_origin_key, arena.copy(text));
  return resource.set_annotations(arena, std::move(annotations));
}

Status note_transformation(NodeArena& arena, Resource& resource, const Origin& origin) {
  TextMap annotations = resource.annotations();
  if (find_in(annotations, k_origin_key).empty()) return note_origin(arena, resource, origin);
  std::string text(find_in(annotations, k_transformations_key));
  const std::string added = format_origin(origin);
  bool first = true;
  for (std::size_t at = 0; at < added.size();) {
    const auto end = added.find('\n', at);
    text.append(first ? "- " : "  ").append(added, at, end + 1 - at);
    first = false;
    at = end + 1;
  }
  set_in(annotations, k_transformations_key, arena.copy(text));
  return resource.set_annotations(arena, std::move(annotations));
}

}  // namespace reconciled::kustomize
