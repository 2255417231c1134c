#include "daemon/http/webhook.h"

#include "base/base64.h"
#include "base/digest.h"
#include "daemon/http/webhook_payload.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace reconciled {
namespace {

constexpr auto k_max_clock_skew = std::chrono::minutes(5);
constexpr std::size_t k_max_id = 128;
constexpr std::size_t k_max_signatures = 4;  ///< in one header of the signed GitLab scheme

/// What a check gives: nothing wrong, or why not; and the sum that proved it, where there is one.
struct Check {
  std::string problem;
  std::string digest;
};

struct ProviderRow;
using Checker = Check (*)(const WebRequest& request, const ProviderRow& row, const WebhookProof& proof, WallTime now);

enum class Bodies : bool { may_repeat, unique };  ///< unique: a push's body holds the time of the push

struct ProviderRow {
  WebhookProvider provider;
  std::string_view name;
  std::string_view event_header;  ///< its presence tells the provider; empty: whoever is none of the others
  std::array<std::string_view, 3> pushes;
  std::string_view ping;
  Checker check;
  std::string_view signature_header;
  std::string_view signature_prefix;
  std::array<std::string_view, 3> id_headers;
  Bodies bodies;
  PayloadReader read;
};

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  volatile unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference =
        static_cast<unsigned char>(difference | (static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i])));
  return difference == 0;
}

std::string_view bytes_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size()};
}

/// `prefix` and 64 lower-case hexadecimal digits: an HMAC-SHA-256 of the raw body.
Check check_hex_mac(const WebRequest& request, const ProviderRow& row, const WebhookProof& proof, WallTime /*now*/) {
  const std::string header(row.signature_header);
  const HeaderValue given = find_header(request.headers, header);
  if (given.found == HeaderValue::Found::repeated) return {header + " is there more than once", {}};
  if (!given.once()) {
    const bool sha1 = row.provider == WebhookProvider::github && find_header(request.headers, "X-Hub-Signature").once();
    return {sha1 ? "only a SHA-1 signature: " + header + " is needed" : header + " is missing", {}};
  }
  if (!given.value.starts_with(row.signature_prefix))
    return {header + " does not begin with \"" + std::string(row.signature_prefix) + "\"", {}};
  const auto claimed = Digest::parse(given.value.substr(row.signature_prefix.size()));
  if (!claimed) return {header + " is not 64 lower-case hexadecimal digits", {}};
  Check check{"the signature is wrong: the secret differs or the body was changed", {}};
  for (const SecretString& secret : proof.secrets) {
    const Digest expected = hmac_sha256(secret.reveal(), request.body);
    if (equal_in_constant_time(bytes_of(*claimed), bytes_of(expected))) check = {{}, expected.hex()};
  }
  return check;
}

/// A Standard Webhooks key: "whsec_" and base64; anything else is the key itself.
std::string signing_key(const SecretString& secret) {
  constexpr std::string_view k_prefix = "whsec_";
  if (secret.reveal().starts_with(k_prefix)) {
    if (auto key = decode_base64(secret.reveal().substr(k_prefix.size()))) return *key;
  }
  return std::string(secret.reveal());
}

/// webhook-signature: "v1,BASE64 v1,BASE64" over "ID.TIMESTAMP.BODY".
Check check_standard_webhook(const WebRequest& request, std::string_view signatures, const WebhookProof& proof,
                             WallTime now) {
  const HeaderValue id = find_header(request.headers, "webhook-id");
  const HeaderValue time = find_header(request.headers, "webhook-timestamp");
  if (!id.once() || !time.once()) return {"webhook-id or webhook-timestamp is missing", {}};
  std::int64_t seconds = 0;
  const auto [end, problem] = std::from_chars(time.value.data(), time.value.data() + time.value.size(), seconds);
  if (problem != std::errc() || end != time.value.data() + time.value.size() || seconds < 0)
    return {"webhook-timestamp is no number of seconds", {}};
  const auto now_seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  const auto window = std::chrono::duration_cast<std::chrono::seconds>(k_max_clock_skew).count();
  if (seconds < now_seconds - window || seconds > now_seconds + window)
    return {"webhook-timestamp is more than 5 minutes away from now", {}};
  std::string text;
  text.reserve(id.value.size() + time.value.size() + 2 + request.body.size());
  text.append(id.value).append(1, '.').append(time.value).append(1, '.').append(request.body);
  Check check{"the signature is wrong: the secret differs or the delivery was changed", {}};
  for (std::size_t count = 0; !signatures.empty() && count < k_max_signatures; ++count) {
    const auto blank = signatures.find(' ');
    const auto claimed = signatures.substr(0, blank);
    signatures.remove_prefix(blank == std::string_view::npos ? signatures.size() : blank + 1);
    if (!claimed.starts_with("v1,")) continue;
    for (const SecretString& secret : proof.secrets) {
      const Digest expected = hmac_sha256(signing_key(secret), text);
      if (equal_in_constant_time(claimed.substr(3), encode_base64(bytes_of(expected)))) check = {{}, expected.hex()};
    }
  }
  return check;
}

/// The signature where there is one, otherwise the plain token, compared by its digest so that time shows no length.
Check check_gitlab(const WebRequest& request, const ProviderRow& row, const WebhookProof& proof, WallTime now) {
  const HeaderValue signature = find_header(request.headers, "webhook-signature");
  if (signature.found == HeaderValue::Found::repeated) return {"webhook-signature is there more than once", {}};
  if (signature.once()) return check_standard_webhook(request, signature.value, proof, now);
  const HeaderValue token = find_header(request.headers, row.signature_header);
  if (!token.once()) return {"neither webhook-signature nor one X-Gitlab-Token", {}};
  const Digest claimed = sha256(token.value);
  Check check{"the token is wrong", {}};
  for (const SecretString& secret : proof.secrets) {
    if (equal_in_constant_time(bytes_of(claimed), bytes_of(sha256(secret.reveal())))) check.problem.clear();
  }
  return check;
}

/// The first row whose event header is there counts: Forgejo sends those of Gitea, Gogs and GitHub too.
constexpr std::array k_providers{
    ProviderRow{WebhookProvider::forgejo,
                "forgejo",
                "X-Forgejo-Event",
                {"push", "create", "delete"},
                "ping",
                &check_hex_mac,
                "X-Forgejo-Signature",
                "",
                {"X-Forgejo-Delivery"},
                Bodies::unique,
                &read_github_push},
    ProviderRow{WebhookProvider::gitea,
                "gitea",
                "X-Gitea-Event",
                {"push", "create", "delete"},
                "ping",
                &check_hex_mac,
                "X-Gitea-Signature",
                "",
                {"X-Gitea-Delivery"},
                Bodies::unique,
                &read_github_push},
    ProviderRow{WebhookProvider::gogs,
                "gogs",
                "X-Gogs-Event",
                {"push", "create", "delete"},
                "ping",
                &check_hex_mac,
                "X-Gogs-Signature",
                "",
                {"X-Gogs-Delivery"},
                Bodies::unique,
                &read_github_push},
    ProviderRow{WebhookProvider::gitlab,
                "gitlab",
                "X-Gitlab-Event",
                {"Push Hook", "Tag Push Hook", "System Hook"},
                "",
                &check_gitlab,
                "X-Gitlab-Token",
                "",
                {"webhook-id", "Idempotency-Key", "X-Gitlab-Event-UUID"},
                Bodies::may_repeat,
                &read_gitlab_push},
    ProviderRow{WebhookProvider::bitbucket,
                "bitbucket",
                "X-Event-Key",
                {"repo:push", "repo:refs_changed"},
                "diagnostics:ping",
                &check_hex_mac,
                "X-Hub-Signature",
                "sha256=",
                {"X-Request-UUID", "X-Request-Id"},
                Bodies::may_repeat,
                &read_bitbucket_push},
    ProviderRow{WebhookProvider::github,
                "github",
                "X-GitHub-Event",
                {"push", "create", "delete"},
                "ping",
                &check_hex_mac,
                "X-Hub-Signature-256",
                "sha256=",
                {"X-GitHub-Delivery"},
                Bodies::unique,
                &read_github_push},
    ProviderRow{WebhookProvider::generic,
                "generic",
                "",
                {},
                "",
                &check_hex_mac,
                "X-Signature",
                "sha256=",
                {"X-Delivery-Id"},
                Bodies::may_repeat,
                &read_generic_push},
};
static_assert(k_providers.size() == k_webhook_providers);

constexpr std::array<std::string_view, k_webhook_results> k_results{
    "accepted", "ping", "bad_signature", "replayed", "unmatched", "malformed", "limited"};

const ProviderRow& row_of(const WebRequest& request) {
  const auto at = std::ranges::find_if(k_providers, [&](const ProviderRow& row) {
    return row.event_header.empty() || find_header(request.headers, row.event_header).found != HeaderValue::Found::no;
  });
  return *at;  // the last row takes what is left
}

std::string delivery_id(const WebRequest& request, const ProviderRow& row) {
  for (const std::string_view name : row.id_headers) {
    if (name.empty()) break;
    const HeaderValue id = find_header(request.headers, name);
    const bool plain =
        id.value.size() <= k_max_id && std::ranges::all_of(id.value, [](char c) { return c > ' ' && c < 0x7f; });
    if (id.once() && plain && !id.value.empty()) return std::string(id.value);
  }
  return {};
}

std::string check_unsigned(const WebRequest& request, const WebhookProof& proof) {
  if (proof.unsigned_deliveries == WebhookProof::Unsigned::refuse)
    return "no secret is configured: set webhooks.secrets or webhooks.secretFiles";
  return request.reach == Reach::loopback ? "" : "unsigned deliveries are taken on loopback only";
}

/// A push, a ping, or something else that the server tells.
std::optional<WebhookResult> result_of_event(const WebRequest& request, const ProviderRow& row) {
  if (row.event_header.empty()) return std::nullopt;
  const HeaderValue event = find_header(request.headers, row.event_header);
  if (!event.once() || event.value.empty()) return WebhookResult::malformed;
  if (event.value == row.ping) return WebhookResult::ping;
  return std::ranges::find(row.pushes, event.value) == row.pushes.end() ? std::optional(WebhookResult::unmatched)
                                                                        : std::nullopt;
}

}  // namespace

std::string_view name_of(WebhookProvider provider) {
  const auto at = std::ranges::find(k_providers, provider, &ProviderRow::provider);
  return at == k_providers.end() ? "unknown" : at->name;
}

std::string_view name_of(WebhookResult result) {
  return k_results.at(static_cast<std::size_t>(result));
}

Delivery verify_and_read(const WebRequest& request, const WebhookProof& proof, WallTime now) {
  const ProviderRow& row = row_of(request);
  Delivery delivery;
  delivery.provider = row.provider;
  const Check check =
      proof.secrets.empty() ? Check{check_unsigned(request, proof), {}} : row.check(request, row, proof, now);
  if (!check.problem.empty()) {
    delivery.result = WebhookResult::bad_signature;
    delivery.message = check.problem;
    return delivery;
  }
  delivery.id = delivery_id(request, row);
  if (row.bodies == Bodies::unique) delivery.digest = check.digest;
  if (const auto other = result_of_event(request, row)) {
    delivery.result = *other;
    if (*other == WebhookResult::unmatched) delivery.message = "this event is no push";
    if (*other == WebhookResult::malformed) delivery.message = std::string(row.event_header) + " is empty or repeated";
    return delivery;
  }
  const auto payload = read_payload(request.body, find_header(request.headers, "Content-Type").value);
  auto pushes = payload ? row.read(*payload) : Result<std::vector<PushNotice>>(fail(payload.error()));
  if (!pushes) {
    delivery.message = pushes.error().message;
    return delivery;
  }
  delivery.result = WebhookResult::accepted;
  delivery.pushes = std::move(*pushes);
  return delivery;
}

}  // namespace reconciled
