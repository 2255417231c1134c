#include "daemon/http/route_table.h"

namespace reconciled {
namespace {

bool covers(const Route& route, std::string_view path) {
  const bool prefix = route.path.ends_with('/') && route.path.size() > 1;
  return prefix ? path.starts_with(route.path) : path == route.path;
}

}  // namespace

RouteMatch find_route(std::span<const Route> routes, std::string_view listener, std::string_view method,
                      std::string_view path) {
  RouteMatch match;
  for (const Route& route : routes) {
    if (route.listener != listener || !covers(route, path)) continue;
    if (route.method == method || (route.method == "GET" && method == "HEAD")) return {&route, {}};
    match.allowed += (match.allowed.empty() ? "" : ", ") + route.method;
  }
  return match;
}

std::pair<std::string_view, std::string_view> split_target(std::string_view target) {
  if (target.starts_with("http://") || target.starts_with("https://")) {
    const auto slash = target.find('/', target.find("://") + 3);
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  const auto mark = target.find('?');
  return {target.substr(0, mark), mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1)};
}

}  // namespace reconciled
