// lock, of charts: which archive or folder a stack gets.
#include "engine/lock.h"
#include "engine/lock_chart.h"
#include "engine/pinned_source.h"
#include "ports/memory_tree.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace reconciled;

namespace {

/// Charts by repository and name: versions and the text of their archives.
class FakeCharts final : public Source {
 public:
  Result<Revision> resolve(const SourceRef& ref, MonotonicTime) override {
    if (ref.url != "https://git.example.com/charts.git") return fail(ErrorKind::source_missing, "no such repository");
    return Revision{
        .url = ref.url, .ref = ref.ref, .commit = std::string(40, 'c'), .tree = "t", .author = {}, .subject = {}};
  }
  Result<std::shared_ptr<const SourceTree>> open(const Revision&) override {
    return make_memory_tree({{"charts/service/Chart.yaml", "name: service\nversion: 1.0.0\n"}});
  }
  Result<std::string> find_charts(std::string_view name) override {
    if (name == "platform") return std::string("https://charts.example.com");
    if (name == "team") return std::string("git+https://git.example.com/charts.git");
    return Source::find_charts(name);
  }
  Result<std::vector<std::string>> list_charts(const std::string&, const std::string&, MonotonicTime) override {
    ++lists;
    std::vector<std::string> found;
    for (const auto& [version, archive] : versions) found.push_back(version);
    return found;
  }
  Result<ChartPin> resolve_chart(const ChartRef& ref, MonotonicTime) override {
    ++resolves;
    const auto at = versions.find(ref.version);
    if (at == versions.end()) return fail(ErrorKind::source_missing, "no version " + ref.version);
    return ChartPin{ref.repository, ref.name, ref.version, sha256(at->second).hex(), "https://x/" + ref.version};
  }
  Result<ChartArchive> open_chart(const ChartPin& pin, MonotonicTime) override {
    return std::make_shared<const std::string>(versions.at(pin.version));
  }
  std::map<std::string, std::string> versions{
      {"1.0.0", "one"}, {"1.2.0", "one two"}, {"1.10.0", "one ten"}, {"2.0.0-rc.1", "two"}, {"v0.9.0", "nine"}};
  int lists = 0;
  int resolves = 0;
};

struct Lock {
  FakeCharts charts;
  OpenTree environment{{},
                       make_memory_tree({{"charts/service/Chart.yaml", "name: service\nversion: 3.0.0\n"},
                                         {"charts/service-2.1.0/Chart.yaml", "name: service\nversion: 2.1.0\n"},
                                         {"charts/service-2.2.0.tgz", "bytes"},
                                         {"charts/service-mesh/Chart.yaml", "name: service-mesh\nversion: 9.0.0\n"},
                                         {"charts/README.md", ""}})};

  Result<std::optional<ChartInput>> chart(Value helm) {
    Stack stack;
    stack.id = {"prod", "apps", "shop"};
    stack.origin.file = "apps/shop/stack.yaml";
    stack.helm = std::move(helm);
    return lock_chart(stack, environment, charts, {});
  }
  /// Where the chart lies, with the version that was taken; or the error.
  std::string told(Value helm) {
    const auto found = chart(std::move(helm));
    if (!found) return format_error(found.error());
    if (!*found) return "own folder";
    return (*found)->origin + ((*found)->pin ? " " + (*found)->pin->version : "");
  }
};

Value helm(std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
  Value value = Value::map();
  for (const auto& [key, text] : members) value.set(key, text);
  return value;
}

}  // namespace

TEST_CASE("a range takes the newest version in it, prereleases only when it names one") {
  const std::vector<std::string> versions{"1.0.0", "1.10.0", "1.2.0", "2.0.0-rc.1", "junk", "v0.9.0"};
  CHECK(choose_version(versions, "") == "1.10.0");
  CHECK(choose_version(versions, "~1.2") == "1.2.0");
  CHECK(choose_version(versions, ">=1 <2") == "1.10.0");
  CHECK(choose_version(versions, ">=2.0.0-0") == "2.0.0-rc.1");
  CHECK(choose_version(versions, "0.9.0") == "v0.9.0");
  CHECK(choose_version(versions, "junk") == "junk");
  CHECK(choose_version(versions, "^3").empty());
  CHECK(choose_version(versions, "not a range").empty());
  CHECK(choose_version({}, "").empty());
}

TEST_CASE("charts of repositories: a full version is not looked for, a range is") {
  Lock lock;
  CHECK(lock.told(helm({{"chart", "platform/service"}, {"version", "1.2.0"}})) == "service-1.2.0.tgz 1.2.0");
  CHECK(lock.charts.lists == 0);
  CHECK(lock.told(helm({{"chart", "platform/service"}, {"version", "1.x"}})) == "service-1.10.0.tgz 1.10.0");
  CHECK(lock.charts.lists == 1);
  CHECK(lock.told(helm({{"chart", "oci://r.example.com/a/service"}})) == "service-1.10.0.tgz 1.10.0");
  const auto chart =
      lock.chart(helm({{"chart", "service"}, {"repository", "https://charts.example.com"}, {"version", "1.0.0"}}));
  REQUIRE(chart);
  CHECK(*(*chart)->archive == "one");
  CHECK((*chart)->pin->digest == sha256("one").hex());
}

TEST_CASE("a chart that cannot be had says which and where") {
  Lock lock;
  CHECK(lock.told(helm({{"chart", "platfrom/service"}})).find("no place of charts \"platfrom\"") != std::string::npos);
  const auto missing = lock.told(helm({{"chart", "platform/service"}, {"version", "^7"}}));
  CHECK(missing.find("apps/shop/stack.yaml") != std::string::npos);
  CHECK(missing.find("none of the 5 versions of chart service in https://charts.example.com is \"^7\"") !=
        std::string::npos);
  const std::string wrong(64, '0');
  CHECK(lock.told(helm({{"chart", "platform/service"}, {"version", "1.0.0"}, {"digest", "sha256:" + wrong}}))
            .find("and helm.digest says sha256:0000") != std::string::npos);
  CHECK(lock.told(
            helm({{"chart", "platform/service"}, {"version", "1.0.0"}, {"digest", "sha256:" + sha256("one").hex()}})) ==
        "service-1.0.0.tgz 1.0.0");
}

TEST_CASE("charts of this repository: a folder, an archive, or one of several versions") {
  Lock lock;
  CHECK(lock.told(Value()) == "own folder");
  CHECK(lock.told(helm({{"chart", "./charts/service"}})) == "charts/service");
  CHECK(lock.told(helm({{"chart", "./charts/service-2.2.0.tgz"}})) == "charts/service-2.2.0.tgz");
  CHECK(lock.told(helm({{"chart", "./charts/service"}, {"version", "2.x"}}))
            .find("the chart in charts/service is version "
                  "3.0.0, and helm.version says 2.x") != std::string::npos);
  CHECK(lock.told(helm({{"chart", "service"}, {"repository", "./charts"}})) == "charts/service");
  CHECK(lock.told(helm({{"chart", "service"}, {"repository", "./charts"}, {"version", "2.1.0"}})) ==
        "charts/service-2.1.0");
  CHECK(lock.told(helm({{"chart", "service"}, {"repository", "./charts"}, {"version", "~2"}})) ==
        "charts/service-2.2.0.tgz");
  CHECK(lock.told(helm({{"chart", "service"}, {"repository", "./charts"}, {"version", "4"}}))
            .find("charts has no chart service 4; there are 3.0.0, 2.1.0, 2.2.0") != std::string::npos);
  CHECK(lock.told(helm({{"chart", "./nowhere"}})).find("there is no chart at \"nowhere\"") != std::string::npos);
}

TEST_CASE("charts in Git are pinned by commit") {
  Lock lock;
  for (const Value& block :
       {helm({{"chart", "charts/service"}, {"repository", "https://git.example.com/charts.git"}, {"version", "v1"}}),
        helm({{"chart", "charts/service"},
              {"repository", "git+https://git.example.com/charts.git"},
              {"version", "v1"}})}) {
    CHECK(lock.told(block) == "https://git.example.com/charts.git@cccccccccccc/charts/service v1@cccccccccccc");
  }
  CHECK(lock.told(helm({{"chart", "service"}, {"repository", "https://git.example.com/charts.git"}}))
            .find("has no folder \"service\" at cccccccccccc") != std::string::npos);
}

TEST_CASE("within one load a version is asked once, and asked again it tells whether it moved") {
  FakeCharts charts;
  PinnedSource first(charts);
  for (int i = 0; i < 3; ++i) REQUIRE(fetch_chart({"https://charts.example.com", "service", "1.x"}, first, {}));
  CHECK(charts.lists == 1);
  CHECK(charts.resolves == 1);
  CHECK(PinnedSource(charts).charts_are(first.charts(), {}));
  charts.versions["1.11.0"] = "newer";
  CHECK_FALSE(PinnedSource(charts).charts_are(first.charts(), {}));
  charts.versions.erase("1.11.0");
  charts.versions["1.10.0"] = "replaced";
  CHECK_FALSE(PinnedSource(charts).charts_are(first.charts(), {}));
}

TEST_CASE("the digest of what a chart is rendered from covers its archive, the cluster and the month") {
  FakeCharts charts;
  Stack stack;
  stack.id = {"prod", "apps", "shop"};
  stack.path = "apps/shop";
  stack.renderer = RendererKind::helm;
  stack.helm = helm({{"chart", "platform/service"}, {"version", "1.0.0"}});
  OpenTree environment{{}, make_memory_tree({{"apps/shop/values.yaml", "a: b\n"}})};
  ClusterFacts cluster;
  const auto digest = [&] {
    auto inputs = lock_inputs(stack, {environment, charts, {}, cluster});
    REQUIRE_MESSAGE(inputs, format_error(inputs.error()));
    return inputs->digest;
  };
  const Digest before = digest();
  CHECK(digest() == before);
  charts.versions["1.0.0"] = "replaced";
  CHECK(digest() != before);
  charts.versions["1.0.0"] = "one";
  cluster.kube_version = "v1.33.1";
  CHECK(digest() != before);
  cluster = {};
  environment.revision.time += std::chrono::hours(1);
  CHECK(digest() == before);
  environment.revision.time += std::chrono::hours(24 * 30);
  CHECK(digest() != before);
}

namespace {

/// Has one repository with a base, and allows it or not.
class FakeBases final : public Source {
 public:
  Result<Revision> resolve(const SourceRef& ref, MonotonicTime) override {
    return Revision{
        .url = ref.url, .ref = ref.ref, .commit = std::string(40, 'd'), .tree = "t", .author = {}, .subject = {}};
  }
  Result<std::shared_ptr<const SourceTree>> open(const Revision&) override {
    return make_memory_tree({{"config/kustomization.yaml", "namePrefix: a\n"}, {"other/x.yaml", "a: b\n"}});
  }
  Status check_base(const std::string& url) override { return allowed ? Status() : Source::check_base(url); }
  bool allowed = false;
};

}  // namespace

TEST_CASE("a base of another repository is refused unless the settings allow it, and pinned by its commit") {
  FakeBases source;
  const OpenTree environment{{}, make_memory_tree({})};
  const ClusterFacts cluster;
  const LockSite site{environment, source, {}, cluster};
  InputSet inputs;
  inputs.stack.origin.file = "apps/shop/stack.yaml";
  inputs.stack.renderer = RendererKind::kustomize;
  inputs.files = inputs.overlay = make_memory_tree({});
  const Missing missing{{{{"https://git.example.com/bases", "v1"}, "config"}}};
  const auto refused = add_missing(inputs, missing, site);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::policy);
  CHECK(refused.error().hint.find("remoteBases") != std::string::npos);
  CHECK(refused.error().where.file == "apps/shop/stack.yaml");

  source.allowed = true;
  REQUIRE(add_missing(inputs, missing, site));
  REQUIRE(inputs.bases.size() == 1);
  CHECK(inputs.bases.front().commit == std::string(40, 'd'));
  CHECK(inputs.bases.front().tree->stat("config/kustomization.yaml")->has_value());
  CHECK_FALSE(inputs.bases.front().tree->stat("other/x.yaml")->has_value());
}
