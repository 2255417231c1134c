#include "sandbox/model_cluster.h"

#include "ports/queue_inbox.h"

#include <doctest/doctest.h>

namespace reconciled::sandbox {
namespace {

struct World {
  ManualClock clock;
  SeededRandom random{1};
  ApiModel model{clock, random};
  QueueInbox inbox;
  std::unique_ptr<ModelCluster> cluster = make_model_cluster(model, inbox);
  CallId next = 0;

  Call call(Verb verb, std::string name = {}) {
    Call out;
    out.id = ++next;
    out.verb = verb;
    out.type.gvk = {"", "v1", "ConfigMap"};
    out.type.plural = "configmaps";
    out.namespace_ = "default";
    out.name = std::move(name);
    out.field_manager = "m";
    return out;
  }
  Answer ask_for(Call one) { return ask(*cluster, inbox, std::move(one)); }
  Call apply(const char* value, std::string manager = "m") {
    Call out = call(Verb::apply, "a");
    out.field_manager = std::move(manager);
    out.body = Value::map({{"apiVersion", "v1"},
                           {"kind", "ConfigMap"},
                           {"metadata", Value::map({{"name", "a"}})},
                           {"data", Value::map({{"x", value}})}});
    return out;
  }
};

TEST_CASE("an apply that creates answers 201, one that changes 200") {
  World world;
  CHECK(world.ask_for(world.apply("1")).http_status == 201);
  const Answer second = world.ask_for(world.apply("2"));
  CHECK(second.http_status == 200);
  REQUIRE(second.object);
  CHECK(second.object->at({"data", "x"}).as_string() == "2");
}

TEST_CASE("a conflict names manager and field") {
  World world;
  world.ask_for(world.apply("1", "other"));
  const Answer refused = world.ask_for(world.apply("2"));
  REQUIRE_FALSE(refused.object);
  CHECK(refused.object.error().kind == ErrorKind::api_conflict);
  CHECK(refused.conflicts == std::vector<std::string>{"other: .data.x"});
}

TEST_CASE("an absent object is api_missing") {
  World world;
  const Answer answer = world.ask_for(world.call(Verb::get, "none"));
  REQUIRE_FALSE(answer.object);
  CHECK(answer.object.error().kind == ErrorKind::api_missing);
}

TEST_CASE("a delete without both preconditions is refused before the model sees it") {
  World world;
  world.ask_for(world.apply("1"));
  Call remove = world.call(Verb::remove, "a");
  remove.uid = "x";
  CHECK_FALSE(world.ask_for(remove).object);
  CHECK(world.model.log().back().verb == "apply");
}

TEST_CASE("a delete with wrong preconditions is a conflict, with right ones done") {
  World world;
  const Value object = *world.ask_for(world.apply("1")).object;
  Call remove = world.call(Verb::remove, "a");
  remove.uid = "wrong";
  remove.resource_version = object.at({"metadata", "resourceVersion"}).as_string();
  CHECK(world.ask_for(remove).object.error().kind == ErrorKind::api_conflict);
  remove.id = 99;
  remove.uid = object.at({"metadata", "uid"}).as_string();
  CHECK(world.ask_for(remove).object);
  CHECK_FALSE(world.ask_for(world.call(Verb::get, "a")).object);
}

TEST_CASE("a watch delivers events until it is cancelled, and then one answer") {
  World world;
  const Call watch = world.call(Verb::watch);
  world.cluster->start(watch);
  world.cluster->start(world.apply("1"));
  world.cluster->pump();
  int events = 0;
  while (const auto message = world.inbox.try_take()) events += std::holds_alternative<WatchEvent>(*message) ? 1 : 0;
  CHECK(events == 1);
  world.cluster->cancel(watch.id);
  const auto last = world.inbox.try_take();
  REQUIRE(last.has_value());
  CHECK(std::get<Answer>(*last).object.error().kind == ErrorKind::cancelled);
}

TEST_CASE("discovery lists built-in and custom types") {
  World world;
  Call call;
  call.id = 7;
  call.verb = Verb::discover;
  const Answer answer = world.ask_for(call);
  REQUIRE(answer.discovery != nullptr);
  CHECK(answer.discovery->find(GroupKind{"apps", "Deployment"}) != nullptr);
  CHECK(answer.discovery->find(GroupKind{"", "Namespace"})->scope == ObjectScope::cluster);
  CHECK(answer.discovery->find(GroupKind{"example.com", "Thing"}) == nullptr);
}

TEST_CASE("a call is not carried out at or after the time before which it must start") {
  World world;
  Call late = world.apply("1");
  late.start_before = world.clock.monotonic();
  const Answer refused = world.ask_for(late);
  REQUIRE_FALSE(refused.object);
  CHECK(refused.object.error().kind == ErrorKind::refused);
  CHECK(world.model.log().empty());
  Call in_time = world.apply("1");
  in_time.start_before = world.clock.monotonic() + std::chrono::nanoseconds(1);
  CHECK(world.ask_for(in_time).object);

  const auto cluster = make_model_cluster(world.model, world.inbox, Delivery::on_pump);
  Call waiting = world.apply("2");
  waiting.start_before = world.clock.monotonic() + std::chrono::seconds(1);
  cluster->start(waiting);
  world.clock.advance(std::chrono::seconds(1));
  cluster->pump();
  CHECK(std::get<Answer>(*world.inbox.try_take()).object.error().kind == ErrorKind::refused);
  CHECK(world.ask_for(world.call(Verb::get, "a")).object->at({"data", "x"}).as_string() == "1");
}

TEST_CASE("a list with a limit is one page, and a page that expired is gone") {
  World world;
  for (const char* name : {"a", "b", "c"}) {
    Call create = world.apply("1");
    create.name = name;
    create.body.edit("metadata").set("name", name);
    REQUIRE(world.ask_for(create).object);
  }
  Call list = world.call(Verb::list);
  list.limit = 2;
  const Answer first = world.ask_for(list);
  REQUIRE(first.object);
  CHECK((*first.object)["items"].size() == 2);
  CHECK((*first.object)["items"].items()[0]["kind"].as_string() == "ConfigMap");
  list.id = ++world.next;
  list.continue_token = first.object->at({"metadata", "continue"}).as_string();
  REQUIRE_FALSE(list.continue_token.empty());
  const Answer second = world.ask_for(list);
  REQUIRE(second.object);
  CHECK((*second.object)["items"].size() == 1);
  CHECK(second.object->at({"metadata", "continue"}).is_null());
  CHECK(second.object->at({"metadata", "resourceVersion"}) == first.object->at({"metadata", "resourceVersion"}));
  world.ask_for(world.apply("2"));
  world.model.compact();
  list.id = ++world.next;
  CHECK(world.ask_for(list).object.error().kind == ErrorKind::api_gone);
}

TEST_CASE("objects carry their own type, also with metadata alone") {
  World world;
  world.ask_for(world.apply("1"));
  for (const Verb verb : {Verb::get, Verb::list}) {
    Call call = world.call(verb, verb == Verb::get ? "a" : "");
    call.representation = Representation::metadata;
    const Answer answer = world.ask_for(call);
    REQUIRE(answer.object);
    const Value& object = verb == Verb::get ? *answer.object : (*answer.object)["items"].items()[0];
    CHECK(object["kind"].as_string() == "ConfigMap");
    CHECK(object["apiVersion"].as_string() == "v1");
    CHECK(object.find("data") == nullptr);
  }
}

TEST_CASE("answers on pump come in the order of their start") {
  World world;
  const auto cluster = make_model_cluster(world.model, world.inbox, Delivery::on_pump);
  const Call first = world.apply("1");
  const Call second = world.call(Verb::get, "a");
  cluster->start(first);
  cluster->start(second);
  CHECK_FALSE(world.inbox.try_take().has_value());
  cluster->pump();
  CHECK(std::get<Answer>(*world.inbox.try_take()).id == first.id);
  CHECK(std::get<Answer>(*world.inbox.try_take()).id == second.id);
}

}  // namespace
}  // namespace reconciled::sandbox
