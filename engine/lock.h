// lock and render, by turns, until a render misses nothing.
#pragma once

#include "engine/desired.h"

#include <string>
#include <utility>
#include <variant>

namespace reconciled {

constexpr int k_max_lock_rounds = 8;

/// Where a stack is locked.
struct LockSite {
  const OpenTree& environment;  ///< the environment's own tree
  Source& source;
  MonotonicTime deadline;
  const ClusterFacts& cluster;
};

/// lock: pins everything the render of one stack depends on, but for what only the render can name.
Result<InputSet> lock_inputs(const Stack& stack, const LockSite& site);

/// Brings what a render named and digests the whole again.
Status add_missing(InputSet& inputs, const Missing& missing, const LockSite& site);

/// `render` takes an InputSet and answers a Result<std::variant<T, Missing>>. Errors say which stack and which step.
template <class T, class Render>
Result<T> lock_and_render(const Stack& stack, const LockSite& site, Render render) {
  auto inputs = lock_inputs(stack, site);
  if (!inputs) return fail(std::move(inputs).error().in("lock " + stack.id.path()));
  for (int round = 0; round < k_max_lock_rounds; ++round) {
    Result<std::variant<T, Missing>> outcome = render(*inputs);
    if (!outcome) return fail(std::move(outcome).error().in("render " + stack.id.path()));
    if (auto* rendered = std::get_if<T>(&*outcome)) return std::move(*rendered);
    auto added = add_missing(*inputs, std::get<Missing>(*outcome), site);
    if (!added) return fail(std::move(added).error().in("lock " + stack.id.path()));
  }
  return fail(ErrorKind::limit, "rendering asked for further inputs " + std::to_string(k_max_lock_rounds) + " times",
              stack.origin);
}

}  // namespace reconciled
