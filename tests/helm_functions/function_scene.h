// A render in which tests call functions of templates.
#pragma once

#include "base/budget.h"
#include "ports/random.h"
#include "renderers/helm/values/format.h"
#include "renderers/helm/values/go_function.h"

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::helm::testing {

class FunctionScene {
 public:
  explicit FunctionScene(std::span<const GoFunction> functions) : m_functions(functions) {}

  Result<GoValue> call(std::string_view name, std::initializer_list<GoValue> arguments) {
    for (const GoFunction& function : m_functions) {
      if (function.name != name) continue;
      FunctionCall call{{arguments.begin(), arguments.size()}, world, {}};
      return function.call(call);
    }
    return fail(ErrorKind::usage, "no function " + std::string(name));
  }
  Result<GoValue> call_method(GoValue receiver, std::string_view name, std::initializer_list<GoValue> arguments = {}) {
    const GoFunction* method = receiver.as_object()->method(name);
    if (method == nullptr) return fail(ErrorKind::usage, "no method " + std::string(name));
    FunctionCall call{{arguments.begin(), arguments.size()}, world, receiver};
    return method->call(call);
  }

  /// As %v, or "error: " and the message.
  std::string show(const Result<GoValue>& value) {
    if (!value) return "error: " + value.error().message;
    std::string text;
    if (const auto status = append_v(text, *value, arena); !status) return "error: " + status.error().message;
    return text;
  }
  /// The function's result for arguments that are all texts.
  std::string show(std::string_view name, std::initializer_list<std::string_view> texts) {
    std::vector<GoValue> arguments;
    for (const std::string_view text : texts) arguments.push_back(GoValue::string(text));
    for (const GoFunction& function : m_functions) {
      if (function.name != name) continue;
      FunctionCall call{arguments, world, {}};
      return show(function.call(call));
    }
    return "error: no function " + std::string(name);
  }

  Budget budget;
  Arena arena{budget};
  SeededRandom random{7};
  RenderWorld world{arena, random, std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000))};

 private:
  std::span<const GoFunction> m_functions;
};

}  // namespace reconciled::helm::testing
