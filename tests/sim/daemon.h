// What runs on a machine: the daemon, or something simpler, behind one face.
#pragma once

#include "engine/loading.h"
#include "engine/run.h"
#include "engine/view.h"
#include "tests/sim/wire.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace reconciled::sim {

/// What a program finds on its machine.
struct Surroundings {
  std::string name;
  Cluster& cluster;
  Cluster& lease_cluster;
  Loader& loader;
  Source& source;
  const Clock& clock;
  Random& random;
  Machine& machine;
};

class Program {
 public:
  virtual ~Program() = default;
  virtual void start() = 0;
  virtual void on(Line line, Answer answer) = 0;
  virtual void on(WatchEvent event) = 0;
  virtual void on(LoadAnswer answer) = 0;
  /// Called after every message and when next_wakeup has come.
  virtual void tick() = 0;
  [[nodiscard]] virtual std::optional<MonotonicTime> next_wakeup() const = 0;
  virtual void stop() = 0;
  [[nodiscard]] virtual bool stopped() const = 0;
  /// A push was announced.
  virtual void wake() {}
  /// Empty: it has none to show.
  [[nodiscard]] virtual std::optional<EnvironmentView> view() const { return std::nullopt; }
  [[nodiscard]] virtual std::uint64_t version() const { return 0; }
};

/// `reconcile sync`, once or again and again.
struct CommandOptions {
  RunRequest request;
  DesiredRequest desired;
  std::optional<Duration> again;  ///< pause between two runs; empty: one run
};
std::unique_ptr<Program> make_command(CommandOptions options, const Surroundings& around);

/// The daemon: a Reconciler that a Lease lets write.
std::unique_ptr<Program> make_daemon(const Surroundings& around, const PruneGuard& guard);

}  // namespace reconciled::sim
