// Which row of the routes a request belongs to. Internal to daemon/http.
#pragma once

#include "daemon/http/listener.h"

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace reconciled {

struct RouteMatch {
  const Route* route = nullptr;
  std::string allowed;  ///< methods of the path's rows when the request's is not among them: "GET, POST"
};

RouteMatch find_route(std::span<const Route> routes, std::string_view listener, std::string_view method,
                      std::string_view path);

/// A request target as a path and a query; the absolute form that proxies send is cut to its path.
std::pair<std::string_view, std::string_view> split_target(std::string_view target);

}  // namespace reconciled
