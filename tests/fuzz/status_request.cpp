// Targets of requests to the status API: each is answered with JSON that reads back, and never with more than was
// asked.
#include "base/json.h"
#include "daemon/http/status.h"

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace reconciled;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const ManualClock clock;
  static Board board;
  static StatusApi api(board, clock, "0.1.0");
  static const bool published = [] {
    auto view = std::make_shared<DaemonView>();
    auto& environment = view->environments.emplace_back();
    environment.environment = "prod";
    environment.ready = true;
    environment.stacks.emplace_back().id = {"prod", "platform", "vault"};
    environment.stacks.emplace_back().id = {"prod", "applications", "shop"};
    board.publish(std::move(view));
    board.beat(clock.monotonic());
    return true;
  }();
  if (!published) return 0;
  const std::string_view target(reinterpret_cast<const char*>(data), size);
  const auto mark = target.find('?');
  WebRequest request;
  request.method = "GET";
  request.path = target.substr(0, mark);
  request.query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);

  const WebResponse response = api.stack(request);
  Budget budget;
  const auto body = parse_json(*response.body, budget, DuplicateKeys::refuse);
  if (!body || (response.status != 200 && response.status != 404)) std::abort();
  if (response.status == 200 && (*body)["items"].size() != 1) std::abort();
  if (api.status(request).status != 200) std::abort();
  return 0;
}
