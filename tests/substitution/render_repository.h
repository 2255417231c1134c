// A repository in memory, rendered whole as the command line does it.
#pragma once

#include "engine/desired.h"
#include "ports/memory_tree.h"
#include "tests/support/no_source.h"

#include <doctest/doctest.h>

#include <map>
#include <string>

namespace reconciled::testing {

inline Desired load_environment(std::map<std::string, std::string> files, const std::string& environment) {
  test::NoSource source;
  DesiredRequest request;
  request.local = OpenTree{{}, make_memory_tree(std::move(files))};
  request.environment = environment;
  request.deadline = MonotonicTime::max();
  auto desired = load_desired(request, source);
  REQUIRE_MESSAGE(desired, format_error(desired.error()));
  return std::move(*desired);
}

/// What each stack renders to, or why it does not; secrets as they are.
inline Value describe(const Desired& desired) {
  Value stacks = Value::map();
  for (const auto& stack : desired.stacks) {
    const std::string path = stack.stack.id.path();
    if (!stack.manifests) {
      stacks.set(path, format_error(stack.manifests.error()));
      continue;
    }
    ManifestSet set = *stack.manifests;
    if (const auto resolved = resolve_scopes(set, stack.stack, nullptr, {}); !resolved) {
      stacks.set(path, format_error(resolved.error()));
      continue;
    }
    Value objects = Value::list();
    for (const auto& manifest : set.manifests) objects.append(manifest.object);
    stacks.set(path, std::move(objects));
  }
  for (const auto& broken : desired.graph.broken) stacks.set(broken.id.path(), format_error(broken.error));
  return stacks;
}

}  // namespace reconciled::testing
