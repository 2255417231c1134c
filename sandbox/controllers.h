// The statuses that controllers and kubelets would write if everything went well at once.
#pragma once

#include "base/value.h"

#include <optional>
#include <string>

namespace reconciled::sandbox {

/// The object with the status of a ready one of its generation; nullopt when it has that already or needs none. Nothing
/// runs: this is for trying the program without a cluster, and says so in its conditions' reason "Sandbox".
std::optional<Value> make_ready(const Value& object, const std::string& time);

}  // namespace reconciled::sandbox
