// Functions that reach beyond their arguments: other templates, the cluster, the network.
#include "renderers/helm/functions/failure.h"
#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/signature.h"

#include <array>

namespace reconciled::helm {
namespace {

using enum GoParameter;

tl::unexpected<Error> not_running() {
  return fail(ErrorKind::internal, "no template is being executed");
}

Result<GoValue> call_include(FunctionCall& call) {
  if (call.world.runner == nullptr) return not_running();
  TRY_ASSIGN(const std::string_view text, call.world.runner->include(call.arguments[0].as_text(), call.arguments[1]));
  return GoValue::string(text);
}

Result<GoValue> call_tpl(FunctionCall& call) {
  if (call.world.runner == nullptr) return not_running();
  TRY_ASSIGN(const std::string_view text, call.world.runner->tpl(call.arguments[0].as_text(), call.arguments[1]));
  return GoValue::string(text);
}

/// Without a cluster nothing is ever found.
Result<GoValue> call_lookup(FunctionCall& call) {
  if (call.world.lookup == nullptr) return GoValue::map(make_map(call.arena()));
  const auto arguments = call.arguments;
  return call.world.lookup->look_up(arguments[0].as_text(), arguments[1].as_text(), arguments[2].as_text(),
                                    arguments[3].as_text(), call.arena());
}

/// A render never asks the network: as with Helm's DNS look-ups switched off.
Result<GoValue> call_get_host_by_name(FunctionCall&) {
  return GoValue::string({});
}

Result<GoValue> call_hello(FunctionCall&) {
  return GoValue::string("Hello!");
}

constexpr std::array k_functions{
    GoFunction{"getHostByName", k_takes<string>, k_fixed, &call_get_host_by_name},
    GoFunction{"hello", k_takes<>, k_fixed, &call_hello},
    GoFunction{"include", k_takes<string, any>, k_fixed, &call_include},
    GoFunction{"lookup", k_takes<string, string, string, string>, k_fixed, &call_lookup},
    GoFunction{"tpl", k_takes<string, any>, k_fixed, &call_tpl},
};

}  // namespace

std::span<const GoFunction> engine_functions() {
  return k_functions;
}

}  // namespace reconciled::helm
