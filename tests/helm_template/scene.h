// Templates and values for the tests of the engine.
#pragma once

#include "base/error.h"
#include "ports/random.h"
#include "renderers/helm/functions/families.h"
#include "renderers/helm/template/engine.h"
#include "renderers/helm/values/json.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reconciled::helm {

inline const FunctionTable& functions_of_tests() {
  static const FunctionTable table = [] {
    FunctionTable made;
    for (const auto& functions : all_functions(HelmProfile::helm4)) made.add(functions);
    return made;
  }();
  return table;
}

/// One render: files are parsed in the order given, then the first of them is executed.
struct TemplateScene {
  explicit TemplateScene(const Limits& limits = {}) : budget(limits) {}

  Budget budget;
  Arena arena{budget};
  SeededRandom random{1};
  RenderWorld world{arena, random, std::chrono::system_clock::time_point()};
  TemplateSet set{functions_of_tests()};
  ExecutionFailure failure{};  ///< of the last run

  /// The error's message, or empty.
  std::string parse(std::string_view name, std::string_view text) {
    const Status parsed = set.parse(name, std::string(text), budget);
    return parsed ? std::string() : parsed.error().message;
  }
  GoValue json(std::string_view text) {
    auto value = from_json(text, JsonTarget::any, arena);
    REQUIRE(value.has_value());
    return *value;
  }
  /// The output, or the error's raw message.
  std::string run(std::string_view name, GoValue data) {
    Execution execution(set, world);
    auto text = execution.execute(name, data);
    if (text) return std::string(*text);
    failure = text.error();
    return failure.error.message;
  }
  std::string render(std::string_view text, std::string_view data = "{}") {
    const std::string wrong = parse("t", text);
    return wrong.empty() ? run("t", json(data)) : wrong;
  }
};

}  // namespace reconciled::helm
