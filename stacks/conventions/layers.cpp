#include "stacks/conventions/layers.h"

#include <algorithm>
#include <set>

namespace reconciled {
namespace {

const Layer* find_layer(const std::vector<Layer>& layers, std::string_view name) {
  const auto at = std::ranges::find(layers, name, &Layer::name);
  return at == layers.end() ? nullptr : &*at;
}

/// Follows the first waiting predecessor of each layer until one comes again: every layer that is left waits for one.
std::vector<std::string> find_cycle(const std::vector<Layer>& waiting) {
  std::vector<std::string> path{waiting.front().name};
  while (true) {
    const Layer* layer = find_layer(waiting, path.back());
    const auto next =
        std::ranges::find_if(layer->after, [&](const auto& name) { return find_layer(waiting, name) != nullptr; });
    if (const auto seen = std::ranges::find(path, *next); seen != path.end()) {
      path.erase(path.begin(), seen);
      path.push_back(*next);
      return path;
    }
    path.push_back(*next);
  }
}

}  // namespace

std::vector<Layer> default_layers() {
  return {
      {"bootstrap", {}, {}},
      {"infrastructure", {"bootstrap"}, {}},
      {"platform", {"infrastructure"}, {}},
      {"compliance", {"bootstrap"}, {}},
      {"observability", {"infrastructure"}, {}},
      {"applications", {"platform", "compliance"}, {}},
  };
}

LayerOrder order_layers(std::vector<Layer> layers) {
  LayerOrder order;
  while (!layers.empty()) {
    const auto ready = std::ranges::find_if(layers, [&](const Layer& layer) {
      return std::ranges::none_of(layer.after, [&](const auto& name) { return find_layer(layers, name) != nullptr; });
    });
    if (ready == layers.end()) {
      order.cycle = find_cycle(layers);
      return order;
    }
    order.layers.push_back(std::move(*ready));
    layers.erase(ready);
  }
  return order;
}

std::vector<std::string> layers_before(const std::vector<Layer>& layers, std::string_view name) {
  std::set<std::string, std::less<>> found;
  std::vector<std::string_view> open{name};
  while (!open.empty()) {
    const Layer* layer = find_layer(layers, open.back());
    open.pop_back();
    if (layer == nullptr) continue;
    for (const auto& before : layer->after) {
      if (found.insert(before).second) open.push_back(before);
    }
  }
  std::vector<std::string> result;
  for (const auto& layer : layers) {
    if (found.contains(layer.name)) result.push_back(layer.name);
  }
  return result;
}

std::string format_cycle(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : " → ") + name;
  return text;
}

}  // namespace reconciled
