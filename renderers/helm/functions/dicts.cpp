// Functions over maps with string keys. A nil map reads as an empty one.
#include "renderers/helm/functions/deep_copy.h"
#include "renderers/helm/functions/failure.h"
#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/merge.h"
#include "renderers/helm/functions/plain_text.h"
#include "renderers/helm/functions/signature.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace reconciled::helm {
namespace {

using enum GoParameter;

GoMap* map_of(GoValue value) {
  return value.is_map() ? value.as_map() : nullptr;
}

std::span<const GoMap::Entry> entries_of(GoValue value) {
  const GoMap* map = map_of(value);
  return map == nullptr ? std::span<const GoMap::Entry>() : map->entries();
}

const GoValue* find(GoValue map, std::string_view key) {
  return map_of(map) == nullptr ? nullptr : map_of(map)->find(key);
}

/// A map value that is stored: untyped nothing is a nil there.
GoValue as_element(GoValue value) {
  return value.is_nil() ? GoValue::nil() : value;
}

Result<GoValue> call_dict(FunctionCall& call) {
  GoMap* map = make_map(call.arena());
  for (std::size_t i = 0; i < call.arguments.size(); i += 2) {
    TRY_ASSIGN(const std::string_view key, plain_text(call.arguments[i], call.arena()));
    const bool has_value = i + 1 < call.arguments.size();
    map->set_shared(key, has_value ? as_element(call.arguments[i + 1]) : GoValue::string({}));
  }
  return GoValue::map(map);
}

Result<GoValue> call_get(FunctionCall& call) {
  const GoValue* found = find(call.arguments[0], call.arguments[1].as_text());
  return found == nullptr ? GoValue::string({}) : *found;
}

Result<GoValue> call_set(FunctionCall& call) {
  GoMap* map = map_of(call.arguments[0]);
  if (map == nullptr) return panic("assignment to entry in nil map");
  map->set_shared(call.arguments[1].as_text(), as_element(call.arguments[2]));
  return GoValue::map(map);
}

Result<GoValue> call_unset(FunctionCall& call) {
  GoMap* map = map_of(call.arguments[0]);
  if (map != nullptr) map->erase(call.arguments[1].as_text());
  return GoValue::map(map);
}

Result<GoValue> call_has_key(FunctionCall& call) {
  return GoValue::boolean(find(call.arguments[0], call.arguments[1].as_text()) != nullptr);
}

Result<GoValue> call_pluck(FunctionCall& call) {
  std::vector<GoValue> found;
  for (const GoValue& map : call.arguments.subspan(1)) {
    const GoValue* value = find(map, call.arguments[0].as_text());
    if (value != nullptr) found.push_back(*value);
  }
  return make_list(call.arena(), found);
}

/// In the order of keys; upstream has no order.
Result<GoValue> call_keys(FunctionCall& call) {
  std::vector<GoValue> keys;
  for (const GoValue& map : call.arguments) {
    for (const GoMap::Entry& entry : entries_of(map)) keys.push_back(GoValue::string(entry.key));
  }
  return make_list(call.arena(), keys, GoType::list_string);
}

Result<GoValue> call_values(FunctionCall& call) {
  std::vector<GoValue> values;
  for (const GoMap::Entry& entry : entries_of(call.arguments[0])) values.push_back(entry.value);
  return make_list(call.arena(), values);
}

Result<GoValue> call_pick(FunctionCall& call) {
  GoMap* picked = make_map(call.arena());
  for (const GoValue& key : call.arguments.subspan(1)) {
    const GoValue* value = find(call.arguments[0], key.as_text());
    if (value != nullptr) picked->set_shared(key.as_text(), *value);
  }
  return GoValue::map(picked);
}

Result<GoValue> call_omit(FunctionCall& call) {
  GoMap* left = map_of(call.arguments[0]) == nullptr ? make_map(call.arena()) : map_of(call.arguments[0])->clone();
  for (const GoValue& key : call.arguments.subspan(1)) left->erase(key.as_text());
  return GoValue::map(left);
}

/// The first map, into which the others were merged. A nil one becomes a map when there is anything to merge.
Result<GoValue> merge_all(FunctionCall& call, MergeMode mode) {
  GoMap* destination = map_of(call.arguments[0]);
  for (const GoValue& source : call.arguments.subspan(1)) {
    if (map_of(source) == nullptr) continue;
    if (destination == nullptr) destination = make_map(call.arena());
    TRY(merge_maps(GoValue::map(destination), source, mode, call.arena().budget()));
  }
  return GoValue::map(destination);
}

Result<GoValue> merge_all_or_nothing(FunctionCall& call, MergeMode mode) {
  auto merged = merge_all(call, mode);
  if (!merged && is_mismatch(merged.error())) return GoValue::string({});
  return merged;
}

Result<GoValue> call_merge(FunctionCall& call) {
  return merge_all_or_nothing(call, MergeMode::fill);
}

Result<GoValue> call_merge_overwrite(FunctionCall& call) {
  return merge_all_or_nothing(call, MergeMode::overwrite);
}

Result<GoValue> call_must_merge(FunctionCall& call) {
  return merge_all(call, MergeMode::fill);
}

Result<GoValue> call_must_merge_overwrite(FunctionCall& call) {
  return merge_all(call, MergeMode::overwrite);
}

Result<GoValue> call_deep_copy(FunctionCall& call) {
  if (call.arguments[0].is_nil()) return panic("reflect: call of reflect.Value.Type on zero Value");
  return deep_copy(call.arguments[0], call.arena());
}

tl::unexpected<Error> wrong_conversion(GoValue value, std::string_view wanted) {
  const std::string_view name = value.is_nil() ? "nil" : value.type_name();
  return panic("interface conversion: interface {} is " + std::string(name) + ", not " + std::string(wanted));
}

/// Keys, a default, and the map to walk into. Only a map[string]interface {} is one, not Helm's Values.
Result<GoValue> call_dig(FunctionCall& call) {
  if (call.arguments.size() < 3) return panic("dig needs at least three arguments");
  GoValue step = call.arguments.back();
  constexpr std::string_view k_map_name = "map[string]interface {}";
  if (step.type() != GoType::map) return wrong_conversion(step, k_map_name);
  const auto keys = call.arguments.first(call.arguments.size() - 2);
  for (const GoValue& key : keys) {
    if (!key.is_string()) return wrong_conversion(key, "string");
  }
  for (const GoValue& key : keys) {
    if (step.type() != GoType::map) return wrong_conversion(step, k_map_name);
    const GoValue* found = find(step, key.as_text());
    if (found == nullptr) return call.arguments[call.arguments.size() - 2];
    step = *found;
  }
  return step;
}

constexpr auto& k_map_and_key = k_takes<map_any, string>;
constexpr auto& k_maps = k_takes<map_any, map_any>;
constexpr std::array k_functions{
    GoFunction{"deepCopy", k_takes<any>, k_fixed, &call_deep_copy},
    GoFunction{"dict", k_takes<any>, k_variadic, &call_dict},
    GoFunction{"dig", k_takes<any>, k_variadic, &call_dig},
    GoFunction{"get", k_map_and_key, k_fixed, &call_get},
    GoFunction{"hasKey", k_map_and_key, k_fixed, &call_has_key},
    GoFunction{"keys", k_takes<map_any>, k_variadic, &call_keys},
    GoFunction{"merge", k_maps, k_variadic, &call_merge},
    GoFunction{"mergeOverwrite", k_maps, k_variadic, &call_merge_overwrite},
    GoFunction{"mustDeepCopy", k_takes<any>, k_fixed, &call_deep_copy},
    GoFunction{"mustMerge", k_maps, k_variadic, &call_must_merge},
    GoFunction{"mustMergeOverwrite", k_maps, k_variadic, &call_must_merge_overwrite},
    GoFunction{"omit", k_map_and_key, k_variadic, &call_omit},
    GoFunction{"pick", k_map_and_key, k_variadic, &call_pick},
    GoFunction{"pluck", k_takes<string, map_any>, k_variadic, &call_pluck},
    GoFunction{"set", k_takes<map_any, string, any>, k_fixed, &call_set},
    GoFunction{"unset", k_map_and_key, k_fixed, &call_unset},
    GoFunction{"values", k_takes<map_any>, k_fixed, &call_values},
};

}  // namespace

std::span<const GoFunction> dict_functions() {
  return k_functions;
}

}  // namespace reconciled::helm
