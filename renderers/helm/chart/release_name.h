// Names of releases that nobody chose.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "renderers/helm/chart/render.h"

#include <chrono>
#include <string>
#include <string_view>

namespace reconciled::helm {

/// What --generate-name gives: "redis-1700000000" for "charts/redis.tgz".
std::string generate_release_name(std::string_view chart, std::chrono::system_clock::time_point now);

/// What --name-template gives: a template over nothing, with sprig's functions and without Helm's own.
Result<std::string> render_release_name(const std::string& name_template, const RenderPorts& ports, Budget& budget);

}  // namespace reconciled::helm
