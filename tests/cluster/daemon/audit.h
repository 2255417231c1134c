// What the API server wrote down: who asked for which change, when, and what became of it.
#pragma once

#include "tests/cluster/control_plane.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

using AuditTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

/// One request that changes something, once it was answered.
struct AuditEvent {
  std::string user;
  std::string verb;  ///< create, update, patch, delete, deletecollection
  std::string group, resource, subresource, in_namespace, name;
  bool dry_run = false;
  int code = 0;
  AuditTime received{};
  nlohmann::json request;   ///< body of a delete and of writes of a Lease; else null
  nlohmann::json response;  ///< body of the answer to a write of a Lease; else null
};

/// A plane of this binary with a controller manager, whose API server writes an audit log; see shared_control_plane.
ControlPlane& audited_control_plane();

/// Where the log ends now.
std::uint64_t audit_position();
/// The whole lines since then. A request is in the log before its answer leaves.
std::vector<AuditEvent> read_audit(std::uint64_t since);

/// One line a delete that `user` asked for without both preconditions, UID and resourceVersion; empty is good.
std::string find_bare_deletes(const std::vector<AuditEvent>& events, std::string_view user);

/// "2026-02-01T10:00:00.000000Z".
AuditTime parse_audit_time(const std::string& text);

}  // namespace reconciled
