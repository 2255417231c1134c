// The people, controllers and nodes of a world.
#include "tests/sim/world.h"

#include <algorithm>
#include <array>

namespace reconciled::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const std::array<ResourceType, 8>& types() {
  static const std::array<ResourceType, 8> k_types{
      ResourceType{{"", "v1", "ConfigMap"}, "configmaps", ObjectScope::namespaced, {}},
      ResourceType{{"", "v1", "Secret"}, "secrets", ObjectScope::namespaced, {}},
      ResourceType{{"", "v1", "ServiceAccount"}, "serviceaccounts", ObjectScope::namespaced, {}},
      ResourceType{{"apps", "v1", "Deployment"}, "deployments", ObjectScope::namespaced, {}},
      ResourceType{{"example.com", "v1", "Widget"}, "widgets", ObjectScope::namespaced, {}},
      ResourceType{{"", "v1", "Namespace"}, "namespaces", ObjectScope::cluster, {}},
      ResourceType{{"apiextensions.k8s.io", "v1", "CustomResourceDefinition"},
                   "customresourcedefinitions",
                   ObjectScope::cluster,
                   {}},
      ResourceType{{"coordination.k8s.io", "v1", "Lease"}, "leases", ObjectScope::namespaced, {}},
  };
  return k_types;
}

const ResourceType* type_of(const ObjectId& id) {
  const auto at = std::ranges::find_if(
      types(), [&](const ResourceType& type) { return type.gvk.group == id.group && type.gvk.kind == id.kind; });
  return at == types().end() ? nullptr : &*at;
}

/// A patch that gives an object another essence.
Value edit_of(const ObjectId& id, std::uint64_t number) {
  const std::string text = "hand-" + std::to_string(number);
  if (id.kind == "ConfigMap") return Value::map({{"data", Value::map({{"key", text}})}});
  if (id.kind == "Secret") return Value::map({{"data", Value::map({{"token", "aGFuZA=="}})}});
  if (id.kind == "Widget")
    return Value::map({{"spec", Value::map({{"size", static_cast<std::int64_t>(number % 1000)}})}});
  if (id.kind == "ServiceAccount")
    return Value::map({{"metadata", Value::map({{"labels", Value::map({{"version", text}})}})}});
  return {};
}

Value with_identity(Value body, const ObjectId& id) {
  const ResourceType* type = type_of(id);
  body.set("apiVersion", type->gvk.api_version());
  body.set("kind", id.kind);
  body.edit("metadata").set("name", id.name);
  if (!id.namespace_.empty()) body.edit("metadata").set("namespace", id.namespace_);
  return body;
}

}  // namespace

Answer World::do_as(Who who, const char* manager, Verb verb, const ObjectId& id, Value body) {
  Answer answer;
  const ResourceType* type = type_of(id);
  if (type == nullptr) return answer;
  Call call;
  call.id = ++m_hands_calls;
  call.verb = verb;
  call.type = *type;
  call.namespace_ = id.namespace_;
  call.name = verb == Verb::create ? "" : id.name;
  call.body = std::move(body);
  call.field_manager = manager;
  if (verb == Verb::apply) call.force = Force::yes;
  if (who == Who::kubelet && verb == Verb::merge_patch) call.subresource = "status";
  if (verb == Verb::remove) {
    const Value object = live(id);
    if (object.is_null()) return answer;
    call.uid = object.at({"metadata", "uid"}).as_string();
    call.resource_version = object.at({"metadata", "resourceVersion"}).as_string();
  }
  if (verb != Verb::get) {
    note(name_of(who), "does", describe(call));
    m_oracle.follow(Who::cluster);
  }
  m_hands->start(std::move(call));
  if (auto message = m_hands_inbox.try_take()) answer = std::get<Answer>(std::move(*message));
  if (verb != Verb::get) {
    m_oracle.follow(who);
    pump();
  }
  return answer;
}

Value World::live(const ObjectId& id) {
  const Answer answer = do_as(Who::person, "kubectl", Verb::get, id);
  return answer.object ? *answer.object : Value();
}

std::optional<ObjectId> World::some_object(bool wanted) {
  const auto& all = m_git.head()->wanted;
  if (!wanted || all.empty()) return std::nullopt;
  for (int tries = 0; tries < 8; ++tries) {
    auto at = all.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(m_dice.below(all.size())));
    ObjectId id = decode_id(at->first, "");
    if (!edit_of(id, 0).is_null()) return id;
  }
  return std::nullopt;
}

void World::start_people() {
  const auto in_trouble = [this](auto what) {
    return [this, what] {
      if (m_phase == Phase::trouble) what();
    };
  };
  // A long life is quiet; otherwise each world has its own pace.
  const int slow = m_options.life ? 1800 : 1;
  const auto pace = [&](int most) {
    return slow * (2 + static_cast<int>(m_dice.below(static_cast<std::size_t>(most))));
  };
  const int push = pace(40);
  const int hand = pace(40);
  const int fault = pace(12);
  every(seconds(push / 2), seconds(push * 2), in_trouble([this] { push_something(); }));
  every(seconds(hand / 2), seconds(hand * 2), in_trouble([this] { person_acts(); }));
  every(seconds(fault / 2), seconds(fault * 2), in_trouble([this] {
          Machine& machine = *m_machines[m_dice.below(m_machines.size())];
          if (&machine != m_other) machine.strike(static_cast<FaultKind>(m_dice.below(k_fault_kinds)));
        }));
  every(seconds(slow * 30), seconds(slow * 200), in_trouble([this] { controller_fights(); }));
  every(seconds(slow * 20), seconds(slow * 80), in_trouble([this] {
          if (!m_person->running()) m_person->boot();
        }));
  every(seconds(slow * 20), seconds(slow * 200), in_trouble([this] {
          if (m_other->running()) return;
          if (m_dice.permille(500)) m_other_author->push_something();
          m_other->boot();
        }));
  every(milliseconds(500), seconds(m_options.life ? 20 : 4), [this] { kubelet_works(); });
  every(seconds(5), seconds(6), [this] { pump(); });
  every(minutes(5), minutes(6), [this] { forget_history(); });
  if (!m_options.life) return;
  at(now() + std::chrono::hours(24), [this] {
    int day = 1;
    if (on_day) on_day(day);
    every(std::chrono::hours(24), std::chrono::hours(24) + seconds(1), [this, day]() mutable {
      if (on_day) on_day(++day);
    });
  });
}

void World::push_something() {
  note("author", "pushes", m_author->push_something());
  if (m_dice.permille(300)) return;  // a webhook got lost
  for (const auto& machine : m_machines) {
    if (&*machine == m_other || &*machine == m_person) continue;
    at(now() + m_dice.between(milliseconds(10), seconds(1)), [machine = machine.get()] { machine->announce_push(); });
  }
}

void World::person_acts() {
  const std::size_t roll = m_dice.below(100);
  if (roll < 10) {
    // Somebody makes first what the repository will want soon.
    const Piece piece = m_author->next_piece();
    if (piece.kind != Piece::Kind::config_map) return;
    const ObjectId id{"", "", "ConfigMap", piece.namespace_, piece.name};
    do_as(Who::person, "kubectl-create", Verb::create, id, with_identity(edit_of(id, m_dice.next() % 1000), id));
    return;
  }
  if (roll < 20) {
    const ObjectId id{"", "", "ConfigMap", "a", "own-" + std::to_string(m_dice.below(20))};
    do_as(Who::person, "kubectl-create", Verb::create, id, with_identity(edit_of(id, m_dice.next() % 1000), id));
    return;
  }
  const auto id = some_object(true);
  if (!id) return;
  if (roll < 60) {
    m_disputed[encode_id(*id)] = *id;
    do_as(Who::person, "kubectl-edit", Verb::merge_patch, *id, edit_of(*id, m_dice.next() % 1000));
  } else if (roll < 80) {
    do_as(Who::person, "kubectl-delete", Verb::remove, *id);
  } else if (roll < 90) {
    m_disputed[encode_id(*id)] = *id;
    do_as(Who::person, "kubectl-delete", Verb::remove, *id);
    do_as(Who::person, "kubectl-create", Verb::create, *id, with_identity(edit_of(*id, m_dice.next() % 1000), *id));
  } else {
    Value patch;
    patch.edit("metadata").edit("annotations").set("note", std::to_string(m_dice.below(1000)));
    do_as(Who::person, "kubectl-annotate", Verb::merge_patch, *id, std::move(patch));
  }
}

/// Somebody makes what a run is just about to make, without a field that we want.
void World::person_makes_it_first() {
  for (const auto& [key, wanted] : m_git.head()->wanted) {
    const ObjectId id = decode_id(key, "");
    if (id.kind != "ConfigMap" || !live(id).is_null()) continue;
    Value body = Value::map({{"data", Value::map({{"other", "by hand"}})}});
    do_as(Who::person, "kubectl-create", Verb::create, id, with_identity(std::move(body), id));
    return;
  }
}

/// A controller wants a field to be its own for a while.
void World::controller_fights() {
  const auto id = some_object(true);
  if (!id) return;
  m_disputed[encode_id(*id)] = *id;
  MonotonicTime time = now();
  const std::size_t rounds = 2 + m_dice.below(12);
  for (std::size_t round = 0; round < rounds; ++round) {
    time += m_dice.between(milliseconds(500), seconds(15));
    at(time, [this, id = *id] {
      if (m_phase != Phase::trouble || live(id).is_null()) return;
      do_as(Who::controller, "tuning-controller", Verb::merge_patch, id, edit_of(id, 7));
    });
  }
}

void World::make_namespace(const std::string& name) {
  const ObjectId id{"", "", "Namespace", "", name};
  do_as(Who::cluster, "kubectl", Verb::create, id, with_identity({}, id));
}

void World::kubelet_works() {
  bool wrote = false;
  for (const Value& object : m_model.store().list("deployments.apps", "")) {
    const std::int64_t generation = object.at({"metadata", "generation"}).as_integer();
    const Value& status = object["status"];
    const bool ready = status["observedGeneration"].as_integer() == generation &&
                       status["availableReplicas"].as_integer() >= object.at({"spec", "replicas"}).as_integer(1);
    if (ready || (m_phase == Phase::trouble && m_dice.permille(300))) continue;
    const std::int64_t replicas = object.at({"spec", "replicas"}).as_integer(1);
    Value available = Value::map({{"type", "Available"}, {"status", "True"}, {"reason", "MinimumReplicasAvailable"}});
    Value progressing = Value::map({{"type", "Progressing"}, {"status", "True"}, {"reason", "NewReplicaSetAvailable"}});
    Value body = Value::map({{"status", Value::map({{"observedGeneration", generation},
                                                    {"replicas", replicas},
                                                    {"updatedReplicas", replicas},
                                                    {"readyReplicas", replicas},
                                                    {"availableReplicas", replicas},
                                                    {"conditions", Value::list({available, progressing})}})}});
    const Value& metadata = object["metadata"];
    do_as(Who::kubelet, "kube-controller-manager", Verb::merge_patch,
          {"", "apps", "Deployment", std::string(metadata["namespace"].as_string()),
           std::string(metadata["name"].as_string())},
          std::move(body));
    wrote = true;
  }
  if (wrote) pump();
}

/// What only a person can decide: objects that others made or took are removed, so that ours can come back.
void World::clean_up_by_hand() {
  const Commit& head = *m_git.head();
  for (const auto& id : m_oracle.made_by_others(head)) do_as(Who::person, "kubectl-delete", Verb::remove, id);
  for (const auto& [key, id] : m_disputed) {
    if (m_oracle.is_wrong(head, key)) do_as(Who::person, "kubectl-delete", Verb::remove, id);
  }
  m_disputed.clear();
}

}  // namespace reconciled::sim
