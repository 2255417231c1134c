// The functions that templates have besides text/template's own: sprig's and Helm's, one table a family.
#pragma once

#include "renderers/helm/values/go_function.h"

#include <span>
#include <vector>

namespace reconciled::helm {

std::span<const GoFunction> path_functions();

std::span<const GoFunction> crypto_functions();
std::span<const GoFunction> date_functions();
std::span<const GoFunction> regex_functions();
std::span<const GoFunction> semver_functions();
std::span<const GoFunction> toml_functions();
std::span<const GoFunction> url_functions();

}  // namespace reconciled::helm
