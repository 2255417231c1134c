// The fields of what a render job holds. A struct that gets another member does not compile here until it is listed.
#pragma once

#include "base/budget.h"
#include "renderers/field_codec.h"
#include "stacks/stack.h"

#include <tuple>

namespace reconciled {

template <>
inline constexpr std::uint64_t k_enum_size<RendererKind> = 3;
template <>
inline constexpr std::uint64_t k_enum_size<Enabled> = 2;
template <>
inline constexpr std::uint64_t k_enum_size<SubstitutionMode> = 3;
template <>
inline constexpr std::uint64_t k_enum_size<UndefinedVariable> = 2;
template <>
inline constexpr std::uint64_t k_enum_size<ErrorKind> = static_cast<std::uint64_t>(ErrorKind::internal) + 1;

template <Is<StackId> T>
auto fields_of(T& value) {
  auto& [environment, layer, name] = value;
  return std::tie(environment, layer, name);
}
template <Is<Bounds> T>
auto fields_of(T& value) {
  auto& [team, namespaces, cluster_kinds, service_account] = value;
  return std::tie(team, namespaces, cluster_kinds, service_account);
}
template <Is<SourceRef> T>
auto fields_of(T& value) {
  auto& [url, ref] = value;
  return std::tie(url, ref);
}
template <Is<PlainOptions> T>
auto fields_of(T& value) {
  auto& [include, exclude] = value;
  return std::tie(include, exclude);
}
template <Is<SubstitutionOptions> T>
auto fields_of(T& value) {
  auto& [mode, undefined, always, variables] = value;
  return std::tie(mode, undefined, always, variables);
}
template <Is<SyncPolicy> T>
auto fields_of(T& value) {
  auto& [automated, prune, self_heal] = value;
  return std::tie(automated, prune, self_heal);
}
template <Is<IgnoreRule> T>
auto fields_of(T& value) {
  auto& [group, kind, namespace_, name, pointers, managers] = value;
  return std::tie(group, kind, namespace_, name, pointers, managers);
}
template <Is<Where> T>
auto fields_of(T& value) {
  auto& [file, line, column, key_path] = value;
  return std::tie(file, line, column, key_path);
}
template <Is<Error> T>
auto fields_of(T& value) {
  auto& [kind, message, where, hint, context] = value;
  return std::tie(kind, message, where, hint, context);
}
template <Is<Stack> T>
auto fields_of(T& value) {
  auto& [id, bounds, cluster, namespace_, source, path, overlay_path, renderer, stated_renderer, implied_renderer,
         source_ignore, plain, helm, kustomize, substitution, depends_on, suspended, sync, ignore, origin] = value;
  return std::tie(id, bounds, cluster, namespace_, source, path, overlay_path, renderer, stated_renderer,
                  implied_renderer, source_ignore, plain, helm, kustomize, substitution, depends_on, suspended, sync,
                  ignore, origin);
}

}  // namespace reconciled
