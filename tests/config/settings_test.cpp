#include "config/settings.h"

#include "tests/config/input.h"

#include <doctest/doctest.h>

using namespace reconciled;
using namespace reconciled::test;
using namespace std::chrono_literals;

TEST_CASE("no file and no environment give the defaults") {
  const auto settings = load_settings({});
  REQUIRE(settings.has_value());
  CHECK(settings->installation == "default");
  CHECK(settings->sources.empty());
  CHECK(settings->clusters.empty());
  CHECK(settings->prune.max_count == 5);
  CHECK(settings->prune.max_percent == 20);
  CHECK(settings->limits.render_bytes == 256U << 20);
  CHECK(settings->limits.render_time == 30s);
  CHECK(settings->log.level == LogLevel::info);
  CHECK(settings->log.format == LogStyle::automatic);
  CHECK(settings->timeouts.health == 5min);
}

TEST_CASE("an empty file and one of comments say nothing") {
  SettingsInput input;
  input.files = {{"a.yaml", ""}, {"b.yaml", "# nothing here\n"}};
  CHECK(settings_of(input).installation == "default");
}

TEST_CASE("every setting of a whole file is read") {
  const auto settings = settings_of(R"(
installation: blue
sources:
  - name: fleet
    url: https://git.example/fleet.git
    ref: main
    environments: [dev, prod]
    interval: 90s
    auth:
      username: bot
      tokenFile: /run/token
      caFile: ca.pem
      clientCertFile: cert.pem
      clientKeyFile: key.pem
      proxy: http://proxy.example:3128
  - {name: teams, url: "git@git.example:teams/all.git", auth: {sshKeyFile: /home/u/id, knownHostsFile: hosts}}
credentials:
  - {urlPrefix: https://git.example/teams, username: u, password: "p:w"}
clusters:
  - name: prod
    kubeconfig: kube/prod
    context: admin@prod
    namespace: gitops
    uid: 01234567-89ab-cdef-0123-456789abcdef
    allowExecPlugins: true
    impersonate: {user: deployer, groups: [a, b]}
    requests: {window: 8, perSecond: 50, burst: 10}
  - {name: here, inCluster: true}
environments:
  - {name: prod, source: fleet, cluster: prod}
  - {name: dev}
limits: {renderSteps: 1000000, renderBytes: 64Mi, renderTime: 1m30s, renderDepth: 100, responseBytes: 8388608,
  parallelRequests: 9, packBytes: 1Gi}
prune: {maxCount: 0, maxPercent: 100}
cache: {folder: /var/cache/r}
log: {level: debug, format: json}
timeouts: {fetch: 10s, request: 20s, health: 1h}
)");
  CHECK(settings.installation == "blue");
  REQUIRE(settings.sources.size() == 2);
  const auto& fleet = settings.sources[0];
  CHECK(fleet.name == "fleet");
  CHECK(fleet.url == "https://git.example/fleet.git");
  CHECK(fleet.ref == "main");
  CHECK(fleet.environments == std::vector<std::string>{"dev", "prod"});
  CHECK(fleet.interval == 90s);
  CHECK(fleet.auth.username == "bot");
  CHECK(fleet.auth.token_file == "/run/token");
  CHECK(fleet.auth.ca_file == "ca.pem");
  CHECK(fleet.auth.client_cert_file == "cert.pem");
  CHECK(fleet.auth.client_key_file == "key.pem");
  CHECK(fleet.auth.proxy == "http://proxy.example:3128");
  CHECK(settings.sources[1].interval == 1min);
  CHECK(settings.sources[1].auth.known_hosts_file == "hosts");
  REQUIRE(settings.credentials.size() == 1);
  CHECK(settings.credentials[0].url_prefix == "https://git.example/teams");
  CHECK(settings.credentials[0].auth.password.reveal() == "p:w");
  REQUIRE(settings.clusters.size() == 2);
  const auto& prod = settings.clusters[0];
  CHECK(prod.kubeconfig == "kube/prod");
  CHECK(prod.context == "admin@prod");
  CHECK(prod.state_namespace == "gitops");
  CHECK(prod.uid == "01234567-89ab-cdef-0123-456789abcdef");
  CHECK(prod.allow_exec_plugins);
  CHECK(prod.impersonate.user == "deployer");
  CHECK(prod.impersonate.groups == std::vector<std::string>{"a", "b"});
  CHECK(prod.requests.window == 8);
  CHECK(prod.requests.per_second == 50);
  CHECK(prod.requests.burst == 10);
  CHECK(settings.clusters[1].in_cluster);
  CHECK(settings.clusters[1].state_namespace == "reconciled-system");
  CHECK(settings.clusters[1].requests.window == 32);
  REQUIRE(settings.environments.size() == 2);
  CHECK(settings.environments[0].source == "fleet");
  CHECK(settings.environments[1].cluster.empty());
  CHECK(settings.limits.render_steps == 1'000'000);
  CHECK(settings.limits.render_bytes == 64U << 20);
  CHECK(settings.limits.render_time == 90s);
  CHECK(settings.limits.response_bytes == 8U << 20);
  CHECK(settings.limits.pack_bytes == 1U << 30);
  CHECK(settings.prune.max_count == 0);
  CHECK(settings.prune.max_percent == 100);
  CHECK(settings.cache.folder == "/var/cache/r");
  CHECK(settings.log.level == LogLevel::debug);
  CHECK(settings.log.format == LogStyle::json);
  CHECK(settings.timeouts.health == 1h);
}

TEST_CASE("later files merge maps deep and replace lists and single values") {
  SettingsInput input = input_of("log: {level: warn, format: json}\nenvironments: [{name: dev}, {name: prod}]\n");
  input.files.push_back(
      {"conf.d/10.yaml", std::string(k_header) + "log: {level: debug}\nenvironments: [{name: staging}]\n"});
  input.files.push_back({"conf.d/20.yaml", std::string(k_header) + "log:\nprune: {maxCount: 7}\n"});
  const auto settings = settings_of(input);
  CHECK(settings.log.level == LogLevel::debug);
  CHECK(settings.log.format == LogStyle::json);
  REQUIRE(settings.environments.size() == 1);
  CHECK(settings.environments[0].name == "staging");
  CHECK(settings.prune.max_count == 7);
}

TEST_CASE("a problem in a merged value names the file that said it") {
  SettingsInput input = input_of("log: {level: warn}\n");
  input.files.push_back({"conf.d/10.yaml", std::string(k_header) + "log:\n  level: loud\n"});
  CHECK(problems_of(input) == "conf.d/10.yaml:4:10: log.level: \"loud\" is not known here\n");
}

TEST_CASE("a file of conf.d says what it is, too") {
  SettingsInput input = input_of("");
  input.files.push_back({"conf.d/a.yaml", "log: {level: warn}\n"});
  input.files.push_back({"conf.d/b.yaml", "apiVersion: v1\nkind: ConfigMap\n"});
  CHECK(problems_of(input) ==
        "conf.d/a.yaml:1:1: apiVersion: \"apiVersion\" is missing\n"
        "conf.d/a.yaml:1:1: kind: \"kind\" is missing\n"
        "conf.d/b.yaml:1:13: apiVersion: \"apiVersion\" is not \"reconcile/v1\"\n"
        "conf.d/b.yaml:2:7: kind: \"kind\" is not \"Config\"\n");
}

TEST_CASE("the environment wins over the files, each program by its own prefix") {
  SettingsInput input = input_of("log: {level: warn}\n");
  input.environment = {{"RECONCILE_LOG_LEVEL", "error"},
                       {"RECONCILED_LOG_LEVEL", "debug"},
                       {"RECONCILE_LIMITS_RENDER_BYTES", "2Mi"},
                       {"RECONCILE_PRUNE_MAX_COUNT", ""}};
  CHECK(settings_of(input).log.level == LogLevel::error);
  CHECK(settings_of(input).limits.render_bytes == 2U << 20);
  CHECK(settings_of(input).prune.max_count == 5);
  input.program = Program::reconciled;
  CHECK(settings_of(input).log.level == LogLevel::debug);
  CHECK(settings_of(input).limits.render_bytes == 256U << 20);
}

TEST_CASE("a wrong variable is named in the error") {
  SettingsInput input;
  input.environment = {{"RECONCILE_TIMEOUTS_HEALTH", "soon"}, {"RECONCILE_PRUNE_MAX_PERCENT", "101"}};
  const auto problems = problems_of(input);
  CHECK(problems.find("$RECONCILE_TIMEOUTS_HEALTH: timeouts.health: want a duration, have \"soon\"") !=
        std::string::npos);
  CHECK(problems.find("$RECONCILE_PRUNE_MAX_PERCENT: prune.maxPercent: 101 is out of bounds\n") != std::string::npos);
}

TEST_CASE("all problems are found in one pass, in the order of the text where it has one") {
  CHECK(problems_of(R"(lgo: {level: info}
log: {level: inof, format: json, colour: red}
sources:
  - {name: Fleet, url: ftp://x/y}
  - just text
prune: [5, 20]
cache: here
clusters: {name: x}
)") == "config.yaml:3:1: unknown key \"lgo\", did you mean \"log\"?\n"
       "config.yaml:6:12: sources[0].name: a name has only lower-case letters, digits and dashes\n"
       "config.yaml:6:24: sources[0].url: the scheme of the URL is not served: use https://, ssh:// or file://\n"
       "config.yaml:7:5: sources[1]: want a map, have a single value\n"
       "config.yaml:10:11: clusters: want a list of maps, have a map\n"
       "config.yaml:8:8: prune: want a map, have a list\n"
       "config.yaml:9:8: cache: want a map, have a single value\n"
       "config.yaml:4:34: log: unknown key \"colour\"\n"
       "config.yaml:4:14: log.level: \"inof\" is not known here, did you mean \"info\"?\n");
}

TEST_CASE("load_settings returns the first problem and counts the rest") {
  const auto settings = load_settings(input_of("a: 1\nb: 2\nc: 3\n"));
  REQUIRE_FALSE(settings.has_value());
  CHECK(settings.error().kind == ErrorKind::config);
  CHECK(settings.error().where.line == 3);
  CHECK(settings.error().hint.find("2 more problems were found") != std::string::npos);
  CHECK(load_settings(input_of("a: 1\n")).error().hint.find("more") == std::string::npos);
}
