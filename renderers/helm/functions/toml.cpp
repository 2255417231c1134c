// toToml and fromToml.
#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/methods.h"
#include "renderers/helm/functions/signature.h"
#include "renderers/helm/functions/toml_read.h"
#include "renderers/helm/functions/toml_write.h"

#include <array>

namespace reconciled::helm {
namespace {

/// What cannot be written is told by the text.
Result<GoValue> call_to_toml(FunctionCall& call) {
  const GoValue value = call.arguments[0];
  const auto text = write_toml(value, call.arena());
  if (text) return make_string(call.arena(), *text);
  if (value.is_nil() || text.error().kind == ErrorKind::limit) return fail(text.error());  // a panic in Go
  return make_string(call.arena(), text.error().message);
}

/// A map; with the key Error where the text is wrong.
Result<GoValue> call_from_toml(FunctionCall& call) {
  TRY_ASSIGN(const TomlRead read, read_toml(call.arguments[0].as_text(), call.arena()));
  if (read.error.empty()) return read.value;
  GoMap* map = make_map(call.arena());
  map->set("Error", make_string(call.arena(), read.error));
  return GoValue::map(map);
}

constexpr std::array k_functions{
    GoFunction{"toToml", k_takes<GoParameter::any>, k_fixed, &call_to_toml},
    GoFunction{"fromToml", k_takes<GoParameter::string>, k_fixed, &call_from_toml},
};

}  // namespace

std::span<const GoFunction> toml_functions() {
  return k_functions;
}

}  // namespace reconciled::helm
