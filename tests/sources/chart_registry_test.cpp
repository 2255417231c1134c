// Charts of an OCI registry.
#include "tests/sources/chart_fixture.h"

namespace reconciled {
namespace {

TEST_CASE("a registry's tags are versions, in all pages") {
  ChartFixture charts;
  const std::string team = charts.registry_team();
  for (const std::string version : {"1.0.0", "1.1.0", "1.2.0-rc.1", "1.2.0+build.5", "2.0.0"})
    check_ok(registry().push(team, "service", version, "archive " + version));
  auto versions = take(charts.source->list_charts(registry().repository(team), "service", soon()));
  std::ranges::sort(versions);
  CHECK(versions == std::vector<std::string>{"1.0.0", "1.1.0", "1.2.0+build.5", "1.2.0-rc.1", "2.0.0"});
  const ChartPin pin = take(charts.pin(registry().repository(team), "1.2.0+build.5"));
  CHECK(pin.version == "1.2.0+build.5");
  CHECK(pin.digest == sha256("archive 1.2.0+build.5").hex());
  CHECK(pin.url == registry().repository(team) + "/service:1.2.0_build.5");
  CHECK(take(charts.content(pin)) == "archive 1.2.0+build.5");
  CHECK(take(charts.content(pin)) == "archive 1.2.0+build.5");
  CHECK(count_of(registry().log(), team + "/service/blobs/") == 1);
}

TEST_CASE("a challenge is answered with a token; credentials go to the registry's own token server alone") {
  ChartFixture charts;
  const std::string team = charts.registry_team("private");
  check_ok(registry().push(team, "service", "1.0.0", "secret chart"));
  check_ok(registry().push(charts.registry_team("private/foreign"), "service", "1.0.0", "foreign"));
  CHECK(error_of(charts.pin(registry().repository(team), "1.0.0")).kind == ErrorKind::source_auth);
  const std::string host = "https://localhost:" + std::to_string(registry().port());
  charts.allow(host + "/private", OciTestRegistry::password());
  const ChartPin pin = take(charts.pin(registry().repository(team), "1.0.0"));
  CHECK(take(charts.content(pin)) == "secret chart");
  const std::string log = registry().log();
  CHECK(count_of(log, "/manifests/1.0.0 Bearer 200") >= 1);
  CHECK(count_of(log, team + "/service/blobs/sha256:" + pin.digest + " none") == 0);  // the token is kept

  // The realm is another server: it does not get what belongs to this one.
  CHECK(error_of(charts.pin(registry().repository(charts.registry_team("private/foreign")), "1.0.0")).kind ==
        ErrorKind::source_auth);
  CHECK(count_of(registry().log(), "127.0.0.1 GET /token") >= 1);
  for (const auto line_begin : {"127.0.0.1 GET /token"}) {
    const std::string now = registry().log();
    const auto at = now.rfind(line_begin);
    CHECK(now.substr(at, now.find('\n', at) - at).find("Basic") == std::string::npos);
  }
}

TEST_CASE("a registry that wants a name and a password gets them") {
  ChartFixture charts;
  const std::string team = charts.registry_team("basic");
  check_ok(registry().push(team, "service", "1.0.0", "basic chart"));
  CHECK(says(error_of(charts.pin(registry().repository(team), "1.0.0")), "it wants credentials"));
  charts.allow("https://localhost:" + std::to_string(registry().port()), OciTestRegistry::password());
  CHECK(take(charts.content(take(charts.pin(registry().repository(team), "1.0.0")))) == "basic chart");
}

TEST_CASE("a blob on another host is fetched without credentials") {
  ChartFixture charts;
  const std::string team = charts.registry_team("elsewhere");
  check_ok(registry().push(team, "service", "1.0.0", "far away"));
  charts.allow("https://localhost:" + std::to_string(registry().port()), OciTestRegistry::password());
  CHECK(take(charts.content(take(charts.pin(registry().repository(team), "1.0.0")))) == "far away");
  const std::string log = registry().log();
  CHECK(count_of(log, "127.0.0.1 GET /v2/" + team + "/service/blobs/") == 1);
  CHECK(count_of(log,
                 "127.0.0.1 GET /v2/" + team + "/service/blobs/sha256:" + sha256("far away").hex() + " none 200") == 1);
}

TEST_CASE("what is wrong with a registry is named") {
  ChartFixture charts;
  const auto pin_of = [&](const std::string& place) {
    check_ok(registry().push(charts.registry_team(place), "service", "1.0.0", "bytes " + place));
    return charts.pin(registry().repository(charts.registry_team(place)), "1.0.0");
  };
  CHECK(error_of(charts.pin(registry().repository(charts.registry_team()), "9.9.9")).kind == ErrorKind::source_missing);
  CHECK(error_of(charts.pin(registry().repository("UPPER"), "1.0.0")).kind == ErrorKind::config);
  CHECK(error_of(charts.pin(registry().repository(charts.registry_team()), "../../x")).kind ==
        ErrorKind::source_missing);
  CHECK(says(error_of(pin_of("lying")), "is not the one whose digest the registry says"));
  CHECK(says(error_of(pin_of("image")), "no layer has the media type"));
  const Error changed = error_of(charts.content(take(pin_of("changed"))));
  CHECK(changed.kind == ErrorKind::source_integrity);
}

TEST_CASE("a registry that is down leaves what it said last; a chart that was never seen is an error") {
  ChartFixture charts;
  const std::string team = charts.registry_team("public");
  check_ok(registry().push(team, "service", "1.0.0", "bytes"));
  const ChartPin pin = take(charts.pin(registry().repository(team), "1.0.0"));
  CHECK(take(charts.content(pin)) == "bytes");
  check_ok(registry().set_health(OciTestRegistry::Health::broken));
  charts.remake();  // another process
  CHECK(take(charts.pin(registry().repository(team), "1.0.0")) == pin);
  CHECK(take(charts.content(pin)) == "bytes");
  CHECK(error_of(charts.pin(registry().repository(team), "1.0.1")).kind == ErrorKind::source_transient);
  check_ok(registry().set_health(OciTestRegistry::Health::well));
}

}  // namespace
}  // namespace reconciled
