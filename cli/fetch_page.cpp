#include "cli/fetch_page.h"

#include "base/json.h"
#include "kube/http_transport.h"
#include "kube/server_url.h"

#include <optional>

namespace reconciled {
namespace {

/// What a refusal of ours says: {"message": ..., "hint": ...}.
Error refusal(const std::string& server, const HttpResponse& response) {
  const ErrorKind kind = response.status == 404                             ? ErrorKind::api_missing
                         : response.status == 429 || response.status >= 500 ? ErrorKind::api_transient
                                                                            : ErrorKind::api_rejected;
  Budget budget(Limits{.steps = 10'000, .bytes = 1U << 20, .depth = 16, .time = std::chrono::seconds(1)});
  const auto body = parse_json(response.body, budget);
  const std::string message = body ? std::string((*body)["message"].as_string()) : std::string();
  return {kind,
          server + " answers " + std::to_string(response.status) + (message.empty() ? "" : ": " + message),
          {},
          body ? std::string((*body)["hint"].as_string()) : std::string()};
}

}  // namespace

Result<std::string> fetch_page(const PageRequest& page) {
  const auto url = parse_server_url(page.server);
  if (!url || url->scheme.empty())
    return fail(ErrorKind::usage, "the server is no http:// or https:// URL", {},
                "write it like http://127.0.0.1:9481");
  auto endpoint = std::make_shared<Endpoint>();
  endpoint->server = format_server_url(*url);
  TRY_ASSIGN(const auto transport, HttpTransport::make("reconcile", HttpVersion::http1));
  HttpRequest request;
  request.target = page.target;
  request.accept = "application/json";
  request.max_bytes = page.max_bytes;
  std::optional<HttpResponse> response;
  Transfer transfer;
  transfer.endpoint = endpoint;
  transfer.request = &request;
  transfer.timeout = page.timeout;
  transfer.on_end = [&](HttpResponse ended) { response = std::move(ended); };
  transport->start(std::move(transfer));
  while (!response) transport->run(std::chrono::seconds(1));
  if (response->delivery != Delivery::complete)
    return fail(ErrorKind::api_transient, endpoint->server + " gives no answer: " + response->failure, {},
                "is reconciled running, and is this the address of listen.status?");
  if (response->status != 200) return fail(refusal(endpoint->server, *response));
  return std::move(response->body);
}

}  // namespace reconciled
