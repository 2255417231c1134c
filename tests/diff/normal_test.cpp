// Quantities, bodies, redaction, ignore rules.
#include "base/json.h"
#include "diff/body.h"
#include "diff/ignore.h"
#include "diff/quantity.h"
#include "diff/redact.h"
#include "tests/diff/files.h"

#include <doctest/doctest.h>

namespace reconciled {
namespace {

Manifest manifest(const std::string& yaml) {
  return test::manifest_of(test::read_yaml_value(yaml));
}

TEST_CASE("quantities are the same when they mean the same amount") {
  const auto same = [](const Value& a, const Value& b) { return same_quantity(a, b); };
  CHECK(same("1000m", "1"));
  CHECK(same("0.5", "500m"));
  CHECK(same(".5", "500m"));
  CHECK(same(1, "1"));
  CHECK(same(0.1, "100m"));
  CHECK(same("1024Mi", "1Gi"));
  CHECK(same("1e3", "1k"));
  CHECK(same("1E", "1000P"));
  CHECK(same("1E3", "1k"));
  CHECK(same("12e-1", "1200m"));
  CHECK(same("0.5Gi", "512Mi"));
  CHECK(same("-1000m", "-1"));
  CHECK(same("+1", "1"));
  CHECK(same("1u", "1000n"));
  CHECK_MESSAGE(same("0.1n", "1n"), "below one nano is rounded up");
  CHECK_FALSE(same("1", "2"));
  CHECK_FALSE(same("1M", "1Mi"));
  CHECK_FALSE(same("1k", "1K"));
  for (const char* bad : {"", "m", "1x", "1.2.3", "1ee3", "e3", "--1", "1 ", "0x1", "1e9999", "Gi"}) {
    CHECK_MESSAGE(!same(bad, bad), bad);
  }
  CHECK_FALSE(same(std::string(100, '9'), std::string(100, '9')));
  CHECK_FALSE(same(Value::map(), Value::map()));
}

TEST_CASE("a body leaves out what only the server writes") {
  const Value body = make_body(manifest(R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: a, namespace: shop, creationTimestamp: null, resourceVersion: "1", uid: x, managedFields: [], generation: 2, labels: null}
spec: {replicas: null, template: {spec: {containers: [{name: a, env: null}]}}}
status: {replicas: 1}
)"));
  CHECK(format_json(body, JsonStyle::canonical) ==
        R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a","namespace":"shop"},)"
        R"("spec":{"template":{"spec":{"containers":[{"name":"a"}]}}}})");
}

TEST_CASE("nulls and status of a custom resource are its own business") {
  const Manifest custom =
      manifest("{apiVersion: x.com/v1, kind: X, metadata: {name: a, namespace: s}, spec: {a: null}, status: {b: 1}}");
  CHECK(make_body(custom) == custom.object);
}

TEST_CASE("a namespace comes from the resolved scope") {
  Manifest one = manifest("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}");
  one.id.namespace_ = "shop";
  CHECK(make_body(one).at({"metadata", "namespace"}).as_string() == "shop");
  one.id.namespace_ = "";
  one.object.edit("metadata").set("namespace", "wrong");
  CHECK(make_body(one)["metadata"].find("namespace") == nullptr);
}

TEST_CASE("stringData of a Secret becomes data, and wins") {
  const Value body =
      make_body(manifest("{apiVersion: v1, kind: Secret, metadata: {name: a, namespace: s}, data: {a: b2xk, c: "
                         "\"YWJj\\n\"}, stringData: {a: new, b: '', d: 'ab'}}"));
  CHECK(body.find("stringData") == nullptr);
  CHECK(body.at({"data", "a"}).as_string() == "bmV3");
  CHECK(body.at({"data", "b"}).as_string() == "");
  CHECK(body.at({"data", "c"}).as_string() == "YWJj");
  CHECK(body.at({"data", "d"}).as_string() == "YWI=");
  CHECK(body.at({"data", "a"}).sensitive());
}

TEST_CASE("the digest of a Secret says nothing of its values") {
  const GroupKind secret{"", "Secret"};
  const auto digest = [&](const std::string& data) {
    return desired_digest(
        make_body(
            manifest("{apiVersion: v1, kind: Secret, metadata: {name: a, namespace: s}, stringData: " + data + "}")),
        secret);
  };
  CHECK(digest("{a: x}") == digest("{a: z}"));
  CHECK(digest("{a: x}") != digest("{b: x}"));
}

TEST_CASE("values of Secrets and of sensitive fields are replaced, keys are not") {
  const GroupKind secret{"", "Secret"};
  const Value shown =
      redact_value(test::read_yaml_value("{metadata: {annotations: {kubectl.kubernetes.io/last-applied-configuration: "
                                         "'{\"data\":{\"a\":\"canary\"}}', note: b}}, "
                                         "data: {a: canary}, stringData: {b: canary, c: null}, type: Opaque}"),
                   secret, "");
  const std::string text = format_json(shown);
  CHECK(text.find("canary") == std::string::npos);
  CHECK(text.find("Opaque") != std::string::npos);
  CHECK(shown.at({"data", "a"}).as_string() == k_hidden);
  CHECK(shown.at({"metadata", "annotations", "note"}).as_string() == "b");

  Value marked("canary");
  marked.mark_sensitive();
  FieldChange change;
  change.pointer = "/spec/password";
  change.live = "canary too";
  change.desired = marked;
  redact_change(change, {"example.com", "Database"});
  CHECK(change.live.as_string() == k_hidden);
  CHECK(change.desired.as_string() == k_hidden_changed);

  FieldChange plain;
  plain.pointer = "/data/a";
  plain.live = "1";
  redact_change(plain, {"", "ConfigMap"});
  CHECK(plain.live.as_string() == "1");
  CHECK(redact_message("data[a]: Invalid value: \"canary\"", secret).find("canary") == std::string::npos);
  CHECK(redact_message(std::string(5000, 'x'), {"", "ConfigMap"}).size() < 1000);
}

Difference difference(const std::string& pointer, const std::string& manager = "") {
  Difference out;
  out.change.pointer = pointer;
  if (!manager.empty()) out.others.push_back({manager, false, "", ""});
  return out;
}

TEST_CASE("an ignore rule hides what all its conditions name") {
  const ObjectId id{"prod", "apps", "Deployment", "shop", "web"};
  const auto hidden = [&](const IgnoreRule& rule, const Difference& found) {
    std::vector<Difference> list{found};
    return mark_ignored(list, id, {rule}, Autoscaled::no) == 1;
  };
  IgnoreRule image;
  image.pointers = {"/spec/template/spec/containers/*/image"};
  CHECK(hidden(image, difference("/spec/template/spec/containers/0/image")));
  CHECK_FALSE(hidden(image, difference("/spec/template/spec/containers/0/imagePullPolicy")));
  CHECK_FALSE(hidden(image, difference("/spec/template/spec/containers")));
  image.managers = {"image-*"};
  CHECK_FALSE(hidden(image, difference("/spec/template/spec/containers/0/image")));
  CHECK(hidden(image, difference("/spec/template/spec/containers/0/image", "image-updater")));
  IgnoreRule below;
  below.pointers = {"/metadata/annotations"};
  CHECK(hidden(below, difference("/metadata/annotations/a")));
  IgnoreRule kind;
  kind.group = "apps";
  kind.kind = "Deployment";
  CHECK(hidden(kind, difference("/spec/x")));
  kind.name = "api-*";
  CHECK_FALSE(hidden(kind, difference("/spec/x")));
  IgnoreRule other;
  other.kind = "Deployment";  // the core group has none
  CHECK_FALSE(hidden(other, difference("/spec/x")));
}

TEST_CASE("replicas are an autoscaler's where there is one") {
  const ObjectId id{"prod", "apps", "Deployment", "shop", "web"};
  std::vector<Difference> found{difference("/spec/replicas"), difference("/spec/paused")};
  CHECK(mark_ignored(found, id, {}, Autoscaled::yes) == 1);
  CHECK(found[0].change.ignored_by == "a HorizontalPodAutoscaler scales it");
  CHECK(found[1].change.ignored_by.empty());
}

TEST_CASE("a hidden field is left to its owner, or sent as it is while it is only ours") {
  const Value body = test::read_yaml_value("{spec: {replicas: 3, list: [{a: 1}, {a: 2}], paused: true}}");
  Difference replicas = difference("/spec/replicas", "hpa");
  replicas.at = {"spec", "replicas"};
  replicas.change.live = 7;
  replicas.change.ignored_by = "rule";
  CHECK(leave_to_owners(body, {replicas})["spec"].find("replicas") == nullptr);
  replicas.others.clear();
  CHECK(leave_to_owners(body, {replicas}).at({"spec", "replicas"}).as_integer() == 7);
  Difference item = difference("/spec/list/1");
  item.change.op = FieldChange::Op::add;
  item.at = {"spec", "list", "1"};
  item.change.ignored_by = "rule";
  CHECK(leave_to_owners(body, {item}).at({"spec", "list"}).size() == 1);
  Difference nowhere = item;
  nowhere.at = {"spec", "absent", "deep", "x"};
  CHECK(leave_to_owners(body, {nowhere}) == body);
  Difference counted = replicas;
  counted.change.ignored_by.clear();
  CHECK(leave_to_owners(body, {counted}) == body);
}

}  // namespace
}  // namespace reconciled
