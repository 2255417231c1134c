// What only the daemon uses: listeners, webhooks, the Lease.
#include "config/change.h"
#include "config/listen_address.h"
#include "tests/config/input.h"

#include <doctest/doctest.h>

using namespace reconciled;
using namespace reconciled::test;

TEST_CASE("without a word the daemon listens on loopback and takes no unsigned delivery") {
  const Settings settings = settings_of("");
  CHECK(settings.listen.webhooks == "127.0.0.1:9480");
  CHECK(settings.listen.status == "127.0.0.1:9481");
  CHECK(settings.listen.metrics == "127.0.0.1:9482");
  CHECK(settings.webhooks.secrets.empty());
  CHECK_FALSE(settings.webhooks.allow_unsigned);
  CHECK(settings.webhooks.max_body_bytes == 5U << 20);
  CHECK(settings.lease.enabled);
  CHECK(settings.lease.duration == std::chrono::seconds(15));
  CHECK(settings.reconcile.resync == std::chrono::hours(1));
  CHECK(settings.workers.count == 2);
}

TEST_CASE("an address to listen on is one of this machine, or nothing") {
  CHECK(parse_listen_address("127.0.0.1:0") == ListenAddress{"127.0.0.1", 0});
  CHECK(parse_listen_address("localhost:9480") == ListenAddress{"127.0.0.1", 9480});
  CHECK(parse_listen_address("[::1]:65535") == ListenAddress{"::1", 65535});
  CHECK(parse_listen_address(":8080") == ListenAddress{"", 8080});
  for (const char* wrong : {"", "9480", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:1x",
                            "example.org:80", "::1:80", "[::1:80", "[127.0.0.1]:80", "1.2.3:80", "a b:80"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_listen_address(wrong).has_value());
  }
  CHECK(settings_of("listen: {metrics: ''}\n").listen.metrics.empty());
  CHECK(problems_of("listen: {status: 'example.org:80'}\n") ==
        "config.yaml:3:18: listen.status: the host of an address to listen on is an IP address or localhost\n");
}

TEST_CASE("loopback is what no other machine reaches") {
  for (const char* text : {"127.0.0.1:1", "127.9.9.9:1", "localhost:1", "[::1]:1"})
    CHECK(is_loopback(*parse_listen_address(text)));
  for (const char* text : {"0.0.0.0:1", ":1", "[::]:1", "128.0.0.1:1", "10.0.0.1:1"})
    CHECK_FALSE(is_loopback(*parse_listen_address(text)));
}

TEST_CASE("other machines reach the webhooks only with a secret") {
  CHECK(problems_of("listen: {webhooks: ':9480'}\n") ==
        "config.yaml:3:20: listen.webhooks: other machines can reach :9480, and there is no secret to check deliveries "
        "with\n");
  CHECK(
      problems_of("listen: {webhooks: ':9480'}\nwebhooks: {allowUnsigned: true}\n") ==
      "config.yaml:4:27: webhooks.allowUnsigned: unsigned deliveries are for loopback, and listen.webhooks is :9480\n");
  CHECK(settings_of("listen: {webhooks: ':9480'}\nwebhooks: {secrets: [one-secret]}\n").webhooks.secrets.size() == 1);
  CHECK(settings_of("listen: {webhooks: ':9480'}\nwebhooks: {secretFiles: [/run/hook]}\n").webhooks.secret_files ==
        std::vector<std::string>{"/run/hook"});
  CHECK(settings_of("webhooks: {allowUnsigned: true}\n").webhooks.allow_unsigned);
  CHECK(settings_of("listen: {webhooks: ''}\n").listen.webhooks.empty());
}

TEST_CASE("secrets and unsigned deliveries exclude each other") {
  CHECK(problems_of("webhooks: {secrets: [abc], allowUnsigned: true}\n")
            .find("allowUnsigned and secrets exclude each other") != std::string::npos);
}

TEST_CASE("lists of secrets follow references, refuse empty ones and never show themselves") {
  SettingsInput input = input_of("webhooks: {secrets: ['${env:HOOK}', second-secret]}\n");
  input.environment = {{"HOOK", "first-secret"}};
  const Settings settings = settings_of(input);
  REQUIRE(settings.webhooks.secrets.size() == 2);
  CHECK(settings.webhooks.secrets[0].reveal() == "first-secret");
  CHECK(secrets_of(settings) == std::vector<std::string_view>{"first-secret", "second-secret"});

  CHECK(problems_of("webhooks: {secrets: ['']}\n") == "config.yaml:3:22: webhooks.secrets[0]: the secret is empty\n");
  CHECK(problems_of("webhooks: {secrets: hunter2}\n").find("hunter2") == std::string::npos);
  CHECK(problems_of("webhooks: {secrets: [a, b, c, d, e]}\n").find("more than 4 secrets") != std::string::npos);
  CHECK(diff_settings(settings_of("webhooks: {secrets: [abc]}\n"), settings_of("webhooks: {secrets: [abd]}\n")) ==
        std::vector<SettingChange>{{"webhooks.secrets", SettingChange::Kind::changed, SettingChange::Effect::live}});
}

TEST_CASE("files of secrets start from the folder of the file that names them") {
  SettingsInput input;
  input.files.push_back(
      {"/etc/reconciled/config.yaml", std::string(k_header) + "webhooks: {secretFiles: [hook, /run/other]}\n"});
  CHECK(settings_of(input).webhooks.secret_files == std::vector<std::string>{"/etc/reconciled/hook", "/run/other"});
}

TEST_CASE("a Lease is renewed well before it ends") {
  CHECK(problems_of("lease: {duration: 10s}\n") ==
        "config.yaml:3:8: lease.renewDeadline: renewDeadline is not below duration: 10s and 10s\n");
  CHECK(problems_of("lease: {retryPeriod: 10s}\n").find("lease.retryPeriod: retryPeriod is not below renewDeadline") !=
        std::string::npos);
  CHECK(settings_of("lease: {enabled: false, name: other}\n").lease.name == "other");
}
