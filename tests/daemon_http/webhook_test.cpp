#include "daemon/http/webhook.h"

#include "base/json.h"
#include "tests/daemon_http/deliveries.h"

#include <doctest/doctest.h>

using namespace reconciled;
using namespace reconciled::test;

namespace {

Delivery verify(Sent sent, const WebhookProof& proof = proof_of({k_secret})) {
  return verify_and_read(sent.request(), proof, k_now);
}

/// Refused without a word of the body.
void check_refused(const Delivery& delivery) {
  CAPTURE(delivery.message);
  CHECK(delivery.result == WebhookResult::bad_signature);
  CHECK(delivery.pushes.empty());
  CHECK(delivery.id.empty());
  CHECK_FALSE(delivery.message.empty());
}

void set(Sent& sent, std::string_view name, const std::string& value) {
  for (auto& header : sent.headers) {
    if (header.first == name) header.second = value;
  }
}

Sent with_event(std::string_view header, std::string_view event, std::string_view signature_header,
                std::string_view prefix, const std::string& body) {
  return {
      {{std::string(header), std::string(event)}, {std::string(signature_header), std::string(prefix) + hex_mac(body)}},
      body};
}

Sent gitlab_token(std::string_view token, const std::string& body = k_gitlab_push) {
  return {{{"X-Gitlab-Event", "Push Hook"}, {"X-Gitlab-Event-UUID", "u-1"}, {"X-Gitlab-Token", std::string(token)}},
          body};
}

Sent gitlab_signed(std::int64_t time, std::string_view key, const std::string& body = k_gitlab_push) {
  return {{{"X-Gitlab-Event", "Push Hook"},
           {"webhook-id", "msg-1"},
           {"webhook-timestamp", std::to_string(time)},
           {"webhook-signature", standard_signature("msg-1", time, body, key)}},
          body};
}

}  // namespace

TEST_CASE("a signed push of GitHub is read") {
  const Delivery delivery = verify(github());
  CHECK(delivery.message == "");
  CHECK(delivery.result == WebhookResult::accepted);
  CHECK(delivery.provider == WebhookProvider::github);
  CHECK(delivery.id == "72d3162e-cc78-11e3-81ab-4c9367dc0958");
  REQUIRE(delivery.pushes.size() == 1);
  CHECK(delivery.pushes[0] == PushNotice{{"https://github.com/acme/fleet.git", "git@github.com:acme/fleet.git",
                                          "git://github.com/acme/fleet.git", "https://github.com/acme/fleet"},
                                         "refs/heads/main",
                                         "1111111111111111111111111111111111111111",
                                         "main"});
}

TEST_CASE("the signature is that of GitHub's own documentation") {
  Sent sent{{{"X-GitHub-Event", "ping"},
             {"X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"}},
            "Hello, World!"};
  CHECK(verify(sent).result == WebhookResult::ping);
  sent.body += "!";
  check_refused(verify(sent));
}

TEST_CASE("names of headers are compared without case") {
  Sent sent = github();
  for (auto& header : sent.headers) {
    for (char& c : header.first) c = static_cast<char>(std::tolower(c));
  }
  CHECK(verify(sent).result == WebhookResult::accepted);
  for (auto& header : sent.headers) {
    for (char& c : header.first) c = static_cast<char>(std::toupper(c));
  }
  CHECK(verify(sent).result == WebhookResult::accepted);
}

TEST_CASE("each of two secrets is valid, another is not") {
  CHECK(verify(github(), proof_of({"new-secret", k_secret})).result == WebhookResult::accepted);
  CHECK(verify(github(), proof_of({k_secret, "new-secret"})).result == WebhookResult::accepted);
  check_refused(verify(github(), proof_of({"new-secret", "newer-secret"})));
}

TEST_CASE("what is not signed as it should be is refused before the body is read") {
  SUBCASE("unsigned") {
    Sent sent = github("this is no JSON");
    std::erase_if(sent.headers, [](const auto& header) { return header.first == "X-Hub-Signature-256"; });
    check_refused(verify(sent));
  }
  SUBCASE("SHA-1 alone") {
    Sent sent = github();
    std::erase_if(sent.headers, [](const auto& header) { return header.first == "X-Hub-Signature-256"; });
    sent.headers.emplace_back("X-Hub-Signature", "sha1=7d38cdd689735b008b3c702edd92eea23791c5f6");
    const Delivery delivery = verify(sent);
    check_refused(delivery);
    CHECK(delivery.message.find("SHA-1") != std::string::npos);
  }
  SUBCASE("tampered") {
    Sent sent = github();
    sent.body[sent.body.find("main")] = 'M';
    check_refused(verify(sent));
  }
  SUBCASE("another secret") {
    check_refused(verify(github(k_github_push, "another secret")));
  }
  SUBCASE("an empty secret signs nothing") {
    check_refused(verify(github(k_github_push, "")));
  }
  SUBCASE("two signatures") {
    Sent sent = github();
    sent.headers.emplace_back("x-hub-signature-256", "sha256=" + hex_mac(sent.body));
    check_refused(verify(sent));
  }
  SUBCASE("odd signatures") {
    const std::string mac = hex_mac(k_github_push);
    std::string upper = mac;
    for (char& c : upper) c = static_cast<char>(std::toupper(c));
    for (const std::string& odd :
         {std::string(), "sha256=" + upper, mac, "sha256=" + mac.substr(1), "sha256=" + mac + "0", "sha256= " + mac,
          "SHA256=" + mac, std::string("sha256="), "sha1=" + mac, "sha256=" + mac + ",sha256=" + mac,
          "sha256=" + std::string(64, 'g'), std::string(100'000, 'a')}) {
      Sent sent = github();
      set(sent, "X-Hub-Signature-256", odd);
      CAPTURE(odd.substr(0, 80));
      check_refused(verify(sent));
    }
  }
}

TEST_CASE("without a secret nothing is taken, unless it is allowed and comes from this machine") {
  const WebhookProof none;
  check_refused(verify(github(), none));
  Sent unsigned_push{{{"X-GitHub-Event", "push"}}, k_github_push};
  check_refused(verify(unsigned_push, none));
  WebhookProof allowed;
  allowed.unsigned_deliveries = WebhookProof::Unsigned::allow_on_loopback;
  check_refused(verify(unsigned_push, allowed));
  unsigned_push.reach = Reach::loopback;
  CHECK(verify(unsigned_push, allowed).result == WebhookResult::accepted);
  check_refused(verify(unsigned_push, none));
  allowed.secrets.emplace_back(k_secret);  // a secret ends the permission
  check_refused(verify(unsigned_push, allowed));
}

TEST_CASE("a payload may come as a form, signed as it is sent") {
  const std::string body =
      "payload=%7B%22ref%22%3A%22refs%2Fheads%2Fmain%22%2C%22repository%22%3A%7B%22clone_url%22%3A+"
      "%22https%3A%2F%2Fgithub.com%2Facme%2Ffleet.git%22%7D%7D";
  Sent sent = github(body);
  set(sent, "Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  const Delivery delivery = verify(sent);
  REQUIRE_MESSAGE(delivery.result == WebhookResult::accepted, delivery.message);
  CHECK(delivery.pushes[0].urls == std::vector<std::string>{"https://github.com/acme/fleet.git"});
  Sent broken = github("payload=%7");
  set(broken, "Content-Type", "application/x-www-form-urlencoded");
  CHECK(verify(broken).result == WebhookResult::malformed);
  Sent missing = github("other=1");
  set(missing, "Content-Type", "application/x-www-form-urlencoded");
  CHECK(verify(missing).result == WebhookResult::malformed);
}

TEST_CASE("pings and events that are no push do nothing") {
  Sent ping = github("{}");
  set(ping, "X-GitHub-Event", "ping");
  CHECK(verify(ping).result == WebhookResult::ping);
  Sent issues = github("{}");
  set(issues, "X-GitHub-Event", "issues");
  CHECK(verify(issues).result == WebhookResult::unmatched);
  Sent nothing = github("{}");
  set(nothing, "X-GitHub-Event", "");
  CHECK(verify(nothing).result == WebhookResult::malformed);
}

TEST_CASE("every provider is told by its header and proven in its way") {
  struct Row {
    WebhookProvider provider;
    Sent sent;
    std::vector<std::string> refs;
  };
  const std::vector<Row> rows{
      {WebhookProvider::gitea,
       with_event("X-Gitea-Event", "push", "X-Gitea-Signature", "", k_github_push),
       {"refs/heads/main"}},
      {WebhookProvider::gogs,
       with_event("X-Gogs-Event", "push", "X-Gogs-Signature", "", k_github_push),
       {"refs/heads/main"}},
      {WebhookProvider::bitbucket,
       with_event("X-Event-Key", "repo:push", "X-Hub-Signature", "sha256=", k_bitbucket_push),
       {"refs/heads/main", "refs/tags/v1"}},
      {WebhookProvider::bitbucket,
       with_event("X-Event-Key", "repo:refs_changed", "X-Hub-Signature", "sha256=", k_data_center_push),
       {"refs/heads/main"}},
      {WebhookProvider::gitlab, gitlab_token(k_secret), {"refs/heads/main"}},
      {WebhookProvider::generic, generic(), {"refs/heads/main"}},
  };
  for (const Row& row : rows) {
    CAPTURE(name_of(row.provider));
    const Delivery delivery = verify(row.sent);
    REQUIRE_MESSAGE(delivery.result == WebhookResult::accepted, delivery.message);
    CHECK(delivery.provider == row.provider);
    std::vector<std::string> refs;
    for (const auto& push : delivery.pushes) refs.push_back(push.ref);
    CHECK(refs == row.refs);
    CHECK_FALSE(delivery.pushes[0].urls.empty());
    Sent tampered = row.sent;
    if (row.provider != WebhookProvider::gitlab)
      tampered.body += " ";  // a token covers no body
    else
      set(tampered, "X-Gitlab-Token", "wrong");
    check_refused(verify(tampered));
  }
}

TEST_CASE("Forgejo, which sends the headers of three others too, is itself") {
  Sent sent = with_event("X-Forgejo-Event", "push", "X-Forgejo-Signature", "", k_github_push);
  sent.headers.insert(sent.headers.begin(),
                      {{"X-GitHub-Event", "push"}, {"X-Gogs-Event", "push"}, {"X-Gitea-Event", "push"}});
  const Delivery delivery = verify(sent);
  CHECK(delivery.provider == WebhookProvider::forgejo);
  CHECK(delivery.result == WebhookResult::accepted);
}

TEST_CASE("GitLab's signature covers id and time, and a time long ago is refused") {
  const std::int64_t now = 1'700'000'000;
  CHECK(verify(gitlab_signed(now, k_secret)).result == WebhookResult::accepted);
  CHECK(verify(gitlab_signed(now - 299, k_secret)).id == "msg-1");
  CHECK(verify(gitlab_signed(now + 299, k_secret)).result == WebhookResult::accepted);
  check_refused(verify(gitlab_signed(now - 301, k_secret)));
  check_refused(verify(gitlab_signed(now + 301, k_secret)));
  check_refused(verify(gitlab_signed(now, "another")));
  Sent other_id = gitlab_signed(now, k_secret);
  set(other_id, "webhook-id", "msg-2");
  check_refused(verify(other_id));
  Sent no_time = gitlab_signed(now, k_secret);
  set(no_time, "webhook-timestamp", "soon");
  check_refused(verify(no_time));
  Sent many = gitlab_signed(now, k_secret);
  set(many, "webhook-signature", "v2,abc v1,abc " + standard_signature("msg-1", now, k_gitlab_push, k_secret));
  CHECK(verify(many).result == WebhookResult::accepted);
  // A key as GitLab shows it: whsec_ and base64.
  const std::string shown = "whsec_" + encode_base64("raw signing key");
  CHECK(verify(gitlab_signed(now, "raw signing key"), proof_of({shown})).result == WebhookResult::accepted);
  // A wrong signature is not saved by a right token.
  Sent both = gitlab_signed(now, "another");
  both.headers.emplace_back("X-Gitlab-Token", std::string(k_secret));
  check_refused(verify(both));
}

TEST_CASE("a proven body that is no payload is malformed, and the reason repeats nothing of it") {
  for (const std::string& body : {std::string(), std::string("null"), std::string("[]"), std::string("\"text\""),
                                  std::string("{"), std::string(100'000, '['), std::string("{\"ref\":\"marker-text\"}"),
                                  std::string("{\"ref\":{\"marker-text\":1}}"), std::string("\xff\xfe"),
                                  "{\"ref\":\"" + std::string(1 << 20, 'x') + "\"}"}) {
    CAPTURE(body.substr(0, 40));
    const Delivery delivery = verify(github(body));
    CHECK(delivery.result == WebhookResult::malformed);
    CHECK(delivery.pushes.empty());
    CHECK(delivery.message.find("marker-text") == std::string::npos);
    CHECK(delivery.message.size() < 300);
  }
}

TEST_CASE("a payload deeper or larger than any server sends is refused quickly") {
  std::string deep;
  for (int i = 0; i < 1'000'000; ++i) deep += "{\"a\":";
  CHECK(verify(github(deep)).result == WebhookResult::malformed);
  std::string wide = "{\"a\":[";
  for (int i = 0; i < 1'000'000; ++i) wide += "[],";
  CHECK(verify(github(wide + "0]}")).result == WebhookResult::malformed);
}

TEST_CASE("many changes of one delivery end in one that matches any ref") {
  std::string body = R"({"push":{"changes":[)";
  for (int i = 0; i < 200; ++i) body += R"({"new":{"type":"branch","name":"b)" + std::to_string(i) + R"("}},)";
  body.back() = ']';
  body += R"(},"repository":{"links":{"html":{"href":"https://bitbucket.org/acme/fleet"}}}})";
  const Delivery delivery = verify(with_event("X-Event-Key", "repo:push", "X-Hub-Signature", "sha256=", body));
  REQUIRE(delivery.pushes.size() == 100);
  CHECK(delivery.pushes.back().ref.empty());
}

TEST_CASE("delivery ids are taken only when they are plain and short") {
  for (const std::string& odd : {std::string(200, 'a'), std::string("a b"), std::string("a\tb"), std::string()}) {
    Sent sent = github();
    set(sent, "X-GitHub-Delivery", odd);
    const Delivery delivery = verify(sent);
    CHECK(delivery.result == WebhookResult::accepted);
    CHECK(delivery.id.empty());
    CHECK_FALSE(delivery.digest.empty());
  }
}

namespace {

/// Every payload with one value removed or replaced by another type.
void mutate(const Value& whole, Value& at, const std::function<void(const Value&)>& visit, Value& root) {
  (void)whole;
  const std::vector<Value> others{Value(),
                                  Value(true),
                                  Value(7),
                                  Value("x"),
                                  Value::list(),
                                  Value::map(),
                                  Value::list({Value()}),
                                  Value::list({Value::map()}),
                                  Value(1e300)};
  const auto try_each = [&](Value& place) {
    const Value kept = place;
    for (const Value& other : others) {
      place = other;
      visit(root);
    }
    place = kept;
    mutate(whole, place, visit, root);
  };
  if (at.is_map()) {
    std::vector<std::string> keys;
    for (const auto& entry : at.entries()) keys.emplace_back(entry.key.as_string());
    for (const auto& key : keys) {
      const Value kept = at[key];
      at.erase(key);
      visit(root);
      at.set(key, kept);
      try_each(at.edit(key));
    }
  } else if (at.is_list()) {
    for (std::size_t i = 0; i < at.size(); ++i) try_each(at.edit_item(i));
  }
}

}  // namespace

TEST_CASE("every field of every payload may be absent or of another type") {
  struct Row {
    const std::string* body;
    std::function<Sent(const std::string&)> send;
  };
  const std::vector<Row> rows{
      {&k_github_push, [](const std::string& body) { return github(body); }},
      {&k_gitlab_push, [](const std::string& body) { return gitlab_token(k_secret, body); }},
      {&k_bitbucket_push,
       [](const std::string& body) {
         return with_event("X-Event-Key", "repo:push", "X-Hub-Signature", "sha256=", body);
       }},
      {&k_data_center_push,
       [](const std::string& body) {
         return with_event("X-Event-Key", "repo:refs_changed", "X-Hub-Signature", "sha256=", body);
       }},
      {&k_generic_push, [](const std::string& body) { return generic(body); }},
  };
  std::size_t tried = 0;
  std::size_t malformed = 0;
  for (const Row& row : rows) {
    Budget budget;
    auto payload = parse_json(*row.body, budget);
    REQUIRE(payload.has_value());
    mutate(
        *payload, *payload,
        [&](const Value& changed) {
          const Delivery delivery = verify(row.send(format_json(changed)));
          ++tried;
          const bool accepted = delivery.result == WebhookResult::accepted;
          CHECK((accepted || delivery.result == WebhookResult::malformed));
          CHECK(accepted == !delivery.pushes.empty());
          for (const auto& push : delivery.pushes) CHECK_FALSE(push.urls.empty());
          if (!accepted) ++malformed;
        },
        *payload);
  }
  CHECK(tried > 500);
  CHECK(malformed > 50);
}
