// Deliveries as the servers send them, for the tests of daemon/http.
#pragma once

#include "base/base64.h"
#include "base/digest.h"
#include "daemon/http/webhook.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reconciled::test {

using Headers = std::vector<std::pair<std::string, std::string>>;

inline constexpr std::string_view k_secret = "It's a Secret to Everybody";
inline const WallTime k_now{std::chrono::seconds(1'700'000'000)};

/// Keeps the texts that a WebRequest views.
struct Sent {
  Headers headers;
  std::string body;
  Reach reach = Reach::network;
  std::string path = "/webhook";
  std::string query{};
  std::vector<WebHeader> views{};

  WebRequest request() {
    views.clear();
    for (const auto& [name, value] : headers) views.push_back({name, value});
    WebRequest made;
    made.method = "POST";
    made.path = path;
    made.query = query;
    made.headers = views;
    made.body = body;
    made.reach = reach;
    return made;
  }
};

inline WebhookProof proof_of(std::initializer_list<std::string_view> secrets) {
  WebhookProof proof;
  for (const auto secret : secrets) proof.secrets.emplace_back(secret);
  return proof;
}

inline std::string hex_mac(std::string_view body, std::string_view secret = k_secret) {
  return hmac_sha256(secret, body).hex();
}

inline const std::string k_github_push =
    R"({"ref":"refs/heads/main","before":"0000000000000000000000000000000000000000",
"after":"1111111111111111111111111111111111111111","deleted":false,"forced":false,
"repository":{"id":1,"name":"fleet","full_name":"acme/fleet","default_branch":"main","pushed_at":1700000000,
"html_url":"https://github.com/acme/fleet","git_url":"git://github.com/acme/fleet.git","ssh_url":"git@github.com:acme/fleet.git",
"clone_url":"https://github.com/acme/fleet.git"},"commits":[{"id":"1111111111111111111111111111111111111111","added":["a"],"modified":[]}]})";

inline const std::string k_gitlab_push = R"({"object_kind":"push","ref":"refs/heads/main",
"after":"1111111111111111111111111111111111111111","checkout_sha":"1111111111111111111111111111111111111111",
"project":{"id":15,"default_branch":"main","web_url":"https://gitlab.example/acme/fleet",
"git_ssh_url":"git@gitlab.example:acme/fleet.git","git_http_url":"https://gitlab.example/acme/fleet.git"},
"repository":{"git_http_url":"https://gitlab.example/acme/fleet.git","git_ssh_url":"git@gitlab.example:acme/fleet.git"}})";

inline const std::string k_bitbucket_push = R"({"push":{"changes":[
{"new":{"type":"branch","name":"main","target":{"hash":"1111111111111111111111111111111111111111"}},"old":null},
{"new":null,"old":{"type":"tag","name":"v1","target":{"hash":"2222222222222222222222222222222222222222"}}}]},
"repository":{"full_name":"acme/fleet","links":{"html":{"href":"https://bitbucket.org/acme/fleet"}}}})";

inline const std::string k_data_center_push = R"({"eventKey":"repo:refs_changed",
"changes":[{"ref":{"id":"refs/heads/main","displayId":"main","type":"BRANCH"},"toHash":"1111111111111111111111111111111111111111"}],
"repository":{"slug":"fleet","links":{"clone":[{"href":"ssh://git@bb.example:7999/acme/fleet.git","name":"ssh"},
{"href":"https://bb.example/scm/acme/fleet.git","name":"http"}]}}})";

inline const std::string k_generic_push =
    R"({"repo":"https://git.example/acme/fleet.git","ref":"refs/heads/main","revision":"1111111111111111111111111111111111111111"})";

inline Sent github(std::string body = k_github_push, std::string_view secret = k_secret) {
  const std::string mac = hex_mac(body, secret);
  return {{{"Content-Type", "application/json"},
           {"X-GitHub-Event", "push"},
           {"X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958"},
           {"X-Hub-Signature-256", "sha256=" + mac}},
          std::move(body)};
}

inline Sent generic(std::string body = k_generic_push, std::string_view secret = k_secret) {
  const std::string mac = hex_mac(body, secret);
  return {{{"X-Signature", "sha256=" + mac}}, std::move(body)};
}

/// "v1,BASE64" over id, time and body, as the signed scheme of GitLab makes it.
inline std::string standard_signature(std::string_view id, std::int64_t time, std::string_view body,
                                      std::string_view key) {
  const Digest mac = hmac_sha256(key, std::string(id) + "." + std::to_string(time) + "." + std::string(body));
  return "v1," + encode_base64({reinterpret_cast<const char*>(mac.bytes.data()), mac.bytes.size()});
}

}  // namespace reconciled::test
