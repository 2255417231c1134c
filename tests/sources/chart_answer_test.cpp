// Answers of chart repositories and registries as values.
#include "sources/helm_index.h"
#include "sources/oci_answer.h"
#include "tests/sources/support.h"

namespace reconciled {
namespace {

Result<std::vector<IndexEntry>> read_index(std::string_view text, std::string_view chart = "service",
                                           Limits limits = {}) {
  Budget budget(limits);
  return read_helm_index(text, chart, budget);
}

constexpr std::string_view k_index = R"(apiVersion: v1
entries:
  other:
  - {name: other, version: 9.9.9, urls: [other-9.9.9.tgz]}
  service:
  - apiVersion: v2
    name: service
    version: 1.2.0
    dependencies: [{name: x, version: 1.x.x, urls: [no.tgz]}]
    digest: bogus
    urls: [https://cdn.example.com/service-1.2.0.tgz, mirror.tgz]
  - null
  - {name: service, version: null, urls: [a.tgz]}
  - {name: service, version: 1.1.0, urls: []}
  - text
  - version: 1.0.0
    digest: ABCDEF
    urls:
    - service-1.0.0.tgz
generated: "2026-01-01T00:00:00Z"
)";

TEST_CASE("an index answers the versions of one chart; entries that name no archive are left out") {
  const auto entries = take(read_index(k_index));
  REQUIRE(entries.size() == 2);
  CHECK(entries[0] == IndexEntry{"1.2.0", "bogus", "https://cdn.example.com/service-1.2.0.tgz"});
  CHECK(entries[1] == IndexEntry{"1.0.0", "abcdef", "service-1.0.0.tgz"});
  CHECK(take(read_index(k_index, "nothing")).empty());
  CHECK(take(read_index("{apiVersion: v1, entries: null}")).empty());
  CHECK(
      take(read_index(R"({"apiVersion":"v1","entries":{"service":[{"version":"1.0.0","urls":["a.tgz"]}]}})")).size() ==
      1);
}

TEST_CASE("what is no index is an integrity error, and a large one a limit") {
  for (const std::string_view text :
       {"", "<!DOCTYPE html><title>Sign in</title>", "[]", "entries: {}", "apiVersion: v1",
        "apiVersion: v1\nentries: [", "apiVersion: v1\nentries: {service: [{version: 1.0.0, urls: [a", "null",
        "{[a]: b}"}) {
    CAPTURE(text);
    CHECK(error_of(read_index(text)).kind == ErrorKind::source_integrity);
  }
  CHECK(error_of(read_index(k_index, "service", {.steps = 20})).kind == ErrorKind::limit);
}

TEST_CASE("a manifest names the archive of a chart by its digest") {
  Budget budget;
  const std::string hex(64, 'a');
  const auto manifest = [&](const std::string& layers) { return R"({"schemaVersion":2,"layers":)" + layers + "}"; };
  const std::string chart = R"({"mediaType":"application/vnd.cncf.helm.chart.content.v1.tar+gzip","digest":"sha256:)" +
                            hex + R"(","size":12})";
  const std::string provenance = R"({"mediaType":"application/vnd.cncf.helm.chart.provenance.v1.prov"})";
  const auto layer = take(read_chart_manifest(manifest("[" + provenance + "," + chart + "]"), budget));
  CHECK(layer == ChartLayer{hex, 12});
  for (const std::string& text :
       {std::string(), std::string("[]"), std::string("{}"), manifest("[]"), manifest("[" + provenance + "]"),
        std::string(R"({"manifests":[{}]})"),
        manifest(R"([{"mediaType":"application/tar+gzip","digest":"sha256:../..","size":1}])"),
        manifest(R"([{"mediaType":"application/tar+gzip","digest":"sha512:a","size":1}])"),
        manifest(R"([{"mediaType":"application/tar+gzip","digest":"sha256:)" + hex + R"(","size":-1}])")}) {
    CAPTURE(text);
    CHECK(error_of(read_chart_manifest(text, budget)).kind == ErrorKind::source_integrity);
  }
}

TEST_CASE("challenges, tokens, pages and tags") {
  const auto challenge = read_challenge(
      R"(Bearer realm="https://auth.example.com/token?a=b", service="registry" ,scope="repository:a/b:pull")");
  REQUIRE(challenge);
  CHECK(*challenge == TokenChallenge{"https://auth.example.com/token?a=b", "registry", "repository:a/b:pull"});
  CHECK(read_challenge(R"(bearer realm=https://x/token)")->realm == "https://x/token");
  for (const std::string_view header :
       {"", "Basic realm=\"x\"", "Bearer", "Bearer service=\"x\"", "Bearer realm=\"", "Bearer ="}) {
    CAPTURE(header);
    CHECK_FALSE(read_challenge(header));
  }
  Budget budget;
  CHECK(take(read_token(R"({"access_token":"abc"})", budget)) == "abc");
  CHECK(error_of(read_token(R"({"token":"a\r\nb"})", budget)).kind == ErrorKind::source_integrity);
  CHECK(error_of(read_token("<html>", budget)).kind == ErrorKind::source_integrity);
  CHECK(take(read_tag_list(R"({"name":"a","tags":["1.0.0",null,"1.1.0_b1"]})", budget)).size() == 2);
  CHECK(take(read_tag_list(R"({"name":"a","tags":null})", budget)).empty());
  CHECK(read_next_link(R"(</v2/a/tags/list?last=1>; rel="next")") == "/v2/a/tags/list?last=1");
  CHECK(read_next_link(R"(</v2/a>; rel="prev")").empty());
  CHECK(read_next_link("<").empty());
  CHECK(tag_of_version("1.1.0+b1") == "1.1.0_b1");
  CHECK(version_of_tag("1.1.0_b1") == "1.1.0+b1");
}

}  // namespace
}  // namespace reconciled
