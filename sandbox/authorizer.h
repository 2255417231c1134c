// RBAC over the stored roles and bindings.
#pragma once

#include "sandbox/object_store.h"

#include <string>
#include <vector>

namespace reconciled::sandbox {

/// What somebody wants to do.
struct AccessQuestion {
  std::string user;
  std::vector<std::string> groups;
  std::string verb;
  std::string group;
  std::string resource;  ///< with its subresource: "deployments/status"
  std::string namespace_;
  std::string name;
};

/// Members of system:masters may do everything; others what a RoleBinding or ClusterRoleBinding gives them.
bool is_allowed(const ObjectStore& store, const AccessQuestion& question);

}  // namespace reconciled::sandbox
