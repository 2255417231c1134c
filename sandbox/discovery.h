// The documents that say what an API server serves.
#pragma once

#include "sandbox/resources.h"

#include <optional>
#include <string>
#include <vector>

namespace reconciled::sandbox {

/// The document of /version, /api, /apis, /api/v1, /apis/GROUP or /apis/GROUP/VERSION (given as its parts), aggregated
/// when `accept` asks for an APIGroupDiscoveryList; nullopt when there is none.
std::optional<Value> make_discovery(const std::vector<ServedResource>& resources, const std::vector<std::string>& parts,
                                    std::string_view accept);

inline constexpr std::string_view k_server_version = "v1.35.4";

}  // namespace reconciled::sandbox
