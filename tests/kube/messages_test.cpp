// Requests, answers, watch frames and discovery as values.
#include "base/json.h"
#include "kube/api_answer.h"
#include "kube/api_request.h"
#include "kube/discovery.h"
#include "kube/exec_credential.h"
#include "kube/pending_call.h"
#include "kube/server_url.h"
#include "kube/watch_frames.h"

#include <doctest/doctest.h>

using namespace reconciled;

namespace {

const ResourceType k_deployments{{"apps", "v1", "Deployment"}, "deployments", ObjectScope::namespaced, {}};
const ResourceType k_nodes{{"", "v1", "Node"}, "nodes", ObjectScope::cluster, {}};
const ResourceType k_secrets{{"", "v1", "Secret"}, "secrets", ObjectScope::namespaced, {}};

Call make_call(Verb verb, const ResourceType& type, std::string space = "", std::string name = "") {
  Call call;
  call.verb = verb;
  call.type = type;
  call.namespace_ = std::move(space);
  call.name = std::move(name);
  return call;
}

HttpResponse make_response(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

Value parse(std::string_view text) {
  Budget budget;
  auto value = parse_json(text, budget);
  REQUIRE(value.has_value());
  return *value;
}

std::string status_text(int code, std::string_view reason, std::string_view message) {
  return format_json(
      Value::map({{"kind", "Status"}, {"apiVersion", "v1"}, {"code", code}, {"reason", reason}, {"message", message}}));
}

}  // namespace

TEST_CASE("paths name the group, version, namespace, resource and subresource") {
  CHECK(make_path(make_call(Verb::get, k_deployments, "shop", "web")) ==
        "/apis/apps/v1/namespaces/shop/deployments/web");
  CHECK(make_path(make_call(Verb::get, k_nodes, "", "n1")) == "/api/v1/nodes/n1");
  CHECK(make_path(make_call(Verb::list, k_deployments)) == "/apis/apps/v1/deployments");
  CHECK(make_path(make_call(Verb::create, k_deployments, "shop", "web")) ==
        "/apis/apps/v1/namespaces/shop/deployments");
  Call status = make_call(Verb::apply, k_deployments, "shop", "web");
  status.subresource = "status";
  CHECK(make_path(status) == "/apis/apps/v1/namespaces/shop/deployments/web/status");
  CHECK(make_path(make_call(Verb::get, k_nodes, "", "system:n 1")) == "/api/v1/nodes/system%3An%201");
}

TEST_CASE("an apply carries manager, force, dry run and validation") {
  Call call = make_call(Verb::apply, k_deployments, "shop", "web");
  call.field_manager = "reconciled/a b";
  call.body = Value::map({{"kind", "Deployment"}});
  HttpRequest request = make_request(call, {});
  CHECK(request.method == HttpMethod::patch);
  CHECK(request.content_type == "application/apply-patch+yaml");
  CHECK(request.body == R"({"kind":"Deployment"})");
  CHECK(request.target.ends_with("web?fieldManager=reconciled%2Fa%20b&force=false&fieldValidation=Warn"));
  call.force = Force::yes;
  call.dry_run = DryRun::yes;
  CHECK(make_request(call, {}).target.ends_with("&force=true&dryRun=All&fieldValidation=Warn"));
}

TEST_CASE("a list asks for pages and is consistent at a resourceVersion") {
  Call call = make_call(Verb::list, k_nodes);
  call.label_selector = "a=b,c in (d)";
  CHECK(make_request(call, {}).target == "/api/v1/nodes?limit=500&labelSelector=a%3Db%2Cc%20in%20%28d%29");
  CHECK(make_request(call, {}, "t/k=").target.ends_with("&continue=t%2Fk%3D"));
  call.resource_version = "7";
  CHECK(make_request(call, {}).target.ends_with("&resourceVersion=7&resourceVersionMatch=Exact"));
  call.representation = Representation::metadata;
  CHECK(make_request(call, {}).accept.starts_with("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"));
}

TEST_CASE("a delete carries both preconditions and its propagation") {
  Call call = make_call(Verb::remove, k_deployments, "shop", "web");
  call.uid = "u1";
  call.resource_version = "9";
  const HttpRequest request = make_request(call, {});
  CHECK(request.method == HttpMethod::delete_);
  const Value options = parse(request.body);
  CHECK(options.at({"preconditions", "uid"}).as_string() == "u1");
  CHECK(options.at({"preconditions", "resourceVersion"}).as_string() == "9");
  CHECK(options["propagationPolicy"].as_string() == "Background");
}

TEST_CASE("calls that could mean more than they say are refused before anything is sent") {
  const auto message = [](const Call& call) {
    const Status checked = check_call(call);
    return checked ? std::string() : checked.error().message;
  };
  Call remove = make_call(Verb::remove, k_deployments, "shop", "web");
  CHECK(message(remove).find("precondition on the uid") != std::string::npos);
  remove.uid = "u";
  CHECK(message(remove).find("precondition on the resourceVersion") != std::string::npos);
  remove.resource_version = "1";
  CHECK(message(remove).empty());
  for (const Verb verb : {Verb::get, Verb::apply, Verb::merge_patch, Verb::remove}) {
    CHECK(message(make_call(verb, k_nodes)) == "the call names no object");
    CHECK(message(make_call(verb, k_deployments, "", "web")) ==
          "the call names no namespace for an object that lives in one");
  }
  for (const char* name : {".", "..", "a/b", "%2e%2e"}) {
    CHECK(message(make_call(Verb::get, k_nodes, "", name)).find("cannot be a part of a path") != std::string::npos);
    CHECK_FALSE(message(make_call(Verb::get, k_deployments, name, "a")).empty());
  }
  CHECK(message(make_call(Verb::get, {}, "", "a")) == "the call names no resource type");
}

TEST_CASE("codes become kinds of errors, with the server's own words") {
  const Call call = make_call(Verb::apply, k_deployments, "shop", "web");
  const auto kind = [&](int code, std::string_view message) {
    return make_answer_error(call, make_response(code, status_text(code, "R", message))).kind;
  };
  CHECK(kind(400, "m") == ErrorKind::api_rejected);
  CHECK(kind(401, "m") == ErrorKind::api_auth);
  CHECK(kind(403, "User \"x\" cannot patch") == ErrorKind::api_auth);
  CHECK(kind(403, "admission webhook \"a\" denied the request") == ErrorKind::api_rejected);
  CHECK(kind(404, "m") == ErrorKind::api_missing);
  CHECK(kind(409, "m") == ErrorKind::api_conflict);
  CHECK(kind(410, "m") == ErrorKind::api_gone);
  CHECK(kind(422, "m") == ErrorKind::api_rejected);
  CHECK(kind(429, "m") == ErrorKind::api_transient);
  CHECK(kind(500, "m") == ErrorKind::api_transient);
  CHECK(kind(302, "m") == ErrorKind::api_rejected);
  CHECK(kind(500,
             "failed to create typed patch object (/s; apps/v1, Kind=Deployment): .spec.replicas: expected numeric") ==
        ErrorKind::api_rejected);
  const Error error =
      make_answer_error(call, make_response(422, status_text(422, "Invalid", "spec.replicas: must be positive")));
  CHECK(format_error(error) == "apply Deployment shop/web: spec.replicas: must be positive");
}

TEST_CASE("a page that is no Status is quoted briefly or called what it is") {
  const Call call = make_call(Verb::get, k_nodes, "", "n");
  HttpResponse response = make_response(502, "<html><body>x</body></html>");
  response.content_type = "text/html";
  CHECK(make_answer_error(call, response).message == "the server answered 502: an HTML page");
  CHECK(make_answer_error(call, make_response(503, "no backend\n")).message == "the server answered 503: no backend");
  CHECK(make_answer_error(call, make_response(503, std::string(10'000, 'x'))).message.size() < 300);
  CHECK(make_answer_error(call, make_response(500, "")).message == "the server answered 500: no text");
}

TEST_CASE("messages about Secrets keep names and lose values") {
  Call call = make_call(Verb::apply, k_secrets, "shop", "db");
  call.body = parse(R"({"data":{"password":"aHVudGVyMg=="},"stringData":{"key":"s3cr3t-value"}})");
  const auto redact = [&](std::string text) { return redact_answer_text(std::move(text), call); };
  CHECK(redact("Secret \"db\" is invalid: data[password]: Invalid value: \"hunter2\": no") ==
        "Secret \"db\" is invalid: data[password]: Invalid value: \"[secret]\": no");
  CHECK(redact("errors:\n  .data.k: expected string, got &value.valueUnstructured{Value:12345678}\n  .x: bad") ==
        "errors:\n  .data.k: expected string, got &value.valueUnstructured{Value:[secret]}\n  .x: bad");
  CHECK(redact("cannot read s3cr3t-value here") == "cannot read [secret] here");
  CHECK(redact("saw hunter2 and aHVudGVyMg==") == "saw [secret] and [secret]");
  CHECK(redact("conflict with \"kubectl\" using v1: \"other \\\" one\"") ==
        "conflict with \"kubectl\" using v1: \"[secret]\"");
}

TEST_CASE("secrets of several lines and at the edge of what is shown are masked, too") {
  Call call = make_call(Verb::apply, k_secrets, "shop", "db");
  call.body = parse(R"({"stringData":{"key":"-----BEGIN KEY\nMIIEvAIBADAN\n-----END KEY"}})");
  CHECK(redact_answer_text("saw MIIEvAIBADAN there", call) == "saw [secret] there");
  call.body = parse(R"({"stringData":{"key":"abcdefghijklmnop"}})");
  HttpResponse page = make_response(500, std::string(195, 'x') + "abcdefghijklmnop");
  CHECK(make_answer_error(call, page).message.find("abcd") == std::string::npos);
  CHECK(redact_answer_text(std::string(4090, 'x') + "abcdefghijklmnop", call).find("abcd") == std::string::npos);
}

TEST_CASE("sensitive values of any kind never come back in a message") {
  Call call = make_call(Verb::apply, k_deployments, "shop", "web");
  Value secret("tok-123456");
  secret.mark_sensitive();
  call.body = Value::map({{"spec", Value::map({{"env", secret}})}});
  const Error error = make_answer_error(
      call, make_response(422, status_text(422, "Invalid", "env \"tok-123456\" is wrong for \"web\"")));
  CHECK(error.message == "env \"[secret]\" is wrong for \"web\"");
}

TEST_CASE("conflicts name manager and field") {
  const Value status = parse(R"({"details":{"causes":[
    {"reason":"FieldManagerConflict","message":"conflict with \"kubectl\" using apps/v1","field":".spec.replicas"},
    {"reason":"Other","message":"x","field":"y"},
    {"reason":"FieldManagerConflict","message":"conflict with \"hpa\" with subresource \"scale\" using apps/v1","field":".spec.x"}]}})");
  CHECK(parse_conflicts(status) == std::vector<std::string>{"kubectl: .spec.replicas", "hpa: .spec.x"});
  CHECK(parse_conflicts(Value()).empty());
}

TEST_CASE("warning headers are read with their escapes") {
  CHECK(parse_warning_header(R"(299 - "unknown field \"spec.x\"")") ==
        std::vector<std::string>{"unknown field \"spec.x\""});
  CHECK(parse_warning_header(R"(299 - "a, b" "Sat, 25 Aug 2012 23:34:45 GMT", 299 kube "c")") ==
        std::vector<std::string>{"a, b", "c"});
  for (const char* wrong : {"", "299", "299 -", "299 - \"open", "abc - \"x\"", "299 - x"})
    CHECK(parse_warning_header(wrong).empty());
}

TEST_CASE("Retry-After is read in seconds and bounded") {
  CHECK(parse_retry_after("1") == Duration(std::chrono::seconds(1)));
  CHECK(parse_retry_after("999999") == Duration(std::chrono::hours(1)));
  CHECK_FALSE(parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT").has_value());
  CHECK_FALSE(parse_retry_after("-1").has_value());
}

TEST_CASE("a list is put together from its pages, each object with its type") {
  PendingCall pending(make_call(Verb::list, k_deployments), {});
  CHECK(
      pending.take(make_response(
          200,
          R"({"kind":"DeploymentList","apiVersion":"apps/v1","metadata":{"resourceVersion":"5","continue":"c1","remainingItemCount":1},
    "items":[{"metadata":{"name":"a"}}]})")) == PendingCall::Step::next);
  CHECK(pending.request().target.ends_with("&continue=c1"));
  CHECK(
      pending.take(make_response(200, R"({"metadata":{"resourceVersion":"5"},"items":[{"metadata":{"name":"b"}}]})")) ==
      PendingCall::Step::finished);
  const Answer answer = pending.answer();
  REQUIRE(answer.object.has_value());
  CHECK(
      format_json(*answer.object) ==
      R"({"kind":"DeploymentList","apiVersion":"apps/v1","metadata":{"resourceVersion":"5"},"items":[)"
      R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a"}},{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"b"}}]})");
}

TEST_CASE("an answer about another object than was asked for is none, so that it never looks like one made anew") {
  const auto error_of = [](const Call& call, const std::string& body) {
    PendingCall pending(call, {});
    if (pending.take(make_response(200, body)) == PendingCall::Step::finished) return std::string();
    CHECK(pending.repeatable());
    const Answer answer = pending.answer();
    CHECK(answer.object.error().kind == ErrorKind::api_transient);
    return answer.object.error().message;
  };
  const Call get = make_call(Verb::get, k_deployments, "shop", "web");
  CHECK(error_of(get, R"({"kind":"Deployment","metadata":{"name":"web","namespace":"shop"}})").empty());
  CHECK(error_of(get, R"({"metadata":{"name":"web","namespace":"shop"}})").empty());
  CHECK(error_of(get, R"({"kind":"Namespace","metadata":{"name":"shop"}})") == "the answer is about Namespace shop");
  CHECK(error_of(get, R"({"kind":"Deployment","metadata":{"name":"web","namespace":"other"}})") ==
        "the answer is about Deployment other web");
  CHECK(error_of(get, R"({"kind":"StatefulSet","metadata":{"name":"web","namespace":"shop"}})") ==
        "the answer is about StatefulSet shop web");
  CHECK(error_of(get, "{}") == "the answer is about nothing that has a name");

  Call metadata = get;
  metadata.representation = Representation::metadata;
  CHECK(error_of(metadata, R"({"kind":"PartialObjectMetadata","metadata":{"name":"web","namespace":"shop"}})").empty());
  Call scale = get;
  scale.subresource = "scale";
  CHECK(error_of(scale, R"({"kind":"Scale","metadata":{"name":"web","namespace":"shop"}})").empty());
  const Call list = make_call(Verb::list, k_deployments);
  CHECK(error_of(list, R"({"kind":"SecretList","items":[]})") == "the answer is a SecretList");
  CHECK(error_of(list, R"({"kind":"DeploymentList","items":[]})").empty());
}

TEST_CASE("a list whose page expired begins again, a few times only") {
  PendingCall pending(make_call(Verb::list, k_nodes), {});
  const std::string page = R"({"metadata":{"resourceVersion":"5","continue":"c"},"items":[{"metadata":{"name":"a"}}]})";
  for (int restarts = 0; restarts < 3; ++restarts) {
    REQUIRE(pending.take(make_response(200, page)) == PendingCall::Step::next);
    REQUIRE(pending.take(make_response(410, status_text(410, "Expired", "old"))) == PendingCall::Step::next);
    CHECK(pending.request().target == "/api/v1/nodes?limit=500");
  }
  REQUIRE(pending.take(make_response(200, page)) == PendingCall::Step::next);
  CHECK(pending.take(make_response(410, status_text(410, "Expired", "old"))) == PendingCall::Step::failed);
  CHECK_FALSE(pending.repeatable());
  CHECK(pending.answer().object.error().kind == ErrorKind::api_gone);
}

TEST_CASE("a list larger than its bound is refused as a whole") {
  RequestLimits limits;
  limits.max_list_bytes = 150;
  PendingCall pending(make_call(Verb::list, k_nodes), limits);
  const std::string page =
      R"({"metadata":{"continue":"c"},"items":[{"metadata":{"name":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}]})";
  REQUIRE(pending.take(make_response(200, page)) == PendingCall::Step::next);
  CHECK(pending.request().max_bytes < 150);
  CHECK(pending.take(make_response(200, page)) == PendingCall::Step::failed);
  CHECK(pending.answer().object.error().kind == ErrorKind::limit);
}

TEST_CASE("what may be sent again depends on the call and on how it failed") {
  const auto repeatable = [](Verb verb, int status, Delivery delivery, std::string_view body = "{}") {
    Call call = make_call(verb, k_deployments, "s", "n");
    call.body = parse(body);
    PendingCall pending(call, {});
    HttpResponse response = make_response(status, "cut {");
    response.delivery = delivery;
    CHECK(pending.take(response) == PendingCall::Step::failed);
    return pending.repeatable();
  };
  for (const Verb verb : {Verb::get, Verb::list, Verb::apply, Verb::remove, Verb::merge_patch}) {
    CHECK(repeatable(verb, 0, Delivery::broken));
    CHECK(repeatable(verb, 503, Delivery::complete));
    CHECK(repeatable(verb, 200, Delivery::complete));
    CHECK(repeatable(verb, 429, Delivery::complete));
    CHECK_FALSE(repeatable(verb, 409, Delivery::complete));
    CHECK_FALSE(repeatable(verb, 422, Delivery::complete));
    CHECK_FALSE(repeatable(verb, 302, Delivery::complete));
    CHECK_FALSE(repeatable(verb, 501, Delivery::complete));
    CHECK_FALSE(repeatable(verb, 200, Delivery::too_large));
    CHECK_FALSE(repeatable(verb, 0, Delivery::untrusted));
  }
  CHECK(repeatable(Verb::create, 0, Delivery::not_connected));
  CHECK(repeatable(Verb::create, 429, Delivery::complete));
  CHECK_FALSE(repeatable(Verb::create, 0, Delivery::broken));
  CHECK_FALSE(repeatable(Verb::create, 503, Delivery::complete));
  CHECK_FALSE(repeatable(Verb::merge_patch, 0, Delivery::broken, R"({"metadata":{"resourceVersion":"4"}})"));
}

TEST_CASE("back-off doubles up to its bound, with jitter down to half") {
  SeededRandom random(1);
  RetryPolicy policy;
  policy.first_delay = std::chrono::milliseconds(100);
  policy.max_delay = std::chrono::seconds(1);
  for (int failed = 1; failed < 40; ++failed) {
    const Duration delay = back_off(policy, failed, random);
    const Duration full = std::min<Duration>(policy.max_delay, policy.first_delay * (1LL << std::min(failed - 1, 10)));
    CHECK(delay <= full);
    CHECK(delay >= full / 2);
  }
}

TEST_CASE("watch frames are put together from pieces of any size") {
  const Call call = make_call(Verb::watch, k_deployments);
  const std::string text =
      "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"1\"}}}\n\n"
      "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"7\"}}}\r\n"
      "{\"type\":\"DELETED\",\"object\":{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"8\"}}}\n";
  for (std::size_t piece = 1; piece < text.size(); piece += 3) {
    WatchFrames frames(call, 1024);
    std::vector<WatchEvent> events;
    for (std::size_t at = 0; at < text.size(); at += piece) {
      REQUIRE(frames.take(text.substr(at, piece), [&](WatchEvent event) { events.push_back(std::move(event)); })
                  .has_value());
    }
    REQUIRE(frames.finish().has_value());
    REQUIRE(events.size() == 3);
    CHECK(events[0].kind == WatchEvent::Kind::added);
    CHECK(events[0].object["kind"].as_string() == "Deployment");
    CHECK(events[1].kind == WatchEvent::Kind::bookmark);
    CHECK(events[2].kind == WatchEvent::Kind::deleted);
  }
}

TEST_CASE("a watch ends with the error that the stream carries or is") {
  const Call call = make_call(Verb::watch, k_deployments);
  const auto end = [&](std::string_view text) {
    WatchFrames frames(call, 200);
    auto taken = frames.take(text, [](WatchEvent) {});
    if (!taken) return taken.error().kind;
    taken = frames.finish();
    return taken ? ErrorKind::internal : taken.error().kind;
  };
  CHECK(end("{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"message\":\"too old\"}}\n") ==
        ErrorKind::api_gone);
  CHECK(end("{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":500,\"message\":\"x\"}}\n") ==
        ErrorKind::api_transient);
  CHECK(end("{\"type\":\"ADD") == ErrorKind::api_transient);
  CHECK(end("not json\n") == ErrorKind::api_transient);
  CHECK(end("[1]\n") == ErrorKind::api_transient);
  CHECK(end("{\"type\":\"ADDED\"}\n") == ErrorKind::api_transient);
  CHECK(end("{\"type\":\"ADDED\",\"object\":{}}\n") == ErrorKind::api_transient);
  CHECK(end("{\"type\":\"MOVED\",\"object\":{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"1\"}}}\n") ==
        ErrorKind::api_transient);
  CHECK(end(std::string(300, 'x')) == ErrorKind::limit);
}

TEST_CASE("aggregated discovery keeps the server's order and lists stale groups as failed") {
  DiscoveryReader reader({});
  CHECK(reader.request().target == "/api");
  CHECK(reader.request().accept.find("as=APIGroupDiscoveryList") != std::string::npos);
  REQUIRE(
      reader
          .take(make_response(
              200,
              R"({"kind":"APIGroupDiscoveryList","items":[{"metadata":{},"versions":[{"version":"v1","freshness":"Current","resources":[
    {"resource":"pods","responseKind":{"kind":"Pod"},"scope":"Namespaced","verbs":["get","list"]},
    {"resource":"nodes","responseKind":{"kind":"Node"},"scope":"Cluster","verbs":["get"]}]}]}]})"))
          .has_value());
  CHECK(reader.request().target == "/apis");
  REQUIRE(reader
              .take(make_response(200, R"({"kind":"APIGroupDiscoveryList","items":[
    {"metadata":{"name":"autoscaling"},"versions":[
      {"version":"v2","freshness":"Current","resources":[{"resource":"hpas","responseKind":{"kind":"HPA"},"scope":"Namespaced","verbs":[]}]},
      {"version":"v1","freshness":"Current","resources":[{"resource":"hpas","responseKind":{"kind":"HPA"},"scope":"Namespaced","verbs":[]}]}]},
    {"metadata":{"name":"metrics.k8s.io"},"versions":[{"version":"v1beta1","freshness":"Stale"}]}]})"))
              .has_value());
  CHECK(reader.request().target == "/version");
  REQUIRE(reader.take(make_response(200, R"({"gitVersion":"v1.35.4"})")).has_value());
  REQUIRE(reader.finished());
  const auto discovery = reader.result();
  REQUIRE(discovery->types.size() == 4);
  CHECK(discovery->types[0] == ResourceType{{"", "v1", "Pod"}, "pods", ObjectScope::namespaced, {"get", "list"}});
  CHECK(discovery->types[1].scope == ObjectScope::cluster);
  CHECK(discovery->find(GroupKind{"autoscaling", "HPA"})->gvk.version == "v2");
  CHECK(discovery->failed_groups == std::vector<std::string>{"metrics.k8s.io/v1beta1"});
  CHECK(discovery->group_failed("metrics.k8s.io"));
  CHECK(discovery->server_version == "v1.35.4");
}

TEST_CASE("an old server is asked group by group, and a group that does not answer is failed, not absent") {
  DiscoveryReader reader({});
  REQUIRE(reader.take(make_response(200, R"({"kind":"APIVersions","versions":["v1"]})")).has_value());
  REQUIRE(reader
              .take(make_response(200, R"({"kind":"APIGroupList","groups":[
    {"name":"apps","versions":[{"version":"v1beta1"},{"version":"v1"}],"preferredVersion":{"version":"v1"}},
    {"name":"broken","versions":[{"version":"v1"}]}]})"))
              .has_value());
  CHECK(reader.request().target == "/api/v1");
  REQUIRE(reader
              .take(make_response(200, R"({"kind":"APIResourceList","resources":[
    {"name":"pods","kind":"Pod","namespaced":true,"verbs":["get"]},{"name":"pods/status","kind":"Pod","namespaced":true}]})"))
              .has_value());
  CHECK(reader.request().target == "/apis/apps/v1");
  REQUIRE(
      reader
          .take(make_response(
              200,
              R"({"kind":"APIResourceList","resources":[{"name":"deployments","kind":"Deployment","namespaced":true}]})"))
          .has_value());
  CHECK(reader.request().target == "/apis/apps/v1beta1");
  REQUIRE(reader.take(make_response(404, "")).has_value());
  CHECK(reader.request().target == "/apis/broken/v1");
  REQUIRE(reader.take(make_response(503, "")).has_value());
  REQUIRE(reader.take(make_response(403, "")).has_value());
  REQUIRE(reader.finished());
  const auto discovery = reader.result();
  CHECK(discovery->types.size() == 2);
  CHECK(discovery->failed_groups == std::vector<std::string>{"apps/v1beta1", "broken/v1"});
  CHECK(discovery->server_version.empty());
}

TEST_CASE("what is no discovery document is an error, so that nothing counts as absent") {
  for (const char* body : {"{}", "[]", "<html>", R"({"kind":"PodList"})"}) {
    DiscoveryReader reader({});
    const Status taken = reader.take(make_response(200, body));
    REQUIRE_FALSE(taken.has_value());
    CHECK(taken.error().kind == ErrorKind::api_transient);
  }
  DiscoveryReader reader({});
  CHECK(reader.take(make_response(403, "")).error().kind == ErrorKind::api_auth);
}

TEST_CASE("exec credentials are read with token, certificate and expiry, and nothing of them is repeated") {
  const std::string version = "client.authentication.k8s.io/v1";
  const auto text = [&](std::string_view status) {
    return R"({"kind":"ExecCredential","apiVersion":")" + version + R"(","status":)" + std::string(status) + "}";
  };
  const auto good =
      parse_exec_credential(text(R"({"token":"t0k","expirationTimestamp":"2026-02-01T10:00:00Z"})"), version);
  REQUIRE(good.has_value());
  CHECK(good->token.reveal() == "t0k");
  CHECK(format_time(*good->expires) == "2026-02-01T10:00:00Z");
  CHECK(parse_exec_credential(text(R"({"clientCertificateData":"c","clientKeyData":"k"})"), version)
            ->client_key.reveal() == "k");
  for (const std::string& wrong :
       {std::string("leaked-token"), text("{}"), text(R"({"token":"leaked token"})"),
        text(R"({"clientKeyData":"leaked"})"), text(R"({"token":"leaked","expirationTimestamp":"soon"})"),
        std::string(R"({"kind":"ExecCredential","apiVersion":"v1","status":{"token":"leaked"}})")}) {
    CAPTURE(wrong);
    const auto credential = parse_exec_credential(wrong, version);
    REQUIRE_FALSE(credential.has_value());
    CHECK(credential.error().kind == ErrorKind::api_auth);
    CHECK(format_error(credential.error()).find("leaked") == std::string::npos);
  }
}

TEST_CASE("server URLs are taken apart and put together") {
  const auto url = parse_server_url("HTTPS://[fd00::1]:6443/k8s/c-1/");
  REQUIRE(url.has_value());
  CHECK(*url == ServerUrl{"https", "fd00::1", "6443", "/k8s/c-1"});
  CHECK(format_server_url(*url) == "https://[fd00::1]:6443/k8s/c-1");
  CHECK(is_proxy_url("socks5://u:p@h:1080"));
  CHECK_FALSE(is_proxy_url("h:1080"));
}
