// Bodies of signed deliveries: the first byte chooses the server. Whatever they hold, a delivery is accepted with
// pushes or refused without, and what is said about it stays short.
#include "base/digest.h"
#include "daemon/http/webhook.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

using namespace reconciled;

namespace {

struct Server {
  std::string_view event_header;
  std::string_view event;
  std::string_view signature_header;
  std::string_view prefix;
  std::string_view content_type;
};
constexpr std::array k_servers{
    Server{"X-GitHub-Event", "push", "X-Hub-Signature-256", "sha256=", "application/json"},
    Server{"X-GitHub-Event", "push", "X-Hub-Signature-256", "sha256=", "application/x-www-form-urlencoded"},
    Server{"X-Gitea-Event", "push", "X-Gitea-Signature", "", "application/json"},
    Server{"X-Event-Key", "repo:push", "X-Hub-Signature", "sha256=", "application/json"},
    Server{"X-Gitlab-Event", "Push Hook", "X-Gitlab-Token", "", "application/json"},
    Server{"", "", "X-Signature", "sha256=", "application/json"},
};
constexpr std::string_view k_secret = "a secret of the fuzzer";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const WebhookProof proof = [] {
    WebhookProof made;
    made.secrets.emplace_back(k_secret);
    return made;
  }();
  if (size == 0) return 0;
  const Server& server = k_servers.at(data[0] % k_servers.size());
  WebRequest request;
  request.method = "POST";
  request.body = {reinterpret_cast<const char*>(data) + 1, size - 1};
  const bool token = server.signature_header == "X-Gitlab-Token";
  const std::string signature =
      token ? std::string(k_secret) : std::string(server.prefix) + hmac_sha256(k_secret, request.body).hex();
  std::vector<WebHeader> headers{{server.signature_header, signature}, {"Content-Type", server.content_type}};
  if (!server.event.empty()) headers.push_back({server.event_header, server.event});
  request.headers = headers;

  const Delivery delivery = verify_and_read(request, proof, WallTime{});
  const bool accepted = delivery.result == WebhookResult::accepted;
  if (!accepted && delivery.result != WebhookResult::malformed) std::abort();
  if (accepted == delivery.pushes.empty() || accepted != delivery.message.empty()) std::abort();
  if (delivery.message.size() > 500) std::abort();
  for (const PushNotice& push : delivery.pushes) {
    if (push.urls.empty()) std::abort();
    for (const std::string& url : push.urls) {
      if (const auto key = repository_key(url); key && !same_repository(url, url)) std::abort();
      (void)concerns(push, {url, "main"});
    }
  }
  return 0;
}
