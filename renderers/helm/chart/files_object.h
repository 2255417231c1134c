// .Files: the files of a chart that are none of its own parts.
#pragma once

#include "renderers/helm/chart/chart.h"
#include "renderers/helm/values/go_function.h"

#include <span>

namespace reconciled::helm {

/// A map of names and contents; the texts stay where they are.
GoValue make_files(std::span<const ChartFile> files, Arena& arena);
/// Get, GetBytes, Glob, Lines, AsConfig, AsSecrets.
std::span<const GoFunction> files_methods();

}  // namespace reconciled::helm
