// Which credential a request takes.
#pragma once

#include "base/result.h"
#include "sources/git_source.h"
#include "sources/git_url.h"

#include <vector>

namespace reconciled {

/// The one with the longest prefix that covers the URL, or an empty one; never null. It lives as long as `credentials`.
Result<const GitCredential*> credential_for(const std::vector<GitCredential>& credentials, const GitUrl& url);

}  // namespace reconciled
