#include "engine/observation.h"

#include "ports/builtin_types.h"
#include "ports/watched_list.h"

#include <algorithm>

namespace reconciled {
namespace {

/// Up to this many objects of a kind are read one by one; listing for fewer would read what nobody asked for. More
/// where somebody follows the cluster for months: few stacks run at a time, and their namespaces may hold thousands of
/// objects.
constexpr std::size_t k_max_gets = 2;
constexpr std::size_t k_max_gets_of_follower = 8;
/// Up to this many namespaces are listed one by one.
constexpr std::size_t k_max_namespace_lists = 3;

constexpr const char* k_of_the_past = "the API server showed an older state than it showed before";

const ResourceType k_autoscaler{
    {"autoscaling", "v2", "HorizontalPodAutoscaler"}, "horizontalpodautoscalers", ObjectScope::namespaced, {}};

Observed present(Value object, const GroupVersionKind& gvk) {
  // Items of a list come without their type.
  if (object["apiVersion"].is_null()) object.set("apiVersion", gvk.api_version());
  if (object["kind"].is_null()) object.set("kind", gvk.kind);
  Observed observed;
  observed.state = Observed::State::present;
  observed.object = std::move(object);
  return observed;
}

Observed seen_as(Observed::State state, std::string reason = {}) {
  Observed observed;
  observed.state = state;
  observed.reason = std::move(reason);
  return observed;
}

Observed from_error(const Error& error) {
  if (error.kind == ErrorKind::api_missing) return seen_as(Observed::State::absent);
  return seen_as(Observed::State::unknown, format_error(error));
}

}  // namespace

void Observation::want(const Scope& scope, const ObjectId& id, const std::string& version) {
  const ResourceType* type = version.empty() ? m_discovery.find(id.group_kind())
                                             : m_discovery.find(GroupVersionKind{id.group, version, id.kind});
  if (type == nullptr) {
    m_live.objects[id] = m_discovery.group_failed(id.group)
                             ? seen_as(Observed::State::unknown, "the API group " + id.group + " does not answer")
                             : seen_as(Observed::State::no_kind, "the API server has no kind " + id.kind + " in " +
                                                                     (id.group.empty() ? "v1" : id.group) +
                                                                     (version.empty() ? "" : " " + version));
    return;
  }
  m_live.objects[id] = seen_as(Observed::State::unknown, "not read yet");
  if (version.empty())
    m_owned.insert(id);
  else
    m_owned.erase(id);
  const Target target{scope, *type};
  auto& group = m_groups.try_emplace(target.key(), Group{target, {}}).first->second;
  group.names[type->scope == ObjectScope::cluster ? "" : id.namespace_].insert(id.name);
  if (type->scope == ObjectScope::namespaced) m_namespaces[scope].insert(id.namespace_);
}

void Observation::want_autoscalers(const Scope& scope, const std::string& namespace_) {
  m_autoscaled_namespaces[scope].insert(namespace_);
}

void Observation::start(Done done) {
  m_done = std::move(done);
  m_starting = true;
  for (const auto& [scope, namespaces] : m_namespaces) observe_namespaces(scope, namespaces);
  for (const auto& [key, group] : m_groups) observe_group(group);
  if (m_discovery.find(k_autoscaler.gvk) != nullptr) {
    for (const auto& [scope, namespaces] : m_autoscaled_namespaces) {
      const Target target{scope, k_autoscaler};
      const bool everywhere = namespaces.size() > k_max_namespace_lists;
      for (const auto& namespace_ : everywhere ? std::set<std::string>{""} : namespaces) {
        call(make_call(target, Verb::list, namespace_), [this](const Answer& answer) { take_autoscalers(answer); });
      }
    }
  }
  m_starting = false;
  finish_if_idle();
}

void Observation::observe_namespaces(const Scope& scope, const std::set<std::string>& namespaces) {
  const Target target{scope, k_namespace_type};
  if (namespaces.size() <= k_max_gets) {
    for (const auto& name : namespaces) {
      Call read = make_call(target, Verb::get, "");
      read.name = name;
      read.representation = Representation::metadata;
      call(std::move(read), [this, name](const Answer& answer) {
        if (!answer.object && answer.object.error().kind == ErrorKind::api_missing) m_absent_namespaces.insert(name);
      });
    }
    return;
  }
  Call read = make_call(target, Verb::list, "");
  read.representation = Representation::metadata;
  call(std::move(read), [this, namespaces](const Answer& answer) {
    if (!answer.object) return;  // without the right to look, objects alone tell
    std::set<std::string> there;
    for (const auto& item : (*answer.object)["items"].items()) there.emplace(item.at({"metadata", "name"}).as_string());
    std::ranges::set_difference(namespaces, there, std::inserter(m_absent_namespaces, m_absent_namespaces.end()));
  });
}

void Observation::observe_group(const Group& group) {
  std::size_t count = 0;
  for (const auto& [namespace_, names] : group.names) count += names.size();
  if (count <= (m_seen ? k_max_gets_of_follower : k_max_gets)) {
    for (const auto& [namespace_, names] : group.names) {
      for (const auto& name : names) get(group.target, namespace_, name);
    }
  } else if (group.names.size() <= k_max_namespace_lists) {
    for (const auto& [namespace_, names] : group.names) list(group, Reach::one_namespace, namespace_);
  } else {
    list(group, Reach::everywhere, "");
  }
}

void Observation::list(const Group& group, Reach reach, const std::string& namespace_) {
  call(make_call(group.target, Verb::list, namespace_),
       [this, &group, reach, namespace_](Answer answer) { take_list(group, reach, namespace_, std::move(answer)); });
}

bool Observation::is_of_the_past(const Value& answer, const ObjectId& id) const {
  return m_seen && is_older_version(answer.at({"metadata", "resourceVersion"}).as_string(), m_seen(id));
}

bool Observation::is_of_the_past(const Value& list, const Group& group, Reach reach,
                                 const std::string& namespace_) const {
  return std::ranges::any_of(group.names, [&](const auto& entry) {
    const auto& [in, names] = entry;
    return (reach == Reach::everywhere || in == namespace_) && std::ranges::any_of(names, [&](const auto& name) {
             return is_of_the_past(list, id_of(group.target, in, name));
           });
  });
}

void Observation::take_list(const Group& group, Reach reach, const std::string& namespace_, Answer answer) {
  if (answer.object && is_of_the_past(*answer.object, group, reach, namespace_))
    answer.object = fail(ErrorKind::api_transient, k_of_the_past);
  if (answer.object) {
    for (const auto& [in, names] : group.names) {
      if (reach == Reach::everywhere || in == namespace_) settle_all(group, in, seen_as(Observed::State::absent));
    }
    for (const auto& item : (*answer.object)["items"].items()) {
      const std::string in(item.at({"metadata", "namespace"}).as_string());
      const std::string name(item.at({"metadata", "name"}).as_string());
      const auto wanted = group.names.find(in);
      if (wanted == group.names.end() || !wanted->second.contains(name)) continue;
      settle(group.target, in, name, present(item, group.target.type.gvk));
    }
    confirm_absence(group, reach, namespace_);
    return;
  }
  const Error& error = answer.object.error();
  if (error.kind == ErrorKind::api_auth && reach == Reach::everywhere) {
    for (const auto& [in, names] : group.names) list(group, Reach::one_namespace, in);
  } else if (error.kind == ErrorKind::api_auth) {
    for (const auto& name : group.names.at(namespace_)) get(group.target, namespace_, name);
  } else {
    const Observed observed =
        error.kind == ErrorKind::api_missing
            ? seen_as(Observed::State::no_kind, "the API server no longer serves " + group.target.type.plural)
            : seen_as(Observed::State::unknown, format_error(error));
    for (const auto& [in, names] : group.names) {
      if (reach == Reach::everywhere || in == namespace_) settle_all(group, in, observed);
    }
  }
}

/// A list may be of the past. An object that only the inventory names would be forgotten for it: it is read by name.
void Observation::confirm_absence(const Group& group, Reach reach, const std::string& namespace_) {
  for (const auto& [in, names] : group.names) {
    if (reach == Reach::one_namespace && in != namespace_) continue;
    for (const auto& name : names) {
      const ObjectId id = id_of(group.target, in, name);
      if (m_owned.contains(id) && m_live.at(id).state == Observed::State::absent) get(group.target, in, name);
    }
  }
}

void Observation::get(const Target& target, const std::string& namespace_, const std::string& name) {
  Call read = make_call(target, Verb::get, namespace_);
  read.name = name;
  call(std::move(read), [this, target, namespace_, name](Answer answer) {
    if (answer.object && is_of_the_past(*answer.object, id_of(target, namespace_, name)))
      answer.object = fail(ErrorKind::api_transient, k_of_the_past);
    settle(target, namespace_, name,
           answer.object ? present(std::move(*answer.object), target.type.gvk) : from_error(answer.object.error()));
  });
}

void Observation::take_autoscalers(const Answer& answer) {
  if (!answer.object) return;
  for (const auto& item : (*answer.object)["items"].items()) {
    const Value& target = item.at({"spec", "scaleTargetRef"});
    const auto gvk = make_gvk(target["apiVersion"].as_string(), target["kind"].as_string());
    m_live.autoscaled.insert({m_cluster, gvk.group, gvk.kind,
                              std::string(item.at({"metadata", "namespace"}).as_string()),
                              std::string(target["name"].as_string())});
  }
}

void Observation::settle(const Target& target, const std::string& namespace_, const std::string& name,
                         Observed observed) {
  m_live.objects[id_of(target, namespace_, name)] = std::move(observed);
}

void Observation::settle_all(const Group& group, const std::string& namespace_, const Observed& observed) {
  for (const auto& name : group.names.at(namespace_)) settle(group.target, namespace_, name, observed);
}

ObjectId Observation::id_of(const Target& target, const std::string& namespace_, const std::string& name) const {
  return {m_cluster, target.type.gvk.group, target.type.gvk.kind, namespace_, name};
}

Call Observation::make_call(const Target& target, Verb verb, const std::string& namespace_) const {
  Call call;
  call.scope = target.scope;
  call.verb = verb;
  call.type = target.type;
  call.namespace_ = namespace_;
  return call;
}

void Observation::call(Call call, Calls::Continuation then) {
  ++m_open;
  m_calls.start(std::move(call), [this, then = std::move(then)](Answer answer) {
    then(std::move(answer));
    --m_open;
    finish_if_idle();
  });
}

void Observation::finish_if_idle() {
  if (m_open != 0 || m_starting || !m_done) return;
  for (auto& [id, observed] : m_live.objects) {
    if (observed.state == Observed::State::absent && m_absent_namespaces.contains(id.namespace_)) {
      observed = seen_as(Observed::State::no_namespace, "the namespace " + id.namespace_ + " does not exist");
    }
  }
  const Done done = std::exchange(m_done, nullptr);
  done(std::move(m_live));
}

}  // namespace reconciled
