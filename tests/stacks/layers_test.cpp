#include "stacks/conventions/layers.h"

#include <doctest/doctest.h>

namespace reconciled {
namespace {

std::vector<std::string> names(const std::vector<Layer>& layers) {
  std::vector<std::string> result;
  for (const auto& layer : layers) result.push_back(layer.name);
  return result;
}

TEST_CASE("layers come after what they name, ties in the order they were given") {
  const auto order = order_layers({{"z", {"a"}, {}}, {"b", {}, {}}, {"a", {}, {}}, {"c", {"z", "b"}, {}}});
  CHECK(order.cycle.empty());
  CHECK(names(order.layers) == std::vector<std::string>{"b", "a", "z", "c"});
}

TEST_CASE("the default graph is what the documentation draws") {
  const auto layers = order_layers(default_layers()).layers;
  CHECK(layers_before(layers, "applications") ==
        std::vector<std::string>{"bootstrap", "infrastructure", "platform", "compliance"});
  CHECK(layers_before(layers, "observability") == std::vector<std::string>{"bootstrap", "infrastructure"});
  CHECK(layers_before(layers, "compliance") == std::vector<std::string>{"bootstrap"});
  CHECK(layers_before(layers, "bootstrap").empty());
}

TEST_CASE("a cycle is told as the way round, without what merely leads to it") {
  const auto order = order_layers({{"outside", {"b"}, {}}, {"a", {"c"}, {}}, {"b", {"a"}, {}}, {"c", {"b"}, {}}});
  CHECK(format_cycle(order.cycle) == "b → a → c → b");
  CHECK(format_cycle(order_layers({{"a", {"a"}, {}}}).cycle) == "a → a");
}

}  // namespace
}  // namespace reconciled
