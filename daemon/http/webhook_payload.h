// What the servers' payloads say, by shape. Internal to daemon/http.
#pragma once

#include "base/result.h"
#include "base/value.h"
#include "daemon/http/repository_match.h"

#include <vector>

namespace reconciled {

/// Reads the pushes of one payload. An error says which field is not as it should be; it repeats no content.
using PayloadReader = Result<std::vector<PushNotice>> (*)(const Value& payload);

Result<std::vector<PushNotice>> read_generic_push(const Value& payload);
Result<std::vector<PushNotice>> read_github_push(const Value& payload);  ///< also Gitea, Forgejo and Gogs
Result<std::vector<PushNotice>> read_gitlab_push(const Value& payload);
Result<std::vector<PushNotice>> read_bitbucket_push(const Value& payload);  ///< Cloud and Data Center

/// A raw body as JSON: as it is, or the field `payload` of a form. Bounded by nodes, bytes, depth and time.
Result<Value> read_payload(std::string_view body, std::string_view content_type);

}  // namespace reconciled
