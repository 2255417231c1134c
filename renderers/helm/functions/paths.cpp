// Slash-separated paths as Go's path package sees them; path/filepath does the same on Unix.
#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/signature.h"

#include <array>
#include <string>
#include <vector>

namespace reconciled::helm {
namespace {

/// The shortest path that means the same, by looking at its text alone.
std::string clean(std::string_view path) {
  if (path.empty()) return ".";
  const bool rooted = path.front() == '/';
  std::vector<std::string_view> parts;
  std::size_t going_up = 0;  // how many of the parts are `..` that nothing before them cancels
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (parts.size() > going_up) {
      parts.pop_back();
    } else if (!rooted) {
      parts.push_back(part);
      ++going_up;
    }
  }
  std::string result = rooted ? "/" : "";
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) result += '/';
    result += parts[i];
  }
  return result.empty() ? "." : result;
}

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
  return GoValue::string(call.arena().copy(clean(call.arguments[0].as_text())));
}

Result<GoValue> call_dir(FunctionCall& call) {
  const std::string_view path = call.arguments[0].as_text();
  return GoValue::string(call.arena().copy(clean(path.substr(0, path.rfind('/') + 1))));
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
