#include "daemon/http/status.h"

#include "base/json.h"
#include "tests/daemon_http/golden.h"
#include "tests/daemon_http/views.h"

#include <doctest/doctest.h>

using namespace reconciled;
using namespace reconciled::test;
using namespace std::chrono_literals;

namespace {

/// A status API over one view, at a time of its own.
struct Place {
  ManualClock clock{at(31)};
  Board board;
  StatusApi api{board, clock, "0.1.0"};

  explicit Place(std::shared_ptr<DaemonView> view = make_view()) {
    clock.advance(1001s);
    board.publish(std::move(view));
    board.beat(clock.monotonic());
  }
  static WebRequest get(std::string_view path, std::string_view query = {}) {
    WebRequest request;
    request.method = "GET";
    request.path = path;
    request.query = query;
    return request;
  }
};

Value parse(const WebResponse& response) {
  CHECK(response.content_type == "application/json");
  Budget budget;
  auto value = parse_json(*response.body, budget, DuplicateKeys::refuse);
  REQUIRE(value.has_value());
  return *value;
}

SyncState shown(const std::function<void(EnvironmentView&, StackView&)>& change) {
  EnvironmentView environment = make_environment_view();
  StackView stack = make_stack_view("platform", "vault");
  change(environment, stack);
  return shown_sync(environment, stack);
}

}  // namespace

TEST_CASE("the status is what it was") {
  check_golden("daemon_http/status.json", format_json(make_status(*make_view(), "0.1.0"), JsonStyle::pretty) + "\n");
}

TEST_CASE("the status of a stack is what it was") {
  const auto view = make_view();
  check_golden(
      "daemon_http/stack.json",
      format_json(make_stack_status(view->environments[0], view->environments[0].stacks[0]), JsonStyle::pretty) + "\n");
}

TEST_CASE("in sync is shown only when it is known") {
  CHECK(shown([](auto&, auto&) {}) == SyncState::in_sync);
  CHECK(shown([](auto& environment, auto&) { environment.ready = false; }) == SyncState::unknown);
  CHECK(shown([](auto& environment, auto&) { environment.cluster_error = Error(ErrorKind::api_transient, "gone"); }) ==
        SyncState::unknown);
  CHECK(shown([](auto&, auto& stack) { stack.error = Error(ErrorKind::render, "bad"); }) == SyncState::unknown);
  CHECK(shown([](auto&, auto& stack) { stack.sync = SyncState::failed; }) == SyncState::failed);
  CHECK(shown([](auto& environment, auto& stack) {
          stack.sync = SyncState::drifted;
          environment.ready = false;
        }) == SyncState::drifted);
}

TEST_CASE("why a stack is not as it should be: the error, what blocks it, what differs, its health") {
  StackView stack = make_stack_view("platform", "vault");
  CHECK(explain(stack).empty());
  stack.suspended = "audit";
  CHECK(explain(stack) == "suspended: audit");
  stack.health = {HealthState::progressing, "1 of 2 replicas are ready"};
  CHECK(explain(stack) == "1 of 2 replicas are ready");
  stack.drifted = 2;
  stack.orphaned = 1;
  CHECK(explain(stack) == "2 drifted, 1 orphaned");
  stack.blocked_by = {"waits for platform/db"};
  CHECK(explain(stack) == "waits for platform/db");
  stack.error = Error(ErrorKind::render, "no such key", {"a.yaml", 3, 1, ""});
  CHECK(explain(stack).find("no such key") != std::string::npos);
}

TEST_CASE("the text is made once for a view") {
  Place place;
  const auto first = place.api.status(Place::get("/api/v1/status"));
  CHECK(first.status == 200);
  CHECK(place.api.status(Place::get("/api/v1/status")).body == first.body);
  place.board.publish(make_view());
  CHECK(place.api.status(Place::get("/api/v1/status")).body != first.body);
}

TEST_CASE("a loop that stands still gives no status at all") {
  Place place;
  place.clock.advance(29s);
  CHECK(place.api.status(Place::get("/api/v1/status")).status == 200);
  CHECK(place.api.livez(Place::get("/livez")).status == 200);
  place.clock.advance(2s);
  for (const auto& response :
       {place.api.status(Place::get("/api/v1/status")), place.api.stack(Place::get("/api/v1/stacks/platform/vault")),
        place.api.readyz(Place::get("/readyz")), place.api.livez(Place::get("/livez"))}) {
    CHECK(response.status == 503);
    CHECK(response.body->find("in-sync") == std::string::npos);
  }
  place.board.beat(place.clock.monotonic());
  CHECK(place.api.status(Place::get("/api/v1/status")).status == 200);
}

TEST_CASE("a daemon that has published nothing is alive and not ready") {
  ManualClock clock;
  clock.advance(1000s);
  Board board;
  StatusApi api(board, clock, "0.1.0");
  CHECK(api.livez(Place::get("/livez")).status == 503);
  board.beat(clock.monotonic());
  CHECK(api.livez(Place::get("/livez")).status == 200);
  CHECK(api.readyz(Place::get("/readyz")).status == 503);
  CHECK(api.status(Place::get("/api/v1/status")).status == 503);
}

TEST_CASE("ready is when every environment is, and those that are not are named with the reason") {
  auto view = make_view();
  view->environments.push_back(make_environment_view());
  view->environments[1].environment = "staging";
  view->environments[1].ready = false;
  view->environments[1].cluster_error = Error(ErrorKind::api_auth, "the token was refused");
  Place place(view);
  const auto response = place.api.readyz(Place::get("/readyz"));
  CHECK(response.status == 503);
  CHECK(*response.body == "environment staging is not ready: the token was refused\n");
  CHECK(Place().api.readyz(Place::get("/readyz")).status == 200);
}

TEST_CASE("a stack is found by its path, in one environment or in all") {
  auto view = make_view();
  view->environments.push_back(make_environment_view());
  view->environments[1].environment = "staging";
  Place place(view);
  const auto count = [&](std::string_view path, std::string_view query = {}) {
    const auto response = place.api.stack(Place::get(path, query));
    return response.status == 200 ? static_cast<int>(parse(response)["items"].size()) : -response.status;
  };
  CHECK(count("/api/v1/stacks/platform/vault") == 2);
  CHECK(count("/api/v1/stacks/platform/vault", "environment=prod") == 1);
  CHECK(count("/api/v1/stacks/platform%2Fvault", "x=y&environment=pr%6Fd") == 1);
  CHECK(count("/api/v1/stacks/platform/vault", "environment=dev") == -404);
  CHECK(count("/api/v1/stacks/platform") == -404);
  CHECK(count("/api/v1/stacks/") == -404);
  CHECK(count("/api/v1/stacks/%zz/vault") == -404);
  CHECK(count("/api/v1/stacks/../../etc/passwd") == -404);
}
