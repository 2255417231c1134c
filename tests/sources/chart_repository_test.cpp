// A chart repository on nginx.
#include "tests/sources/chart_fixture.h"

#include <filesystem>

namespace reconciled {
namespace {

TEST_CASE("a chart repository's versions are listed, pinned by digest and fetched once") {
  ChartFixture charts;
  charts.publish({{"1.2.0", "one two"}, {"1.1.0", "one one"}});
  CHECK(take(charts.source->list_charts(charts.repository(), "service", soon())) ==
        std::vector<std::string>{"1.2.0", "1.1.0"});
  const ChartPin pin = take(charts.pin(charts.repository(), "1.1.0"));
  CHECK(pin.digest == sha256("one one").hex());
  CHECK(pin.url == charts.repository() + "/service-1.1.0.tgz");
  CHECK(take(charts.content(pin)) == "one one");
  CHECK(take(charts.content(pin)) == "one one");
  const std::string log = charts.repository_log();
  CHECK(count_of(log, charts.team + "/service-1.1.0.tgz") == 1);
  // The index is asked for again only if it changed.
  CHECK(count_of(log, charts.team + "/index.yaml [-] [-] 200") == 1);
  CHECK(count_of(log, charts.team + "/index.yaml [\\x22") == 1);
  charts.publish({{"1.30.0", "one thirty"}, {"1.2.0", "one two"}});
  CHECK(take(charts.source->list_charts(charts.repository(), "service", soon())).front() == "1.30.0");
  CHECK(take(charts.source->find_charts("platform")) == charts.repository());
  CHECK(says(error_of(charts.source->find_charts("platfrom")), "did you mean \"platform\"?"));
}

TEST_CASE("an archive that is not what the index says is refused, and so is a damaged cache") {
  ChartFixture charts;
  charts.publish({{"1.0.0", "as published"}});
  const ChartPin pin = take(charts.pin(charts.repository(), "1.0.0"));
  check_ok(chart_server().write(charts.team + "/service-1.0.0.tgz", "as replaced"));
  const Error error = error_of(charts.content(pin));
  CHECK(error.kind == ErrorKind::source_integrity);
  CHECK(says(error, sha256("as published").hex()));
  check_ok(chart_server().write(charts.team + "/service-1.0.0.tgz", "as published"));
  CHECK(take(charts.content(pin)) == "as published");
  const std::string kept = charts.temp.path() + "/cache/charts/archives/" + pin.digest;
  check_ok(write_file_atomically(kept, "as damaged"));
  CHECK(take(charts.content(pin)) == "as published");
  std::filesystem::remove_all(charts.temp.path() + "/cache");
  CHECK(take(charts.content(pin)) == "as published");
}

TEST_CASE("an index without digests is pinned by what the archive is") {
  ChartFixture charts;
  check_ok(chart_server().write(charts.team + "/charts/a.tgz", "bytes"));
  check_ok(chart_server().write(charts.team + "/index.yaml",
                                "apiVersion: v1\nentries: {service: [{version: 1.0.0, urls: [charts/a.tgz]}]}\n"));
  CHECK(take(charts.pin(charts.repository(), "1.0.0")).digest == sha256("bytes").hex());
}

TEST_CASE("a repository's credential goes to its own server alone") {
  ChartFixture charts;
  charts.publish({{"1.0.0", "bytes"}});
  CHECK(says(error_of(charts.pin(charts.repository("basic"), "1.0.0")), "it wants credentials"));
  charts.allow(chart_server().url("basic"), "wrong");
  CHECK(says(error_of(charts.pin(charts.repository("basic"), "1.0.0")), "it refuses our credentials"));
  charts.credentials.pop_back();
  charts.allow(chart_server().url("basic"), HttpsChartServer::password());
  const ChartPin pin = take(charts.pin(charts.repository("basic"), "1.0.0"));
  CHECK(take(charts.content(pin)) == "bytes");

  // The archive lies on another host, and the index is redirected to one: neither sees the name and password.
  charts.publish({{"2.0.0", "elsewhere"}},
                 "https://127.0.0.1:" + std::to_string(chart_server().port()) + "/basic/" + charts.team + '/');
  const ChartPin foreign = take(charts.pin(charts.repository("basic"), "2.0.0"));
  CHECK(error_of(charts.content(foreign)).kind == ErrorKind::source_auth);
  charts.allow(chart_server().url("moved"), HttpsChartServer::password());
  CHECK(error_of(charts.pin(charts.repository("moved"), "2.0.0")).kind == ErrorKind::source_auth);
  const std::string log = charts.repository_log();
  CAPTURE(log);
  CHECK(count_of(log, "127.0.0.1 /basic/" + charts.team) >= 2);
  CHECK(count_of(log, "127.0.0.1 /basic/" + charts.team + "/index.yaml [-] [Basic") == 0);
  CHECK(count_of(log, "127.0.0.1 /basic/" + charts.team + "/service-2.0.0.tgz [-] [Basic") == 0);

  // A credential of its own makes the redirect work.
  charts.allow("https://127.0.0.1:" + std::to_string(chart_server().port()) + "/basic", HttpsChartServer::password());
  CHECK(take(charts.content(take(charts.pin(charts.repository("moved"), "2.0.0")))) == "elsewhere");
}

TEST_CASE("what is wrong with a repository is named") {
  ChartFixture charts;
  charts.publish({{"1.0.0", "bytes"}});
  CHECK(error_of(charts.pin(charts.repository(), "9.9.9")).kind == ErrorKind::source_missing);
  CHECK(error_of(charts.source->list_charts(charts.repository(), "nothing", soon())).kind == ErrorKind::source_missing);
  CHECK(error_of(charts.pin(charts.repository("nowhere"), "1.0.0")).kind == ErrorKind::source_missing);
  CHECK(error_of(charts.pin(charts.repository("error"), "1.0.0")).kind == ErrorKind::source_transient);
  CHECK(error_of(charts.pin(charts.repository("forbidden"), "1.0.0")).kind == ErrorKind::source_auth);
  CHECK(error_of(charts.pin(charts.repository("html"), "1.0.0")).kind == ErrorKind::source_integrity);
  CHECK(says(error_of(charts.pin(charts.repository("circle"), "1.0.0")), "more than 5 times"));
  CHECK(says(error_of(charts.pin(charts.repository("plain"), "1.0.0")), "not followed"));
  CHECK(error_of(charts.pin("http://charts.example.com", "1.0.0")).kind == ErrorKind::config);
  CHECK(error_of(charts.source->resolve_chart({charts.repository("nowhere"), "service", "1.0.0"}, monotonic_now()))
            .kind == ErrorKind::timeout);
}

TEST_CASE("a repository that cannot be reached leaves what it said last") {
  ChartFixture charts;
  charts.publish({{"1.0.0", "bytes"}});
  TcpProxy proxy(chart_server().port());
  const std::string through = "https://localhost:" + std::to_string(proxy.port());
  charts.trust(through);
  charts.remake();
  const std::string repository = through + "/open/" + charts.team;
  const ChartPin pin = take(charts.pin(repository, "1.0.0"));
  CHECK(take(charts.content(pin)) == "bytes");
  proxy.begin_plan({.cut_after = 0});
  charts.remake();  // another process
  CHECK(take(charts.pin(repository, "1.0.0")) == pin);
  CHECK(take(charts.source->list_charts(repository, "service", soon())) == std::vector<std::string>{"1.0.0"});
  CHECK(take(charts.content(pin)) == "bytes");
}

TEST_CASE("an archive that is cut at any byte is never kept") {
  ChartFixture charts;
  const std::string bytes = noise(20'000, 7);
  charts.publish({{"1.0.0", bytes}});
  TcpProxy proxy(chart_server().port());
  const std::string through = "https://localhost:" + std::to_string(proxy.port());
  charts.trust(through);
  charts.remake();
  const ChartPin pin = take(charts.pin(through + "/open/" + charts.team, "1.0.0"));
  for (std::uint64_t cut = 0; cut < 20'000; cut += 1'999) {
    CAPTURE(cut);
    proxy.begin_plan({.cut_after = cut});
    CHECK(error_of(charts.content(pin)).kind == ErrorKind::source_transient);
  }
  proxy.begin_plan({});
  CHECK(take(charts.content(pin)) == bytes);
}

}  // namespace
}  // namespace reconciled
