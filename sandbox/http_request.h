// An HTTP request as the server reads it, turned into a request to the model.
#pragma once

#include "sandbox/api_types.h"

#include <string>
#include <string_view>

namespace reconciled::sandbox {

/// Splits a request target ("/api/v1/pods?limit=5&x=a%20b") into the path and the query of `request`, decoded. False
/// when the escapes are broken.
bool read_target(std::string_view target, ApiRequest& request);

}  // namespace reconciled::sandbox
