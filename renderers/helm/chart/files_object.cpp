#include "renderers/helm/chart/files_object.h"

#include "base/base64.h"
#include "base/split.h"
#include "renderers/helm/chart/glob.h"
#include "renderers/helm/values/yaml.h"

#include <array>

namespace reconciled::helm {
namespace {

/// Nothing is the content of a file that is not there: empty, but no nil.
std::string_view content_of(const FunctionCall& call) {
  const auto* files = call.receiver.as_map();
  const auto* found = files == nullptr ? nullptr : files->find(call.arguments[0].as_text());
  return found == nullptr ? std::string_view("") : found->as_text();
}

Result<GoValue> get(FunctionCall& call) {
  return GoValue::string(content_of(call));
}

Result<GoValue> get_bytes(FunctionCall& call) {
  return GoValue::string(content_of(call), GoType::bytes);
}

Result<GoValue> glob(FunctionCall& call) {
  const auto pattern = Glob::parse(call.arguments[0].as_text());
  auto* found = make_map(call.arena());
  if (call.receiver.as_map() == nullptr) return GoValue::map(found, GoType::files);
  for (const auto& [name, content] : call.receiver.as_map()->entries()) {
    if (!call.arena().budget().step(1 + name.size())) return fail(call.arena().budget().error("matching files"));
    if (!pattern || pattern->matches(name)) found->set_shared(name, content);
  }
  return GoValue::map(found, GoType::files);
}

Result<GoValue> lines(FunctionCall& call) {
  const auto* files = call.receiver.as_map();
  if (files == nullptr || files->find(call.arguments[0].as_text()) == nullptr)
    return make_list(call.arena(), {}, GoType::list_string);
  auto text = content_of(call);
  if (text.empty()) {
    if (call.world.profile == HelmProfile::helm3) return make_list(call.arena(), {}, GoType::list_string);
    return fail(ErrorKind::render, "runtime error: index out of range [-1]");
  }
  if (text.ends_with('\n')) text.remove_suffix(1);
  const auto parts = split(text, '\n');
  auto* items = make_items(call.arena(), parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) items[i] = GoValue::string(parts[i]);
  return make_list(call.arena(), {items, parts.size()}, GoType::list_string);
}

/// path.Base.
std::string_view base_name(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  if (path.empty()) return ".";
  return path == "/" ? path : path.substr(path.find_last_of('/') + 1);
}

enum class Encoding : bool { none, base64 };

Result<GoValue> as_yaml(FunctionCall& call, Encoding encoding) {
  if (call.receiver.as_map() == nullptr) return GoValue::string("");
  auto* texts = make_map(call.arena());
  for (const auto& [name, content] : call.receiver.as_map()->entries()) {
    const auto text =
        encoding == Encoding::none ? content.as_text() : call.arena().copy(encode_base64(content.as_text()));
    texts->set(base_name(name), GoValue::string(text));
  }
  const auto yaml = to_yaml(GoValue::map(texts, GoType::map_string), call.arena());
  if (!yaml && yaml.error().kind == ErrorKind::limit) return fail(yaml.error());
  return GoValue::string(yaml ? *yaml : std::string_view());
}

Result<GoValue> as_config(FunctionCall& call) {
  return as_yaml(call, Encoding::none);
}

Result<GoValue> as_secrets(FunctionCall& call) {
  return as_yaml(call, Encoding::base64);
}

constexpr std::array k_name{GoParameter::string};
constexpr std::array k_methods{
    GoFunction{"Get", k_name, false, &get},        GoFunction{"GetBytes", k_name, false, &get_bytes},
    GoFunction{"Glob", k_name, false, &glob},      GoFunction{"Lines", k_name, false, &lines},
    GoFunction{"AsConfig", {}, false, &as_config}, GoFunction{"AsSecrets", {}, false, &as_secrets},
};

}  // namespace

GoValue make_files(std::span<const ChartFile> files, Arena& arena) {
  auto* map = make_map(arena);
  for (const auto& file : files) map->set_shared(file.name, GoValue::string(file.data, GoType::bytes));
  return GoValue::map(map, GoType::files);
}

std::span<const GoFunction> files_methods() {
  return k_methods;
}

}  // namespace reconciled::helm
