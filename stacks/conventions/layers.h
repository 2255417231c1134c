// Layers as a graph: the default of a repository that says nothing, and an order that follows `after`.
#pragma once

#include "base/result.h"
#include "stacks/stack.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

/// bootstrap; infrastructure after it; platform, then applications after platform and compliance; observability.
std::vector<Layer> default_layers();

/// The layers in an order in which each comes after its `after`, ties in the order they were given. Every `after` names
/// one of them. A cycle is answered as the names on it, the first one again at the end.
struct LayerOrder {
  std::vector<Layer> layers;
  std::vector<std::string> cycle;
};
LayerOrder order_layers(std::vector<Layer> layers);

/// All layers that come before `name` by `after`, directly or not, in the order of the list; without itself.
std::vector<std::string> layers_before(const std::vector<Layer>& layers, std::string_view name);

/// "a → b → a"
std::string format_cycle(const std::vector<std::string>& names);

}  // namespace reconciled
