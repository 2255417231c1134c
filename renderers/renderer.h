// The one interface of all renderers: an InputSet in, manifests out. Pure: no I/O but reads of the given trees.
#pragma once

#include "base/budget.h"
#include "base/clock.h"
#include "base/result.h"
#include "ports/chart.h"
#include "ports/source.h"
#include "ports/source_tree.h"
#include "stacks/manifest.h"
#include "stacks/stack.h"

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace reconciled {

/// A chart that is not the stack's own folder: a folder or an archive.
struct ChartInput {
  std::shared_ptr<const SourceTree> tree;  ///< null: an archive
  ChartArchive archive;                    ///< null: a folder
  std::string origin;                      ///< for errors: where it lies
  std::optional<ChartPin> pin;             ///< absent: of the environment's own commit
};

/// A chart that another one depends on, as the render asked for it.
struct FetchedChart {
  ChartRef ref;
  ChartPin pin;
  ChartArchive archive;
};

/// A base of a kustomization in another repository, as the render asked for it.
struct BaseRef {
  SourceRef source;
  std::string path;  ///< of the base in the repository, clean
  auto operator<=>(const BaseRef&) const = default;
};

/// The same, brought. Its commit is the pin.
struct FetchedBase {
  BaseRef ref;
  std::string commit;
  std::shared_ptr<const SourceTree> tree;  ///< the folders of the repository that the base is built from
};

/// What the cluster says of itself, for charts that ask.
struct ClusterFacts {
  std::string kube_version;  ///< "v1.33.2"; empty: unknown, charts see a default
  std::vector<std::string>
      api_versions;  ///< "apps/v1", "apps/v1/Deployment"; empty: charts see those of a plain cluster
  bool operator==(const ClusterFacts&) const = default;
};

/// Everything a render depends on, pinned. Equal digests give equal manifests.
struct InputSet {
  Stack stack;
  std::shared_ptr<const SourceTree> files;    ///< the stack's folder; for plain stacks with its overlay laid over it
  std::shared_ptr<const SourceTree> overlay;  ///< environments/<env>/<layer>/<stack>, may be an empty tree
  std::string files_origin;                   ///< prefix that makes a path in `files` one that the user knows
  std::string overlay_origin;
  std::optional<ChartInput> chart{};
  std::vector<FetchedChart> dependencies{};  ///< sorted by ref
  std::vector<FetchedBase> bases{};          ///< sorted by ref
  ClusterFacts cluster{};
  WallTime time{};  ///< what charts see as now: of the commit, rounded, so that it changes seldom
  Digest digest{};
};

/// Inputs that the renderer found it needs: `lock` brings them, then it renders again.
struct Missing {
  std::vector<BaseRef> bases{};
  std::vector<ChartRef> charts{};
  bool operator==(const Missing&) const = default;
};

using RenderOutcome = std::variant<ManifestSet, Missing>;

class Renderer {
 public:
  virtual ~Renderer() = default;
  virtual Result<RenderOutcome> render(const InputSet& inputs, Budget& budget) const = 0;
  /// Whether it may read a file of `files`, by its path there. What it never reads needs no copy.
  [[nodiscard]] virtual bool may_read(std::string_view path) const;
};

/// The renderer of a kind. Kinds that this build cannot render yet answer with a renderer whose error says so.
const Renderer& renderer_for(RendererKind kind);

/// The same numbers for the same inputs: what templates draw by chance.
std::uint64_t seed_of(const Digest& inputs);

/// Digest of tree ids, the stack's settings and the version of the engine.
Result<Digest> digest_inputs(const InputSet& inputs);

}  // namespace reconciled
