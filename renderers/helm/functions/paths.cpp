// Slash-separated paths as Go's path package sees them; path/filepath does the same on Unix.
#include "base/go_path.h"
#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/signature.h"

#include <array>

namespace reconciled::helm {
namespace {

std::string_view base_name(std::string_view path) {
  if (path.empty()) return ".";
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  if (path.empty()) return "/";
  return path.substr(path.rfind('/') + 1);
}

std::string_view extension(std::string_view path) {
  const std::size_t at = path.find_last_of("./");
  return at == std::string_view::npos || path[at] == '/' ? std::string_view() : path.substr(at);
}

Result<GoValue> call_base(FunctionCall& call) {
  return GoValue::string(base_name(call.arguments[0].as_text()));
}

Result<GoValue> call_clean(FunctionCall& call) {
  return GoValue::string(call.arena().copy(clean_go_path(call.arguments[0].as_text())));
}

Result<GoValue> call_dir(FunctionCall& call) {
  const std::string_view path = call.arguments[0].as_text();
  return GoValue::string(call.arena().copy(clean_go_path(path.substr(0, path.rfind('/') + 1))));
}

Result<GoValue> call_ext(FunctionCall& call) {
  return GoValue::string(extension(call.arguments[0].as_text()));
}

Result<GoValue> call_is_abs(FunctionCall& call) {
  return GoValue::boolean(call.arguments[0].as_text().starts_with('/'));
}

constexpr auto& k_path = k_takes<GoParameter::string>;
constexpr std::array k_functions{
    GoFunction{"base", k_path, k_fixed, &call_base},     GoFunction{"clean", k_path, k_fixed, &call_clean},
    GoFunction{"dir", k_path, k_fixed, &call_dir},       GoFunction{"ext", k_path, k_fixed, &call_ext},
    GoFunction{"isAbs", k_path, k_fixed, &call_is_abs},  GoFunction{"osBase", k_path, k_fixed, &call_base},
    GoFunction{"osClean", k_path, k_fixed, &call_clean}, GoFunction{"osDir", k_path, k_fixed, &call_dir},
    GoFunction{"osExt", k_path, k_fixed, &call_ext},     GoFunction{"osIsAbs", k_path, k_fixed, &call_is_abs},
};

}  // namespace

std::span<const GoFunction> path_functions() {
  return k_functions;
}

}  // namespace reconciled::helm
