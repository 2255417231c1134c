// ConfigMaps and Secrets made from files, literals and env files.
#pragma once

#include "renderers/kustomize/context.h"
#include "renderers/kustomize/kustomization.h"
#include "renderers/kustomize/loader.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reconciled::kustomize {

enum class GeneratedKind : bool { config_map, secret };

/// The generated resource. Options of the whole file fill in what its own do not say.
Result<Resource> generate(Context& context, const Loader& loader, GeneratedKind kind, const GeneratorArgs& args,
                          const std::optional<GeneratorOptions>& defaults);

using KeyValues = std::vector<std::pair<std::string, std::string>>;
/// Lines of an env file: KEY=value; comments and empty lines left out, a KEY alone has an empty value.
Result<KeyValues> read_env_lines(std::string_view text);

}  // namespace reconciled::kustomize
