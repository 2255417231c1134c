// Values as YAML and JSON, and back.
#include "renderers/helm/functions/failure.h"
#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/signature.h"
#include "renderers/helm/values/json.h"
#include "renderers/helm/values/yaml.h"

#include <array>
#include <string>
#include <utility>

namespace reconciled::helm {
namespace {

using enum GoParameter;

/// Whether functions that swallow errors swallow this one: a spent budget never is.
bool is_swallowed(const Error& error) {
  return error.kind != ErrorKind::limit;
}

Result<GoValue> text_or_error(const Result<std::string_view>& text) {
  if (!text) return fail(text.error());
  return GoValue::string(*text);
}

Result<GoValue> text_or_nothing(const Result<std::string_view>& text) {
  if (!text && is_swallowed(text.error())) return GoValue::string({});
  return text_or_error(text);
}

Result<GoValue> call_to_yaml(FunctionCall& call) {
  return text_or_nothing(to_yaml(call.arguments[0], call.arena()));
}

Result<GoValue> call_must_to_yaml(FunctionCall& call) {
  return text_or_error(to_yaml(call.arguments[0], call.arena()));
}

/// Fails only for types that no YAML can hold, and then by a panic, which nobody swallows.
Result<GoValue> call_to_yaml_pretty(FunctionCall& call) {
  return text_or_error(to_yaml_pretty(call.arguments[0], call.arena()));
}

Result<GoValue> call_to_json(FunctionCall& call) {
  return text_or_nothing(to_json(call.arguments[0], call.arena()));
}

Result<GoValue> call_must_to_json(FunctionCall& call) {
  return text_or_error(to_json(call.arguments[0], call.arena()));
}

Result<GoValue> call_to_pretty_json(FunctionCall& call) {
  return text_or_nothing(to_json(call.arguments[0], call.arena(), JsonForm::pretty));
}

Result<GoValue> call_must_to_pretty_json(FunctionCall& call) {
  return text_or_error(to_json(call.arguments[0], call.arena(), JsonForm::pretty));
}

Result<GoValue> call_to_raw_json(FunctionCall& call) {
  return text_or_error(to_json(call.arguments[0], call.arena(), JsonForm::raw));
}

/// A map, whose key "Error" is set where the text cannot be read.
Result<GoValue> map_or_message(FunctionCall& call, Result<GoValue> read) {
  if (read || !is_swallowed(read.error())) return read;
  GoMap* map = make_map(call.arena());
  map->set("Error", GoValue::string(call.arena().copy(read.error().message)));
  return GoValue::map(map);
}

/// A list, which holds only the error where the text cannot be read.
Result<GoValue> list_or_message(FunctionCall& call, Result<GoValue> read) {
  if (read || !is_swallowed(read.error())) return read;
  const GoValue message = GoValue::string(call.arena().copy(read.error().message));
  return make_list(call.arena(), {&message, 1});
}

/// A document that is null leaves the empty map that was there before; in JSON it makes a nil of it.
Result<GoValue> call_from_yaml(FunctionCall& call) {
  auto read = from_yaml(call.arguments[0].as_text(), YamlTarget::map, call.arena());
  if (read && read->as_map() == nullptr) return GoValue::map(make_map(call.arena()));
  return map_or_message(call, std::move(read));
}

Result<GoValue> call_from_yaml_array(FunctionCall& call) {
  auto read = from_yaml(call.arguments[0].as_text(), YamlTarget::list, call.arena());
  if (read && read->as_list() == nullptr) return make_list(call.arena(), {});
  return list_or_message(call, std::move(read));
}

Result<GoValue> call_from_json(FunctionCall& call) {
  return map_or_message(call, from_json(call.arguments[0].as_text(), JsonTarget::map, call.arena()));
}

Result<GoValue> call_from_json_array(FunctionCall& call) {
  return list_or_message(call, from_json(call.arguments[0].as_text(), JsonTarget::list, call.arena()));
}

Result<GoValue> call_must_from_json(FunctionCall& call) {
  return from_json(call.arguments[0].as_text(), JsonTarget::any, call.arena());
}

constexpr auto& k_value = k_takes<any>;
constexpr auto& k_text = k_takes<string>;
constexpr std::array k_functions{
    GoFunction{"fromJson", k_text, k_fixed, &call_from_json},
    GoFunction{"fromJsonArray", k_text, k_fixed, &call_from_json_array},
    GoFunction{"fromYaml", k_text, k_fixed, &call_from_yaml},
    GoFunction{"fromYamlArray", k_text, k_fixed, &call_from_yaml_array},
    GoFunction{"mustFromJson", k_text, k_fixed, &call_must_from_json},
    GoFunction{"mustToJson", k_value, k_fixed, &call_must_to_json},
    GoFunction{"mustToPrettyJson", k_value, k_fixed, &call_must_to_pretty_json},
    GoFunction{"mustToRawJson", k_value, k_fixed, &call_to_raw_json},
    GoFunction{"toJson", k_value, k_fixed, &call_to_json},
    GoFunction{"toPrettyJson", k_value, k_fixed, &call_to_pretty_json},
    GoFunction{"toRawJson", k_value, k_fixed, &call_to_raw_json},
    GoFunction{"toYaml", k_value, k_fixed, &call_to_yaml},
    GoFunction{"toYamlPretty", k_value, k_fixed, &call_to_yaml_pretty},
};

constexpr std::array k_helm4_functions{GoFunction{"mustToYaml", k_value, k_fixed, &call_must_to_yaml}};

}  // namespace

std::span<const GoFunction> document_functions() {
  return k_functions;
}

std::span<const GoFunction> helm4_document_functions() {
  return k_helm4_functions;
}

}  // namespace reconciled::helm
