#include "sandbox/model.h"

#include "base/json.h"

#include <doctest/doctest.h>

namespace reconciled::sandbox {
namespace {

struct World {
  ManualClock clock;
  SeededRandom random{1};
  ApiModel model{clock, random};

  ApiResponse send(std::string method, std::string path, std::string body = {}, std::string type = "application/json") {
    ApiRequest request;
    request.method = std::move(method);
    if (const std::size_t mark = path.find('?'); mark != std::string::npos) {
      const std::string query = path.substr(mark + 1);
      request.query.emplace_back(query.substr(0, query.find('=')), query.substr(query.find('=') + 1));
      path.resize(mark);
    }
    request.path = std::move(path);
    request.body_text = std::move(body);
    request.content_type = std::move(type);
    request.user = "admin";
    request.groups = {"system:masters"};
    request.user_agent = "test/1";
    return model.handle(request);
  }
};

const std::string k_maps = "/api/v1/namespaces/default/configmaps";
const std::string k_deployments = "/apis/apps/v1/namespaces/default/deployments";
constexpr const char* k_deployment =
    R"({"metadata":{"name":"a"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},)"
    R"("spec":{"containers":[{"name":"c","image":"i"}]}}}})";

TEST_CASE("the same requests with the same seed give the same answers") {
  World one;
  World two;
  for (World* world : {&one, &two}) world->send("POST", k_maps, R"({"metadata":{"generateName":"a-"}})");
  CHECK(one.send("GET", k_maps).body == two.send("GET", k_maps).body);
}

TEST_CASE("what is not modelled is refused with 501") {
  World world;
  world.send("POST", "/api/v1/namespaces/default/pods",
             R"({"metadata":{"name":"a"},"spec":{"containers":[{"name":"c","image":"i"}]}})");
  CHECK(world.send("GET", "/api/v1/namespaces/default/pods/a/log").status == 501);
  CHECK(world.send("GET", "/openapi/v3").status == 501);
}

TEST_CASE("a fault answers the n-th matching request and does nothing") {
  World world;
  Fault fault;
  fault.verb = "create";
  fault.resource = "configmaps";
  fault.nth = 2;
  fault.status = 429;
  fault.retry_after = 3;
  world.model.add_fault(fault);
  CHECK(world.send("POST", k_maps, R"({"metadata":{"name":"a"}})").status == 201);
  const ApiResponse refused = world.send("POST", k_maps, R"({"metadata":{"name":"b"}})");
  CHECK(refused.status == 429);
  CHECK(refused.retry_after == 3);
  CHECK(world.send("GET", k_maps + "/b").status == 404);
  CHECK(world.send("POST", k_maps, R"({"metadata":{"name":"b"}})").status == 201);
}

TEST_CASE("a lost answer has done the work") {
  World world;
  Fault fault;
  fault.verb = "create";
  fault.effect = Fault::Effect::lost_answer;
  fault.status = 504;
  world.model.add_fault(fault);
  CHECK(world.send("POST", k_maps, R"({"metadata":{"name":"a"}})").status == 504);
  CHECK(world.send("GET", k_maps + "/a").status == 200);
}

TEST_CASE("a stale answer shows the past") {
  World world;
  world.send("POST", k_maps, R"({"metadata":{"name":"a"},"data":{"x":"1"}})");
  world.send("PATCH", k_maps + "/a", R"({"data":{"x":"2"}})", "application/merge-patch+json");
  Fault fault;
  fault.verb = "get";
  fault.effect = Fault::Effect::stale;
  world.model.add_fault(fault);
  CHECK(world.send("GET", k_maps + "/a").body.at({"data", "x"}).as_string() == "1");
  CHECK(world.send("GET", k_maps + "/a").body.at({"data", "x"}).as_string() == "2");
}

TEST_CASE("the log says who did what with which preconditions") {
  World world;
  world.send("PATCH", k_maps + "/a?fieldManager=m", R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}})",
             "application/apply-patch+yaml");
  const LoggedRequest& entry = world.model.log().back();
  CHECK(entry.verb == "apply");
  CHECK(entry.resource == "configmaps");
  CHECK(entry.namespace_ == "default");
  CHECK(entry.name == "a");
  CHECK(entry.manager == "m");
  CHECK(entry.user == "admin");
  CHECK(entry.status == 201);
}

TEST_CASE("an impersonated service account has the rights of its bindings and no others") {
  World world;
  world.send(
      "POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles",
      R"({"metadata":{"name":"r"},"rules":[{"apiGroups":[""],"resources":["configmaps"],"verbs":["get","list"]}]})");
  world.send("POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings",
             R"({"metadata":{"name":"b"},"roleRef":{"kind":"Role","name":"r"},)"
             R"("subjects":[{"kind":"ServiceAccount","name":"shop","namespace":"default"}]})");
  ApiRequest request;
  request.path = k_maps;
  request.user = "admin";
  request.groups = {"system:masters"};
  request.impersonated_user = "system:serviceaccount:default:shop";
  CHECK(world.model.handle(request).status == 200);
  request.path = "/api/v1/namespaces/default/secrets";
  CHECK(world.model.handle(request).status == 403);
  request.user = "someone";
  request.groups = {};
  request.path = k_maps;
  const ApiResponse refused = world.model.handle(request);
  CHECK(refused.status == 403);
  CHECK(refused.body["message"].as_string().find("cannot impersonate") != std::string_view::npos);
}

TEST_CASE("without controllers a Deployment gets no status, with instant ones it is ready") {
  World world;
  world.send("POST", k_deployments, k_deployment);
  CHECK(world.send("GET", k_deployments + "/a").body["status"].size() == 0);

  ApiModel ready(world.clock, world.random, SandboxControllers::instant);
  ApiRequest request;
  request.method = "POST";
  request.path = k_deployments;
  request.body_text = k_deployment;
  request.user = "admin";
  request.groups = {"system:masters"};
  CHECK(ready.handle(request).status == 201);
  request.method = "GET";
  request.path += "/a";
  request.body_text.clear();
  const Value object = ready.handle(request).body;
  CHECK(object.at({"status", "readyReplicas"}) == Value(1));
  CHECK(object.at({"status", "observedGeneration"}) == object.at({"metadata", "generation"}));
}

TEST_CASE("compaction ends watches and continue tokens of the past with 410") {
  World world;
  world.send("POST", k_maps, R"({"metadata":{"name":"a"}})");
  const ApiResponse open = world.send("GET", k_maps + "?watch=true");
  REQUIRE(open.watch != nullptr);
  CHECK((*open.watch->next())["type"].as_string() == "ADDED");
  world.send("POST", k_maps, R"({"metadata":{"name":"b"}})");
  world.model.compact();
  const auto event = open.watch->next();
  REQUIRE(event.has_value());
  CHECK((*event)["type"].as_string() == "ERROR");
  CHECK(event->at({"object", "code"}) == Value(410));
  CHECK(open.watch->ended());
}

TEST_CASE("bodies of every wrong shape are refused and change nothing") {
  World world;
  const std::int64_t version = world.model.store().version();
  for (const char* body : {"", "null", "[]", "1", "\"x\"", "{", R"({"metadata":[]})", R"({"metadata":{"name":1}})",
                           R"({"metadata":{"name":"a","labels":[]}})", R"({"kind":"Pod","metadata":{"name":"a"}})"}) {
    CAPTURE(body);
    const int status = world.send("POST", k_maps, body).status;
    CHECK(status >= 400);
    CHECK(status < 500);
  }
  for (const char* body : {"", "[]", "{", "a: b: c", "{kind: ConfigMap}", "x"})
    CHECK(world.send("PATCH", k_maps + "/a?fieldManager=m", body, "application/apply-patch+yaml").status == 400);
  CHECK(world.model.store().version() == version);
}

}  // namespace
}  // namespace reconciled::sandbox
