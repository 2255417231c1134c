// The port behind which rendering happens: in a process of its own in life, inline in tests and on the command line.
#pragma once

#include "base/budget.h"
#include "renderers/renderer.h"
#include "stacks/packed_manifests.h"

#include <cstddef>
#include <variant>

namespace reconciled {

using PackedOutcome = std::variant<PackedManifests, Missing>;

/// Of one stack's manifests.
constexpr std::size_t k_max_packed_bytes = 64U << 20;

/// Blocks; may be called from several threads.
class Executor {
 public:
  virtual ~Executor() = default;
  /// ErrorKind::limit when the limits were exceeded or the worker was killed for them, ErrorKind::internal when a
  /// worker crashed: either concerns this stack alone.
  virtual Result<PackedOutcome> render(const InputSet& inputs, const Limits& limits) = 0;
};

/// Renders in the caller's thread.
class InlineExecutor final : public Executor {
 public:
  Result<PackedOutcome> render(const InputSet& inputs, const Limits& limits) override;
};

}  // namespace reconciled
