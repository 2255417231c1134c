// Which credentials may be shown to which server.
#pragma once

#include "config/settings.h"

#include <string_view>

namespace reconciled {

/// Whether anything is said.
bool has_any(const AuthSettings& auth);

/// The auth of the source with exactly this URL if it has any; else of the longest urlPrefix above it; else nullptr.
/// A prefix holds when scheme, host and port are equal (host without case, default ports as if written) and its path is
/// a whole-segment prefix: https://git.example/team does not cover https://git.example/team2, nor
/// https://git.example.evil/. user@host:path counts as ssh://host/path; user names in URLs do not matter.
const AuthSettings* find_auth(const Settings& settings, std::string_view url);

}  // namespace reconciled
