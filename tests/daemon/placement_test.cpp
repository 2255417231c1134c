#include "daemon/placement.h"

#include <doctest/doctest.h>

using namespace reconciled;

namespace {

Settings settings_of(const std::string& yaml) {
  SettingsInput input;
  input.program = Program::reconciled;
  input.files = {{"config.yaml", "apiVersion: reconcile/v1\nkind: Config\n" + yaml}};
  auto settings = load_settings(input);
  REQUIRE_MESSAGE(settings.has_value(), format_error(settings.error()));
  return std::move(*settings);
}

std::string refusal_of(const std::string& yaml) {
  const auto placements = place_environments(settings_of(yaml));
  REQUIRE(!placements.has_value());
  CHECK(placements.error().kind == ErrorKind::config);
  return format_error(placements.error());
}

const std::string k_fleet =
    "sources: [{name: fleet, url: 'https://git.example.com/fleet.git', ref: main, interval: 30s}]\n";

}  // namespace

TEST_CASE("one source and one cluster need no name") {
  const auto placements = place_environments(
      settings_of(k_fleet + "clusters: [{name: main, kubeconfig: /k}]\nenvironments: [{name: dev}, {name: prod}]\n"));
  REQUIRE(placements.has_value());
  REQUIRE(placements->size() == 2);
  CHECK((*placements)[0] ==
        Placement{"dev", "fleet", {"https://git.example.com/fleet.git", "main"}, std::chrono::seconds(30), "main"});
  CHECK((*placements)[1].environment == "prod");
}

TEST_CASE("a cluster of the environment's name is meant where several are defined") {
  const auto placements = place_environments(settings_of(
      k_fleet +
      "clusters: [{name: dev, kubeconfig: /a}, {name: prod, kubeconfig: /b}]\nenvironments: [{name: prod}]\n"));
  REQUIRE(placements.has_value());
  CHECK((*placements)[0].cluster == "prod");
}

TEST_CASE("a source that lists the environment holds it") {
  const auto placements = place_environments(
      settings_of("sources: [{name: a, url: 'https://h/a'}, {name: b, url: 'https://h/b', environments: [dev]}]\n"
                  "clusters: [{name: main, kubeconfig: /k}]\nenvironments: [{name: dev}]\n"));
  REQUIRE(placements.has_value());
  CHECK((*placements)[0].source == "b");
}

TEST_CASE("what cannot be told is refused, with what to do") {
  CHECK(refusal_of(k_fleet).find("name no environment") != std::string::npos);
  CHECK(refusal_of(k_fleet +
                   "clusters: [{name: a, kubeconfig: /a}, {name: b, kubeconfig: /b}]\nenvironments: [{name: dev}]\n")
            .find("names no cluster") != std::string::npos);
  CHECK(refusal_of(
            "sources: [{name: a, url: 'https://h/a'}, {name: b, url: 'https://h/b'}]\nenvironments: [{name: dev}]\n")
            .find("2 may hold it") != std::string::npos);
}
