// What ships fits the program: its settings, its version, its ports.
#include "config/settings.h"

#include "base/file.h"
#include "config/listen_address.h"
#include "tests/deploy/manifests.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

namespace reconciled {
namespace {

Value find_manifest(std::string_view kind) {
  const auto manifests = read_manifests("base");
  const auto found = std::ranges::find(manifests, kind, &Manifest::kind);
  REQUIRE(found != manifests.end());
  return found->object;
}

Settings shipped_settings() {
  const std::string text(find_manifest("ConfigMap").at({"data", "config.yaml"}).as_string());
  auto checked = check_settings({Program::reconciled, {{"config.yaml", text}}, {}, {}});
  for (const auto& problem : checked.problems) FAIL_CHECK(format_error(problem));
  REQUIRE(checked.settings);
  return std::move(*checked.settings);
}

}  // namespace

TEST_CASE("the daemon takes the settings of the manifests") {
  const Settings settings = shipped_settings();
  CHECK(settings.clusters.size() == 1);
  CHECK(settings.clusters[0].in_cluster);
  CHECK(settings.lease.enabled);
  CHECK_FALSE(settings.webhooks.allow_unsigned);
}

TEST_CASE("the ports of the container are those that the daemon listens on") {
  const Settings settings = shipped_settings();
  const std::map<std::string, std::string, std::less<>> addresses{
      {"webhooks", settings.listen.webhooks}, {"status", settings.listen.status}, {"metrics", settings.listen.metrics}};
  const Value deployment = find_manifest("Deployment");
  const Value& container = deployment.at({"spec", "template", "spec", "containers"}).items()[0];
  CHECK(container["ports"].size() == addresses.size());
  for (const Value& port : container["ports"].items()) {
    const auto address = addresses.find(port["name"].as_string());
    REQUIRE(address != addresses.end());
    const auto listen = parse_listen_address(address->second);
    REQUIRE(listen);
    CHECK(listen->port == port["containerPort"].as_integer());
    CHECK_FALSE(is_loopback(*listen));
  }
}

TEST_CASE("the account may take the Lease that the settings name") {
  const Settings settings = shipped_settings();
  bool granted = false;
  for (const auto& manifest : read_manifests("base")) {
    for (const Value& rule : manifest.object["rules"].items()) {
      const auto names = rule["resourceNames"].items();
      granted = granted || std::ranges::find(names, Value(settings.lease.name)) != names.end();
    }
  }
  CHECK(granted);
}

TEST_CASE("the image of the Deployment has the version of the program") {
  const Value deployment = find_manifest("Deployment");
  const Value& container = deployment.at({"spec", "template", "spec", "containers"}).items()[0];
  CHECK(container["image"].as_string() == std::string("reconciled:") + RECONCILED_VERSION);
}

TEST_CASE("workers fit into the memory of the container") {
  const Settings settings = shipped_settings();
  const Value deployment = find_manifest("Deployment");
  const Value& container = deployment.at({"spec", "template", "spec", "containers"}).items()[0];
  CHECK(container.at({"resources", "limits", "memory"}).as_string() == "512Mi");
  CHECK(settings.workers.count * settings.workers.memory + (96U << 20) <= 512U << 20);
}

}  // namespace reconciled
