#include "diff/managed_fields.h"
#include "tests/diff/plan_fixture.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace reconciled {
namespace {

using test::managed;
using test::PlanFixture;
using State = Observed::State;

TEST_CASE("an object that is not there is created, and says whether it was there before") {
  PlanFixture fixture;
  const Manifest manifest = fixture.want(PlanFixture::text("ConfigMap", "a"));
  fixture.see(manifest.id, State::absent);
  CHECK(fixture.only().kind == ActionKind::create);
  CHECK(fixture.only().cause == ChangeCause::git_ahead);
  CHECK(fixture.only().body == make_body(manifest));
  CHECK(fixture.only().desired == desired_digest(make_body(manifest), manifest.id.group_kind()));
  fixture.own(fixture.row(), manifest.id, "u1");
  CHECK(fixture.only().cause == ChangeCause::missing);
}

TEST_CASE("an object that could not be looked at is held and never created") {
  PlanFixture fixture;
  const Manifest manifest = fixture.want(PlanFixture::text("ConfigMap", "a"));
  CHECK(fixture.only().kind == ActionKind::hold);
  fixture.see(manifest.id, State::unknown).reason = "403 Forbidden";
  const Action action = fixture.only();
  CHECK(action.kind == ActionKind::hold);
  CHECK(action.evidence == Evidence::none);
  CHECK(action.reason == "could not look: 403 Forbidden");
  CHECK(action.body.is_null());
}

TEST_CASE("an object whose namespace or kind an earlier action creates is created after it") {
  PlanFixture fixture;
  const Manifest manifest = fixture.want(PlanFixture::text("ConfigMap", "a"));
  fixture.see(manifest.id, State::no_namespace);
  CHECK(fixture.only().kind == ActionKind::hold);
  CHECK(fixture.only().held == ActionKind::create);
  CHECK(fixture.only().reason == "namespace shop does not exist and nothing in this run creates it");
  fixture.live.being_created.insert(PlanFixture::id("Namespace", "shop"));
  CHECK(fixture.only().kind == ActionKind::create);
  CHECK(fixture.only().after == "Namespace shop");

  PlanFixture own;
  const Manifest widget = own.want(PlanFixture::text("Widget", "w", "spec: {}"));
  own.see(widget.id, State::no_kind);
  CHECK(own.only().reason ==
        "the API server serves no kind Widget in example.com/v1 and nothing in this run creates it");
  const Manifest crd = own.want(PlanFixture::text("CustomResourceDefinition", "widgets.example.com",
                                                  "spec: {group: example.com, names: {kind: Widget}}"));
  own.see(crd.id, State::absent);
  const StackPlan plan = own.plan();
  REQUIRE(plan.actions.size() == 2);
  CHECK(plan.actions[0].id == crd.id);
  CHECK(plan.actions[1].after == "CustomResourceDefinition widgets.example.com");
}

TEST_CASE("a kind of an earlier stack is found by its group and kind alone") {
  PlanFixture fixture;
  const Manifest widget = fixture.want(PlanFixture::text("Widget", "w", "spec: {}"));
  fixture.see(widget.id, State::no_kind);
  fixture.live.being_created.insert(ObjectId{"prod", "example.com", "Widget", "", ""});
  CHECK(fixture.only().after == "the CustomResourceDefinition of Widget.example.com");
  fixture.live.being_created.insert(PlanFixture::id("CustomResourceDefinition", "gadgets.example.com"));
  fixture.live.being_created.insert(PlanFixture::id("CustomResourceDefinition", "widgets.example.com"));
  CHECK(fixture.only().after == "CustomResourceDefinition widgets.example.com");
}

TEST_CASE("a foreign object is never touched unless a person says so") {
  PlanFixture fixture;
  const Manifest manifest = fixture.want(PlanFixture::text("ConfigMap", "a"));
  Observed& seen = fixture.see(PlanFixture::text("ConfigMap", "a", "data: {a: '2'}"), "u1");
  seen.object.edit("metadata").set("managedFields", managed("kubectl", "Update", "{'f:data': {'f:a': {}}}"));
  CHECK(fixture.only().kind == ActionKind::hold);
  CHECK(fixture.only().held == ActionKind::adopt);
  CHECK(fixture.only().reason.find("made by kubectl; data.a would change") != std::string::npos);
  fixture.own(fixture.row(), manifest.id, "an older one");
  CHECK_MESSAGE(fixture.only().held == ActionKind::adopt, "made again by somebody else: another UID");
  fixture.adopt = Adopt::yes;
  CHECK(fixture.only().kind == ActionKind::adopt);
  CHECK(fixture.only().uid == "u1");
  CHECK(fixture.only().force == Force::yes);
  REQUIRE(fixture.only().changes.size() == 1);
  CHECK(fixture.only().changes[0].manager == "kubectl");
}

TEST_CASE("an intent makes an object ours only when we did apply it") {
  PlanFixture fixture;
  const Manifest manifest = fixture.want(PlanFixture::text("ConfigMap", "a"));
  fixture.row().intent.push_back({manifest.id, "", {}});
  Observed& seen = fixture.see(PlanFixture::text("ConfigMap", "a"), "u1");
  CHECK(fixture.only().held == ActionKind::adopt);
  seen.object.edit("metadata").set("managedFields", managed("reconciled", "Apply", "{'f:data': {'f:a': {}}}"));
  CHECK(fixture.only().kind == ActionKind::keep);
}

TEST_CASE("an object that two stacks want stays with one, and the other says so") {
  PlanFixture fixture;
  const Manifest manifest = fixture.want(PlanFixture::text("ConfigMap", "a"));
  fixture.desired_by[manifest.id] = {"prod", "applications", "pay"};
  fixture.see(manifest.id, State::absent);
  CHECK(fixture.only().kind == ActionKind::hold);
  CHECK(fixture.only().held == ActionKind::create);
  CHECK(fixture.only().reason.find("applications/pay") != std::string::npos);
  CHECK(fixture.only().reason.find("applications/shop") != std::string::npos);
}

TEST_CASE("an object that another stack no longer wants moves over") {
  PlanFixture fixture;
  const Manifest manifest = fixture.want(PlanFixture::text("ConfigMap", "a"));
  fixture.own(fixture.row_of("pay"), manifest.id, "u1");
  fixture.see(PlanFixture::text("ConfigMap", "a"), "u1");
  CHECK(fixture.only().kind == ActionKind::keep);
  CHECK(fixture.only().uid == "u1");
  CHECK(fixture.only().reason == "moves from applications/pay");
  fixture.see(PlanFixture::text("ConfigMap", "a", "data: {a: '2'}"), "u1");
  CHECK(fixture.only().kind == ActionKind::update);
}

TEST_CASE("what a dry-run predicts decides, and what it refuses is told") {
  PlanFixture fixture;
  const Manifest manifest = fixture.want(PlanFixture::text("ConfigMap", "a"));
  fixture.own(fixture.row(), manifest.id, "u1");
  Observed& seen = fixture.see(PlanFixture::text("ConfigMap", "a", "data: {a: '2'}"), "u1");
  CHECK(fixture.only().kind == ActionKind::update);
  Value predicted = seen.object;
  predicted.edit("metadata").set("resourceVersion", "8");
  predicted.edit("metadata").set("generation", 3);
  predicted.edit("metadata").set("managedFields", managed("reconciled", "Apply", "{}"));
  predicted.set("status", Value::map({{"x", Value(1)}}));
  seen.predicted = predicted;
  CHECK_MESSAGE(fixture.only().kind == ActionKind::keep, "a webhook turns it back");
  seen.predicted->edit("data").set("a", "1");
  seen.predicted->edit("data").set("added-by-webhook", "x");
  CHECK(fixture.only().kind == ActionKind::update);
  CHECK(fixture.only().changes.size() == 2);
  seen.predicted.reset();
  seen.rejected = "data: Forbidden: field is immutable when `immutable` is set";
  CHECK(fixture.only().kind == ActionKind::hold);
  CHECK(fixture.only().held == ActionKind::recreate);
  seen.rejected = "exceeded quota: q";
  CHECK(fixture.only().held == ActionKind::update);
  CHECK(fixture.only().reason == "the API server refuses the change: exceeded quota: q");
}

TEST_CASE("an object that is being deleted is not applied to") {
  PlanFixture fixture;
  const Manifest manifest = fixture.want(PlanFixture::text("ConfigMap", "a"));
  fixture.own(fixture.row(), manifest.id, "u1");
  Observed& seen = fixture.see(PlanFixture::text("ConfigMap", "a"), "u1");
  seen.object.edit("metadata").set("deletionTimestamp", "2026-01-01T00:00:00Z");
  CHECK(fixture.only().kind == ActionKind::hold);
}

TEST_CASE("an intent that says something else takes the trust away from a committed digest") {
  PlanFixture fixture;
  const Manifest manifest = fixture.want(PlanFixture::text("ConfigMap", "a"));
  fixture.own(fixture.row(), manifest.id, "u1", desired_digest(make_body(manifest), manifest.id.group_kind()));
  Observed& seen = fixture.see(PlanFixture::text("ConfigMap", "a", "data: {a: '2'}"), "u1");
  seen.object.edit("metadata").set("managedFields", managed("reconciled", "Apply", "{'f:data': {'f:a': {}}}"));
  CHECK_MESSAGE(fixture.only().kind == ActionKind::keep, "what we own has the value that the server made of ours");
  fixture.row().intent.push_back({manifest.id, "u1", sha256("another body")});
  CHECK_MESSAGE(fixture.only().kind == ActionKind::update, "the other body may have been applied before a crash");
}

TEST_CASE("an intent alone does not show that its body was sent: an earlier one may be what is there") {
  PlanFixture fixture;
  const Manifest manifest = fixture.want(PlanFixture::text("ConfigMap", "a"));
  const Digest digest = desired_digest(make_body(manifest), manifest.id.group_kind());
  fixture.row().intent.push_back({manifest.id, "u1", digest});
  Observed& seen = fixture.see(PlanFixture::text("ConfigMap", "a", "data: {a: '2'}"), "u1");
  seen.object.edit("metadata").set("managedFields", managed("reconciled", "Apply", "{'f:data': {'f:a': {}}}"));
  CHECK(fixture.only().kind == ActionKind::update);
}

TEST_CASE("a digest is not believed of an object that moved away and comes back") {
  PlanFixture fixture;
  const Manifest manifest = fixture.want(PlanFixture::text("ConfigMap", "a", "data: {a: '1'}"));
  const Digest digest = desired_digest(make_body(manifest), manifest.id.group_kind());
  Observed& live = fixture.see(PlanFixture::text("ConfigMap", "a", "data: {a: '2'}"), "u1");
  live.object.edit("metadata").set("managedFields", managed("reconciled", "Apply", "{'f:data': {'f:a': {}}}"));
  fixture.own(fixture.row(), manifest.id, "u1", digest);
  CHECK(fixture.only().kind == ActionKind::keep);
  fixture.own(fixture.row_of("pay"), manifest.id, "u1");
  CHECK(find_shared(fixture.all) == std::set<ObjectId>{manifest.id});
  CHECK(fixture.only().kind == ActionKind::update);
  CHECK(fixture.only().last_sent == LastSent::doubtful);
  fixture.row_of("pay").entries.clear();
  fixture.own(fixture.row_of("pay"), manifest.id, "u1", digest);
  CHECK(fixture.only().last_sent == LastSent::known);  // both sent the same
}

TEST_CASE("what comes from another stack with other content is not trusted before that one has let go") {
  PlanFixture fixture;
  const Manifest manifest = fixture.want(PlanFixture::text("ConfigMap", "a", "data: {a: '1'}"));
  const Digest digest = desired_digest(make_body(manifest), manifest.id.group_kind());
  fixture.see(PlanFixture::text("ConfigMap", "a", "data: {a: '1'}"), "u1");
  fixture.own(fixture.row_of("pay"), manifest.id, "u1", digest);
  CHECK(fixture.only().last_sent == LastSent::known);
  fixture.row_of("pay").entries[0].desired = Digest{};
  CHECK(fixture.only().last_sent == LastSent::doubtful);
}

TEST_CASE("a new value of a Secret is a change, though digests of Secrets leave values out") {
  PlanFixture fixture;
  const std::string head = "apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: shop}\n";
  const Manifest manifest = fixture.want(head + "stringData: {key: new}\n");
  Observed& live = fixture.see(head + "data: {key: b2xk}\n", "u1");
  live.object.edit("metadata").set("managedFields", managed("reconciled", "Apply", "{'f:data': {'f:key': {}}}"));
  fixture.own(fixture.row(), manifest.id, "u1", desired_digest(make_body(manifest), manifest.id.group_kind()));
  CHECK(fixture.only().kind == ActionKind::update);
  CHECK(fixture.only().cause == ChangeCause::git_ahead);
}

TEST_CASE("actions stand in the order of their kinds, prunes last and backwards") {
  PlanFixture fixture;
  for (const char* const kind : {"Widget", "ConfigMap", "Namespace"}) {
    fixture.see(fixture.want(PlanFixture::text(kind, "shop", "spec: {}")).id, State::absent);
    fixture.own(fixture.row(), PlanFixture::id(kind, "old"), std::string("u-") + kind);
    fixture.see(PlanFixture::text(kind, "old"), std::string("u-") + kind);
  }
  fixture.prune = PruneAnswer::confirmed;
  std::vector<std::string> order;
  for (const Action& action : fixture.plan().actions) order.push_back(action.id.kind + " " + action.id.name);
  CHECK(order == std::vector<std::string>{"Namespace shop", "ConfigMap shop", "Widget shop", "Widget old",
                                          "ConfigMap old", "Namespace old"});
}

TEST_CASE("the table of the order of kinds puts first what others need") {
  const auto order = [](const char* group, const char* kind) { return apply_order({group, kind}); };
  CHECK(order("", "Namespace") < order("apiextensions.k8s.io", "CustomResourceDefinition"));
  CHECK(order("apiextensions.k8s.io", "CustomResourceDefinition") < order("rbac.authorization.k8s.io", "ClusterRole"));
  CHECK(order("rbac.authorization.k8s.io", "ClusterRole") < order("rbac.authorization.k8s.io", "ClusterRoleBinding"));
  CHECK(order("rbac.authorization.k8s.io", "RoleBinding") < order("", "ConfigMap"));
  CHECK(order("", "Secret") < order("apps", "Deployment"));
  CHECK(order("apps", "Deployment") < order("example.com", "Widget"));
  CHECK(order("example.com", "Widget") < order("apiregistration.k8s.io", "APIService"));
  CHECK(order("apiregistration.k8s.io", "APIService") <
        order("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"));
  CHECK_MESSAGE(order("example.com", "Deployment") == order("example.com", "Widget"),
                "a kind of another group is another kind");
}

TEST_CASE("the digest of a plan changes with what it does and not with resourceVersions") {
  PlanFixture fixture;
  const Manifest manifest = fixture.want(PlanFixture::text("ConfigMap", "a"));
  fixture.own(fixture.row(), manifest.id, "u1");
  Observed& seen = fixture.see(PlanFixture::text("ConfigMap", "a", "data: {a: '2'}"), "u1");
  const Digest before = digest_plan({fixture.plan()});
  seen.object.edit("metadata").set("resourceVersion", "99");
  seen.object.set("status", Value::map({{"x", Value(1)}}));
  CHECK(digest_plan({fixture.plan()}) == before);
  fixture.desired.manifests[0].object.edit("data").set("a", "3");
  CHECK(digest_plan({fixture.plan()}) != before);
  CHECK(digest_plan({}) != before);
}

}  // namespace
}  // namespace reconciled
