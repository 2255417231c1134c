// Settings to sockets: every route of the daemon on its own listener, and on no other.
#include "daemon/http/front.h"

#include "base/file.h"
#include "config/settings.h"
#include "tests/daemon_http/client.h"
#include "tests/daemon_http/deliveries.h"
#include "tests/daemon_http/views.h"
#include "tests/support/temp_folder.h"

#include <doctest/doctest.h>

#include <atomic>

using namespace reconciled;
using namespace reconciled::test;
using namespace std::chrono_literals;

namespace {

Settings settings_of(std::string_view text) {
  SettingsInput input;
  input.files.push_back({"/config.yaml", "apiVersion: reconcile/v1\nkind: Config\n" + std::string(text)});
  SettingsCheck check = check_settings(input);
  REQUIRE(check.settings.has_value());
  return std::move(*check.settings);
}

/// The whole of daemon/http behind real sockets.
struct Place {
  ManualClock clock{at(31)};
  std::atomic<int> wakes{0};
  std::unique_ptr<HttpFront> front;

  Place() {
    clock.advance(1001s);
    auto started = HttpFront::start(
        settings_of("listen: {webhooks: '127.0.0.1:0', status: '127.0.0.1:0', metrics: '127.0.0.1:0'}\n"
                    "webhooks: {secrets: [\"" +
                    std::string(k_secret) + "\"]}\n"),
        {}, clock, {.version = "0.1.0", .revision = "abcdef0", .wake = [this] { ++wakes; }});
    REQUIRE_MESSAGE(started.has_value(), format_error(started.error()));
    front = std::move(*started);
    front->board().publish(make_view());
    front->board().beat(clock.monotonic());
    front->webhooks().set_repositories({{"prod", {"https://github.com/acme/fleet", "main"}}});
  }
  Reply ask(std::size_t listener, const std::string& text) {
    return Client(front->listeners().at(listener).address.port).ask(text);
  }
  std::string scrape() { return ask(2, "GET /metrics HTTP/1.1\r\n\r\n").body; }
};

std::string post(Sent sent) {
  std::string text = "POST /webhook HTTP/1.1\r\nHost: x\r\n";
  for (const auto& [name, value] : sent.headers) text += name + ": " + value + "\r\n";
  return text + "Content-Length: " + std::to_string(sent.body.size()) + "\r\n\r\n" + sent.body;
}

}  // namespace

TEST_CASE("each path is served by its listener alone") {
  Place place;
  struct Row {
    std::size_t listener;
    const char* request;
    int status;
  };
  for (const auto& [listener, request, status] :
       {Row{1, "GET /api/v1/status", 200}, Row{1, "GET /api/v1/stacks/platform/vault", 200}, Row{1, "GET /livez", 200},
        Row{1, "GET /readyz", 200}, Row{2, "GET /metrics", 200}, Row{1, "POST /api/v1/status", 405},
        Row{0, "GET /webhook", 405}}) {
    CAPTURE(request);
    for (std::size_t other = 0; other < 3; ++other)
      CHECK(place.ask(other, std::string(request) + " HTTP/1.1\r\n\r\n").status == (other == listener ? status : 404));
  }
}

TEST_CASE("a signed delivery over a socket wakes its environment; the rest is counted") {
  Place place;
  CHECK(place.ask(0, post(github())).status == 202);
  REQUIRE(place.front->pushes().take().size() == 1);
  CHECK(place.wakes == 1);
  CHECK(place.ask(0, post(github())).status == 200);
  CHECK(place.ask(0, post(github(k_github_push, "wrong"))).status == 401);
  CHECK(place.ask(0, post(github("[]"))).status == 400);
  CHECK(place.ask(0, "POST /webhook HTTP/1.1\r\nContent-Length: 6000000\r\n\r\n").status == 413);
  CHECK(place.front->pushes().take().empty());
  const std::string text = place.scrape();
  for (const char* series : {R"(reconciled_webhooks_total{provider="github",result="accepted"} 1)",
                             R"(reconciled_webhooks_total{provider="github",result="replayed"} 1)",
                             R"(reconciled_webhooks_total{provider="github",result="bad_signature"} 1)",
                             R"(reconciled_webhooks_total{provider="github",result="malformed"} 1)",
                             R"(reconciled_webhooks_total{provider="unknown",result="limited"} 1)",
                             R"(reconciled_http_requests_total{code="202",route="/webhook"} 1)",
                             R"(reconciled_http_requests_total{code="413",route="/webhook"} 1)"}) {
    CAPTURE(series);
    CHECK(text.find(std::string(series) + "\n") != std::string::npos);
  }
  CHECK(text.find(k_secret) == std::string::npos);
}

TEST_CASE("a reload replaces the secrets, and one that fails keeps them") {
  Place place;
  CHECK_FALSE(place.front->reload(settings_of("webhooks: {secretFiles: [/nonexistent/secret]}\n")).has_value());
  CHECK(place.ask(0, post(github())).status == 202);
  CHECK(place.front->reload(settings_of("webhooks: {secrets: [new-secret]}\n")).has_value());
  CHECK(place.ask(0, post(github())).status == 401);
  CHECK(place.ask(0, post(github(k_github_push, "new-secret"))).status == 200);
}

TEST_CASE("listeners are those of the settings, and a socket of the name takes the place of the address") {
  const Settings settings = settings_of("listen: {status: '', metrics: ':9999'}\nwebhooks: {maxBodyBytes: 1Mi}\n");
  const auto plain = make_listeners(settings, {});
  REQUIRE(plain.has_value());
  REQUIRE(plain->size() == 2);
  CHECK((*plain)[0].name == "webhooks");
  CHECK((*plain)[0].address == ListenAddress{"127.0.0.1", 9480});
  CHECK((*plain)[0].max_body == 1U << 20);
  CHECK((*plain)[1].name == "metrics");
  CHECK((*plain)[1].max_body == 0);
  const std::vector<InheritedSocket> sockets{{"status", 3}, {"webhooks", 4}};
  const auto inherited = make_listeners(settings, sockets);
  REQUIRE(inherited.has_value());
  REQUIRE(inherited->size() == 3);
  CHECK((*inherited)[0].descriptor == 4);
  CHECK((*inherited)[1].descriptor == 3);
  CHECK_FALSE((*inherited)[2].descriptor.has_value());
  const std::vector<InheritedSocket> odd{{"webhook", 3}};
  const auto refused = make_listeners(settings, odd);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message.find("\"webhook\"") != std::string::npos);
}

TEST_CASE("connections of all listeners leave half of the buffers free") {
  const auto listeners = make_listeners(settings_of(""), {});
  REQUIRE(listeners.has_value());
  std::size_t connections = 0;
  for (const auto& listener : *listeners) connections += listener.max_connections;
  const HttpLimits limits;
  CHECK(connections * (limits.header + (2U << 10)) * 2 <= limits.buffers);
}

TEST_CASE("secrets come from the settings and from files, and a file that gives none is an error") {
  const TempFolder folder;
  REQUIRE(write_file_atomically(folder.path() + "/one", "file-secret\r\n").has_value());
  REQUIRE(write_file_atomically(folder.path() + "/empty", "\n").has_value());
  const auto proof = read_webhook_proof(
      settings_of("webhooks: {secrets: [plain-secret], secretFiles: [" + folder.path() + "/one]}\n").webhooks);
  REQUIRE(proof.has_value());
  REQUIRE(proof->secrets.size() == 2);
  CHECK(proof->secrets[0].reveal() == "plain-secret");
  CHECK(proof->secrets[1].reveal() == "file-secret");
  CHECK(proof->unsigned_deliveries == WebhookProof::Unsigned::refuse);
  for (const char* name : {"/empty", "/missing"}) {
    const auto wrong =
        read_webhook_proof(settings_of("webhooks: {secretFiles: [" + folder.path() + name + "]}\n").webhooks);
    REQUIRE_FALSE(wrong.has_value());
    CHECK(wrong.error().where.file == folder.path() + name);
  }
  const auto open = read_webhook_proof(settings_of("webhooks: {allowUnsigned: true}\n").webhooks);
  CHECK(open->unsigned_deliveries == WebhookProof::Unsigned::allow_on_loopback);
}
