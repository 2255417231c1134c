// Headers of deliveries, a line each, then an empty line and the body: nothing that was not signed is ever accepted,
// and without a proof the body is not looked at.
#include "daemon/http/webhook.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

using namespace reconciled;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const WebhookProof proof = [] {
    WebhookProof made;
    made.secrets.emplace_back("f1b5f8d0c8c24e4fb1bd2d51b2a9e0d4");
    made.secrets.emplace_back("whsec_ZjFiNWY4ZDBjOGMyNGU0ZmIxYmQyZDUxYjJhOWUwZDQ=");
    return made;
  }();
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<WebHeader> headers;
  while (!text.empty() && headers.size() < 100) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty()) break;
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    headers.push_back({line.substr(0, colon), line.substr(colon + 2)});
  }
  WebRequest request;
  request.method = "POST";
  request.headers = headers;
  request.body = text;
  request.reach = Reach::loopback;

  const Delivery refused = verify_and_read(request, proof, WallTime{});
  if (refused.result != WebhookResult::bad_signature || !refused.pushes.empty() || refused.message.empty())
    std::abort();

  WebhookProof open;
  open.unsigned_deliveries = WebhookProof::Unsigned::allow_on_loopback;
  const Delivery taken = verify_and_read(request, open, WallTime{});
  if (taken.result == WebhookResult::bad_signature || taken.id.size() > 128) std::abort();
  request.reach = Reach::network;
  if (verify_and_read(request, open, WallTime{}).result != WebhookResult::bad_signature) std::abort();
  return 0;
}
