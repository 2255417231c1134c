#include "daemon/http/webhook_endpoint.h"
#include "tests/daemon_http/deliveries.h"

#include <doctest/doctest.h>

#include <map>

using namespace reconciled;
using namespace reconciled::test;

namespace {

/// An endpoint with what surrounds it.
struct Place {
  ManualClock clock{k_now};
  int notified = 0;
  PushBox box{[this] { ++notified; }};
  std::map<std::string, int> counts;
  std::vector<std::string> lines;
  Logger log{LogFormat::logfmt, LogLevel::debug, [this](std::string_view line) { lines.emplace_back(line); }};
  WebhookEndpoint endpoint{clock, box,
                           [this](WebhookProvider provider, WebhookResult result) {
                             ++counts[std::string(name_of(provider)) + " " + std::string(name_of(result))];
                           },
                           &log};

  Place() {
    endpoint.set_proof(proof_of({k_secret}));
    endpoint.set_repositories({{"prod", {"git@github.com:acme/fleet.git", "main"}},
                               {"dev", {"https://github.com/acme/fleet", "develop"}},
                               {"staging", {"ssh://git@github.com:22/acme/fleet", ""}},
                               {"other", {"https://github.com/acme/other", "main"}}});
  }
  int post(Sent sent) { return endpoint.handle(sent.request()).status; }
  std::string text(Sent sent) { return *endpoint.handle(sent.request()).body; }
  std::vector<std::string> taken() {
    std::vector<std::string> names;
    for (const auto& push : box.take()) names.push_back(push.environment);
    return names;
  }
};

Sent with_id(std::string id, std::string body) {
  Sent sent = github(std::move(body));
  sent.headers[2].second = std::move(id);
  return sent;
}

}  // namespace

TEST_CASE("a push wakes the environments that look at its repository and ref, once") {
  Place place;
  CHECK(place.text(github()) == "{\"result\":\"accepted\"}\n");
  CHECK(place.notified == 1);
  CHECK(place.taken() == std::vector<std::string>{"prod", "staging"});
  CHECK(place.taken().empty());
}

TEST_CASE("many pushes before the loop looks are one wake, with the time of the first") {
  Place place;
  for (int i = 0; i < 100; ++i) {
    std::string body = k_github_push;
    body.insert(1, "\"n\":" + std::to_string(i) + ",");
    CHECK(place.post(with_id("id-" + std::to_string(i), body)) == 202);
    place.clock.advance(std::chrono::milliseconds(10));
  }
  CHECK(place.notified == 1);
  const auto pushes = place.box.take();
  REQUIRE(pushes.size() == 2);
  CHECK(pushes[0].arrived == MonotonicTime{});
}

TEST_CASE("a thousand replays are one early look") {
  Place place;
  CHECK(place.post(github()) == 202);
  CHECK(place.taken().size() == 2);
  for (int i = 0; i < 500; ++i) CHECK(place.post(github()) == 200);
  for (int i = 0; i < 500; ++i) CHECK(place.post(with_id("new-" + std::to_string(i), k_github_push)) == 200);
  std::string changed = k_github_push;
  changed.insert(1, "\"n\":1,");
  CHECK(place.post(with_id("72d3162e-cc78-11e3-81ab-4c9367dc0958", changed)) == 200);
  CHECK(place.taken().empty());
  CHECK(place.counts["github replayed"] == 1001);
}

TEST_CASE("an old delivery is forgotten, and no more are remembered than the bound") {
  DeliveryLog log(4, std::chrono::minutes(10));
  ManualClock clock;
  Delivery delivery;
  delivery.id = "a";
  CHECK(log.note(delivery, clock.monotonic()) == DeliveryLog::Seen::no);
  CHECK(log.note(delivery, clock.monotonic()) == DeliveryLog::Seen::yes);
  clock.advance(std::chrono::minutes(11));
  CHECK(log.note(delivery, clock.monotonic()) == DeliveryLog::Seen::no);
  for (int i = 0; i < 100; ++i) {
    delivery.id = std::to_string(i);
    delivery.digest = "d" + delivery.id;
    log.note(delivery, clock.monotonic());
    CHECK(log.size() <= 4);
  }
  delivery.id = "a";
  delivery.digest.clear();
  CHECK(log.note(delivery, clock.monotonic()) == DeliveryLog::Seen::no);
  const Delivery nameless;
  CHECK(log.note(nameless, clock.monotonic()) == DeliveryLog::Seen::no);
  CHECK(log.note(nameless, clock.monotonic()) == DeliveryLog::Seen::no);
}

TEST_CASE("a delivery without an id may come again where its body may repeat") {
  Place place;
  place.endpoint.set_repositories({{"prod", {"https://git.example/acme/fleet", "main"}}});
  CHECK(place.post(generic()) == 202);
  CHECK(place.taken().size() == 1);
  CHECK(place.post(generic()) == 202);
  CHECK(place.taken().size() == 1);
}

TEST_CASE("what is refused wakes nobody and is counted") {
  Place place;
  Sent forged = github(k_github_push, "wrong");
  CHECK(place.post(forged) == 401);
  CHECK(place.post(github("[]")) == 400);
  CHECK(place.post(github(R"({"ref":"refs/heads/main","repository":{"clone_url":"https://github.com/x/y"}})")) == 200);
  CHECK(
      place.post(github(
          R"({"ref":"refs/heads/nobody","repository":{"default_branch":"main","clone_url":"https://github.com/acme/fleet"}})")) ==
      200);
  Sent ping = github("{}");
  ping.headers[1].second = "ping";
  CHECK(place.post(ping) == 200);
  CHECK(place.taken().empty());
  CHECK(place.notified == 0);
  CHECK(place.counts ==
        std::map<std::string, int>{
            {"github bad_signature", 1}, {"github malformed", 1}, {"github unmatched", 2}, {"github ping", 1}});
}

TEST_CASE("a flood of forged deliveries writes few lines, and none shows a secret") {
  Place place;
  for (int i = 0; i < 1000; ++i) place.post(github(k_github_push, "wrong"));
  CHECK(place.lines.size() == 1);
  place.clock.advance(std::chrono::seconds(11));
  place.post(github(k_github_push, "wrong"));
  CHECK(place.lines.size() == 2);
  for (const auto& line : place.lines) CHECK(line.find(k_secret) == std::string::npos);
}

TEST_CASE("secrets are replaced while serving") {
  Place place;
  place.endpoint.set_proof(proof_of({"new-secret", k_secret}));
  CHECK(place.post(github(k_github_push, "new-secret")) == 202);
  place.endpoint.set_proof(proof_of({"new-secret"}));
  CHECK(place.post(github()) == 401);
}

TEST_CASE("a repository is found among thousands, also on another port") {
  Place place;
  std::vector<WatchedRepository> many;
  for (int i = 0; i < 5000; ++i)
    many.push_back({"e" + std::to_string(i), {"https://git.example:8443/team/r" + std::to_string(i), ""}});
  place.endpoint.set_repositories(many);
  const auto ask = [&](const std::string& url) {
    place.post(with_id(url, R"({"ref":"refs/heads/main","repository":{"clone_url":")" + url + "\"}}"));
    return place.taken();
  };
  CHECK(ask("https://git.example:8443/team/r4711.git") == std::vector<std::string>{"e4711"});
  CHECK(ask("ssh://git@git.example:2222/team/r4712.git") == std::vector<std::string>{"e4712"});
  CHECK(ask("https://git.example/team/r4713.git").empty());
}
