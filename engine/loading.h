// What the repository says of one environment, loaded again and again: only what changed is rendered.
#pragma once

#include "engine/desired.h"
#include "engine/pinned_source.h"
#include "renderers/executor.h"
#include "stacks/packed_manifests.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace reconciled {

/// One stack as it is kept between runs.
struct LoadedStack {
  Stack stack;
  Digest inputs;                                             ///< of its InputSet; zero when locking failed
  Result<std::shared_ptr<const PackedManifests>> manifests;  ///< scopes not resolved yet
  bool chart = false;                                        ///< rendered by Helm
};

/// Immutable once made, so that threads may share it.
struct LoadedEnvironment {
  Repository repository;
  Revision revision;                      ///< of the environment's own ref
  StackGraph graph;                       ///< its `stacks` are moved out into `stacks`
  std::vector<LoadedStack> stacks;        ///< in the order of the graph
  std::optional<ClusterFacts> cluster{};  ///< what charts saw; absent: there are none
};

/// Loads one environment and remembers what it rendered: a stack whose InputSet has the digest it had is not rendered
/// again, nor is one whose files are wrong; what failed for another reason is tried anew by each load. All stacks are
/// loaded, whatever the request selects. Used by one thread at a time.
class EnvironmentLoader {
 public:
  EnvironmentLoader(Source& source, Executor& executor) : m_source(source), m_executor(executor) {}

  /// The same pointer as before when nothing moved: neither the environment's ref nor one of the stacks' own sources.
  /// An error means that the environment as a whole cannot be trusted; what was loaded before stays remembered.
  Result<std::shared_ptr<const LoadedEnvironment>> load(const DesiredRequest& request);

  /// Renders asked for since it was made, and those that were answered from memory.
  [[nodiscard]] std::uint64_t rendered() const { return m_rendered; }
  [[nodiscard]] std::uint64_t remembered() const { return m_remembered; }

 private:
  /// What a load was asked, and what the refs it looked at were.
  struct Basis {
    SourceRef root;
    std::string environment;
    Limits limits;
    PinnedSource::Pins pins;
    PinnedSource::Charts charts;
  };
  using Pack = std::shared_ptr<const PackedManifests>;
  struct Known {
    Digest inputs;
    Result<Pack> manifests;
  };
  using Memory = std::map<std::string, Known>;  ///< by StackId::key()

  bool nothing_moved(const DesiredRequest& request, PinnedSource& source) const;
  void resolve_sources(const StackGraph& graph, PinnedSource& source, MonotonicTime deadline) const;
  LoadedStack load_stack(Stack stack, const OpenTree& environment, const DesiredRequest& request, PinnedSource& source,
                         Memory& memory);
  void remember(std::shared_ptr<const LoadedEnvironment> loaded, const DesiredRequest& request,
                const PinnedSource& source);

  Source& m_source;
  Executor& m_executor;
  Memory m_memory;
  StackMemory m_stack_memory;
  std::set<SourceRef> m_failed;  ///< refs that the last load could not resolve
  std::shared_ptr<const LoadedEnvironment> m_last;
  std::optional<Basis> m_basis;  ///< of m_last, when another load of the same commits must come to the same
  std::uint64_t m_rendered = 0;
  std::uint64_t m_remembered = 0;
};

/// Answer of a Loader.
struct LoadAnswer {
  std::uint64_t id = 0;
  Result<std::shared_ptr<const LoadedEnvironment>> environment;
  Duration fetch{};   ///< time of resolve and open
  Duration render{};  ///< time of everything after
};

/// Port: loads in the background. Every started load ends in exactly one LoadAnswer, delivered to the loop's inbox.
class Loader {
 public:
  virtual ~Loader() = default;
  virtual void start_load(std::uint64_t id) = 0;
  /// What charts see of the cluster, from the next load on.
  virtual void note_cluster(const ClusterFacts& facts) { static_cast<void>(facts); }
};

}  // namespace reconciled
