// Quarantine for a pack on its way into a repository.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "sources/git2_handles.h"
#include "sources/git_source.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace reconciled {

/// Takes a pack's bytes, checks every object's hash and that nothing an object names is missing, and only then moves
/// the pack into the object store. Destroyed before `finish` it leaves nothing behind. Errors: limit (too large), local
/// (disk), timeout (the deadline), source_integrity (a bad pack).
class PackIntake {
 public:
  /// `repository` is a bare repository's folder; its objects complete thin packs.
  static Result<std::unique_ptr<PackIntake>> start(const std::string& repository, const GitLimits& limits,
                                                   MonotonicTime deadline);
  ~PackIntake();
  PackIntake(const PackIntake&) = delete;
  PackIntake& operator=(const PackIntake&) = delete;

  Status add(std::string_view bytes);
  /// The number of objects that were read to check the pack.
  Result<std::uint64_t> finish();

 private:
  struct State;
  explicit PackIntake(std::unique_ptr<State> state);
  std::unique_ptr<State> m_state;
};

}  // namespace reconciled
