// A repository in the layout of Flux's example, testdata/flux-layout, on the real API server.
#include "tests/cluster/acceptance/scene.h"
#include "tests/support/case_folders.h"

#include <regex>

namespace reconciled {
namespace {

using nlohmann::json;

/// As it lies there, but for replicas: nothing runs pods here.
void write_layout(const Scene& scene, const std::string& domain) {
  const std::filesystem::path root = std::filesystem::path(RECONCILED_TESTDATA) / "flux-layout";
  for (const auto& file : std::filesystem::recursive_directory_iterator(root)) {
    if (!file.is_regular_file()) continue;
    std::string text = testing::slurp(file.path());
    const std::string path = file.path().lexically_relative(root).string();
    if (path == "reconcile.yaml") {
      text = std::regex_replace(text, std::regex("replicas: [0-9]+"), "replicas: 0");
      text = std::regex_replace(text, std::regex("domain: example.com"), "domain: " + domain);
    }
    scene.write(path, text);
  }
}

constexpr std::string_view k_gateway = "/apis/net.example.com/v1/namespaces/ingress-production/gateways/public";
constexpr std::string_view k_shop = "/apis/apps/v1/namespaces/shop-production/deployments/shop";

TEST_CASE("infrastructure, apps and clusters in Flux's layout sync, and variables reach objects with their types") {
  Scene scene("flux-layout");
  write_layout(scene, "example.com");
  scene.commit("the layout");
  const Outcome first = scene.sync({"--environment", "production"});
  REQUIRE_MESSAGE(first.code == 0, first.text());
  CHECK(scene.live(k_gateway)["spec"] == json::parse(R"({"host":"www.example.com","ports":[80,443],"tls":true})"));
  const json shop = scene.live(k_shop);
  CHECK(shop["spec"]["replicas"] == 0);
  CHECK(shop["spec"]["template"]["spec"]["containers"][0]["image"] == "registry.example.com/shop:2.0.0");
  CHECK(shop["spec"]["template"]["metadata"]["annotations"]["owner"] == "platform");
  const json monitor = scene.live("/api/v1/namespaces/ingress-production/configmaps/monitor");
  CHECK(monitor["data"]["targets"] == "https://www.example.com/healthz");
  CHECK(monitor["data"]["every"] == "30000ms");
  CHECK(monitor["metadata"]["labels"]["cluster"] == "production");
  CHECK(scene.live("/api/v1/namespaces/shop-staging").is_null());
  const Outcome plan = scene.plan({"--environment", "production"});
  CHECK_MESSAGE(plan.code == 0, plan.text());

  write_layout(scene, "example.org");
  scene.commit("another domain");
  const Outcome second = scene.sync({"--environment", "production"});
  CHECK_MESSAGE(second.code == 0, second.text());
  CHECK(scene.live(k_gateway)["spec"]["host"] == "www.example.org");
  CHECK(scene.live(k_shop)["metadata"]["uid"] == shop["metadata"]["uid"]);

  SUBCASE("a variable that is not defined stops its stack alone, and its objects stay") {
    scene.write("infrastructure/configs/gateway.yaml",
                "apiVersion: net.example.com/v1\nkind: Gateway\nmetadata: {name: public}\nspec: {host: \"${hots}\"}\n");
    scene.commit("a typing error");
    const Outcome broken = scene.sync({"--environment", "production"});
    CHECK_MESSAGE(broken.code != 0, broken.text());
    CHECK_MESSAGE(broken.says("the variable \\\"hots\\\" is not defined, did you mean \\\"host\\\"?"), broken.text());
    CHECK(scene.live(k_gateway)["spec"]["host"] == "www.example.org");
  }
}

}  // namespace
}  // namespace reconciled
