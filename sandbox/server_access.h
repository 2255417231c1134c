// Who may come in to the server, and the kubeconfig that lets them.
#pragma once

#include "ports/random.h"
#include "sandbox/api_types.h"
#include "sandbox/failure.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reconciled::sandbox {

/// Bearer tokens of the two users.
struct Tokens {
  std::string admin;   ///< of group system:masters
  std::string reader;  ///< of group sandbox:readers
};

Tokens make_tokens(Random& random);

/// Sets user and groups by the value of the Authorization header; none is the anonymous user. 401 for a wrong one.
std::optional<Failure> authenticate(std::string_view authorization, const Tokens& tokens, ApiRequest& request);

/// 413.
Failure body_too_large(std::uint64_t limit);

/// The answer to a request that does not reach the API.
ApiResponse make_refusal(const Failure& failure);

/// With one cluster, user and context of this name. `authority` is the certificate in PEM.
std::string make_kubeconfig(const std::string& name, const std::string& url, std::string_view authority,
                            const std::string& token);

}  // namespace reconciled::sandbox
