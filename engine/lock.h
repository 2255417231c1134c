// lock and render, by turns, until a render misses nothing.
#pragma once

#include "engine/desired.h"

#include <string>
#include <utility>
#include <variant>

namespace reconciled {

constexpr int k_max_lock_rounds = 8;

/// lock: pins everything the render of one stack depends on.
Result<InputSet> lock_inputs(const Stack& stack, const OpenTree& environment, Source& source, MonotonicTime deadline);

/// `render` takes an InputSet and answers a Result<std::variant<T, Missing>>. Errors say which stack and which step.
template <class T, class Render>
Result<T> lock_and_render(const Stack& stack, const OpenTree& environment, Source& source, MonotonicTime deadline,
                          Render render) {
  for (int round = 0; round < k_max_lock_rounds; ++round) {
    auto inputs = lock_inputs(stack, environment, source, deadline);
    if (!inputs) return fail(std::move(inputs).error().in("lock " + stack.id.path()));
    Result<std::variant<T, Missing>> outcome = render(*inputs);
    if (!outcome) return fail(std::move(outcome).error().in("render " + stack.id.path()));
    if (auto* rendered = std::get_if<T>(&*outcome)) return std::move(*rendered);
    for (const auto& ref : std::get<Missing>(*outcome).refs) TRY(source.resolve(ref, deadline));
  }
  return fail(ErrorKind::limit, "rendering asked for further inputs " + std::to_string(k_max_lock_rounds) + " times",
              stack.origin);
}

}  // namespace reconciled
