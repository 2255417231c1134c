// A delivery of a Git server: who sent it, whether that is proven, and what was pushed.
#pragma once

#include "base/clock.h"
#include "base/secret.h"
#include "daemon/http/message.h"
#include "daemon/http/repository_match.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

enum class WebhookProvider : std::uint8_t { generic, forgejo, gitea, gogs, gitlab, bitbucket, github };
constexpr std::size_t k_webhook_providers = 7;

enum class WebhookResult : std::uint8_t {
  accepted,       ///< a push that may concern us
  ping,           ///< the server tries the connection
  bad_signature,  ///< unsigned, wrongly signed, or nothing to check it with; nothing of the body was read
  replayed,       ///< seen before
  unmatched,      ///< proven, but no push, or of a repository or ref that nobody here looks at
  malformed,      ///< proven, but not what this server sends
  limited,        ///< too large, too slow, or too many
};
constexpr std::size_t k_webhook_results = 7;

std::string_view name_of(WebhookProvider provider);
std::string_view name_of(WebhookResult result);

/// What proves a delivery. Every secret is tried.
struct WebhookProof {
  enum class Unsigned : bool { refuse, allow_on_loopback };
  std::vector<SecretString> secrets;
  Unsigned unsigned_deliveries = Unsigned::refuse;  ///< counts only without secrets and on a loopback socket
};

/// A delivery, read. Without `accepted`, `pushes` is empty.
struct Delivery {
  WebhookResult result = WebhookResult::malformed;
  WebhookProvider provider = WebhookProvider::generic;
  std::string id;      ///< as the server numbers it, at most 128 bytes; empty: it does not
  std::string digest;  ///< names a body that never comes twice honestly; empty where it may
  std::vector<PushNotice> pushes;
  std::string message;  ///< why it was not accepted, for the answer and the log; repeats nothing of the delivery
};

/// Pure. The signature is checked over the raw body before anything of the body is looked at; `now` bounds the age of
/// deliveries whose signature covers a time. Never answers `replayed`, `unmatched` for a repository, or `limited`:
/// those need memory (see webhook_endpoint.h). Forms understood: docs/http.md.
Delivery verify_and_read(const WebRequest& request, const WebhookProof& proof, WallTime now);

}  // namespace reconciled
