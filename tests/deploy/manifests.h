// The manifests of deploy/kubernetes, read and sent as kubectl would send them.
#pragma once

#include "base/result.h"
#include "base/value.h"
#include "tests/cluster/control_plane.h"

#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

struct Manifest {
  std::string file;  ///< "base/40-deployment.yaml"
  Value object;

  [[nodiscard]] std::string_view kind() const { return object["kind"].as_string(); }
  [[nodiscard]] std::string_view name() const { return object.at({"metadata", "name"}).as_string(); }
};

/// The documents of a file, or of the files of a folder in the order of their names; `place` is below
/// deploy/kubernetes. Throws std::runtime_error, as all of this does, which fails a doctest.
std::vector<Manifest> read_manifests(const std::string& place);

enum class ForReal : bool { no, yes };

/// Server-side apply with strict validation: an unknown or a doubled field is an error.
ApiAnswer apply_manifest(const ControlPlane& plane, const Value& object, ForReal for_real);

/// What a folder or a file holds, applied for good.
void apply_manifests(const ControlPlane& plane, const std::string& place);

/// The same, removed again at its end.
class AppliedManifests {
 public:
  AppliedManifests(const ControlPlane& plane, const std::string& place);
  ~AppliedManifests();
  AppliedManifests(const AppliedManifests&) = delete;
  AppliedManifests& operator=(const AppliedManifests&) = delete;

 private:
  const ControlPlane& m_plane;
  std::vector<Manifest> m_manifests;
};

}  // namespace reconciled
