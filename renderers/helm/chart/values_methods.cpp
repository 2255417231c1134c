#include "renderers/helm/chart/values_methods.h"

#include "base/split.h"
#include "renderers/helm/values/quote.h"
#include "renderers/helm/values/yaml.h"

#include <array>

namespace reconciled::helm {
namespace {

/// The table under a path of names; the error names the first that is none.
Result<GoMap*> table_at(GoMap* values, std::string_view path) {
  for (const auto name : split(path, '.')) {
    const auto* found = values == nullptr ? nullptr : values->find(name);
    if (found == nullptr || (found->type() != GoType::map && found->type() != GoType::values))
      return fail(ErrorKind::render, quoted(name) + " is not a table");
    values = found->as_map();
  }
  return values;
}

Result<GoValue> table(FunctionCall& call) {
  TRY_ASSIGN(auto* found, table_at(call.receiver.as_map(), call.arguments[0].as_text()));
  return GoValue::map(found, GoType::values);
}

Result<GoValue> path_value(FunctionCall& call) {
  const auto path = call.arguments[0].as_text();
  if (path.empty()) return fail(ErrorKind::render, "YAML path cannot be empty");
  const auto dot = path.find_last_of('.');
  const auto name = path.substr(dot + 1);
  GoMap* values = call.receiver.as_map();
  if (dot != std::string_view::npos) {
    const auto outer = table_at(values, path.substr(0, dot));
    values = outer ? *outer : nullptr;
  }
  const auto* found = values == nullptr ? nullptr : values->find(name);
  if (found == nullptr || found->type() == GoType::map)
    return fail(ErrorKind::render, quoted(name) + " is not a value");
  return *found;
}

Result<GoValue> as_map(FunctionCall& call) {
  auto* values = call.receiver.as_map();
  return GoValue::map(values == nullptr || values->size() == 0 ? make_map(call.arena()) : values);
}

Result<GoValue> yaml(FunctionCall& call) {
  TRY_ASSIGN(const auto text, to_yaml(call.receiver, call.arena()));
  return GoValue::string(call.arena().copy(std::string(text) + "\n"));
}

constexpr std::array k_path{GoParameter::string};
constexpr std::array k_methods{
    GoFunction{"Table", k_path, false, &table},
    GoFunction{"PathValue", k_path, false, &path_value},
    GoFunction{"AsMap", {}, false, &as_map},
    GoFunction{"YAML", {}, false, &yaml},
};

}  // namespace

std::span<const GoFunction> values_methods() {
  return k_methods;
}

}  // namespace reconciled::helm
