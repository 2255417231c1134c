// The client side of the status API: what `reconcile status --server` asks with.
#include "cli/fetch_page.h"
#include "daemon/http/listener.h"
#include "daemon/http/status.h"
#include "tests/daemon_http/views.h"

#include <doctest/doctest.h>

using namespace reconciled;
using namespace reconciled::test;
using namespace std::chrono_literals;

namespace {

struct Place {
  ManualClock clock{at(31)};
  Board board;
  StatusApi api{board, clock, "0.1.0"};
  std::unique_ptr<HttpServer> server;
  std::string url;

  Place() {
    clock.advance(1001s);
    board.publish(make_view());
    board.beat(clock.monotonic());
    ListenerOptions options;
    options.name = "status";
    options.address = {"127.0.0.1", 0};
    auto started = HttpServer::start(
        {options}, {{"status", "GET", "/api/v1/status", [this](const WebRequest& r) { return api.status(r); }},
                    {"status", "GET", "/api/v1/stacks/", [this](const WebRequest& r) { return api.stack(r); }}});
    REQUIRE(started.has_value());
    server = std::move(*started);
    url = "http://" + format_listen_address(server->listeners()[0].address);
  }
};

}  // namespace

TEST_CASE("a status is fetched whole") {
  Place place;
  const auto page = fetch_page({.server = place.url, .target = "/api/v1/status"});
  REQUIRE_MESSAGE(page.has_value(), format_error(page.error()));
  CHECK(*page == *place.api.status({}).body);
  CHECK(fetch_page({.server = place.url + "/", .target = "/api/v1/status"}).has_value());
}

TEST_CASE("a refusal carries the daemon's own words") {
  Place place;
  place.clock.advance(60s);
  const auto stalled = fetch_page({.server = place.url, .target = "/api/v1/status"});
  REQUIRE_FALSE(stalled.has_value());
  CHECK(stalled.error().kind == ErrorKind::api_transient);
  CHECK(stalled.error().message.find("503: the daemon has not moved for 1m") != std::string::npos);
  place.board.beat(place.clock.monotonic());
  const auto missing = fetch_page({.server = place.url, .target = "/api/v1/stacks/a/b"});
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().kind == ErrorKind::api_missing);
  CHECK(missing.error().message.find("there is no such stack") != std::string::npos);
}

TEST_CASE("nobody there, too much, and no URL at all are told apart") {
  Place place;
  const auto large = fetch_page({.server = place.url, .target = "/api/v1/status", .max_bytes = 100});
  REQUIRE_FALSE(large.has_value());
  CHECK(large.error().kind == ErrorKind::api_transient);
  place.server->stop();
  place.server.reset();
  const auto nobody = fetch_page({.server = place.url, .target = "/api/v1/status"});
  REQUIRE_FALSE(nobody.has_value());
  CHECK(nobody.error().kind == ErrorKind::api_transient);
  CHECK(nobody.error().hint.find("listen.status") != std::string::npos);
  for (const char* odd : {"", "ftp://x", "http://", "http://u:hunter2@h", "http://h/?q"}) {
    CAPTURE(odd);
    const auto refused = fetch_page({.server = odd, .target = "/"});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().kind == ErrorKind::usage);
    CHECK(format_error(refused.error()).find("hunter2") == std::string::npos);
  }
}
