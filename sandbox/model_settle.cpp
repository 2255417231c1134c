#include "base/json.h"
#include "sandbox/controllers.h"
#include "sandbox/model.h"

#include <algorithm>

namespace reconciled::sandbox {
namespace {

constexpr std::string_view k_definitions = "customresourcedefinitions.apiextensions.k8s.io";
constexpr std::string_view k_cleanup = "customresourcecleanup.apiextensions.k8s.io";
constexpr int k_max_rounds = 50;

bool is_ending(const Value& object) {
  return !object.at({"metadata", "deletionTimestamp"}).is_null();
}

bool has_finalizer(const Value& object, std::string_view name) {
  const auto items = object.at({"metadata", "finalizers"}).items();
  return std::any_of(items.begin(), items.end(), [&](const Value& item) { return item.as_string() == name; });
}

void drop_finalizer(Value& object, std::string_view name) {
  Value kept = Value::list();
  for (const Value& item : object.at({"metadata", "finalizers"}).items()) {
    if (item.as_string() != name) kept.append(item);
  }
  object.edit("metadata").erase("finalizers");
  if (kept.size() > 0) object.edit("metadata").set("finalizers", std::move(kept));
}

Value condition(std::string_view type, std::string_view reason, std::string_view message, const std::string& time) {
  return Value::map(
      {{"type", type}, {"status", "True"}, {"lastTransitionTime", time}, {"reason", reason}, {"message", message}});
}

bool is_established(const Value& definition) {
  for (const Value& entry : definition.at({"status", "conditions"}).items()) {
    if (entry["type"].as_string() == "Established" && entry["status"].as_string() == "True") return true;
  }
  return false;
}

std::string joined(const Value& list) {
  std::string out;
  for (const Value& item : list.items()) out += (out.empty() ? "" : " ") + std::string(item.as_string());
  return out;
}

Value make_namespace(std::string_view name, std::string uid, const std::string& time) {
  return Value::map({{"kind", "Namespace"},
                     {"apiVersion", "v1"},
                     {"metadata", Value::map({{"name", name},
                                              {"uid", uid},
                                              {"creationTimestamp", time},
                                              {"labels", Value::map({{"kubernetes.io/metadata.name", name}})}})},
                     {"spec", Value::map({{"finalizers", Value::list({"kubernetes"})}})},
                     {"status", Value::map({{"phase", "Active"}})}});
}

Value make_role(std::string_view name, Value verbs, std::string uid, const std::string& time) {
  const Value star = Value::list({"*"});
  Value rule = Value::map({{"apiGroups", star}, {"resources", star}, {"verbs", std::move(verbs)}});
  return Value::map({{"kind", "ClusterRole"},
                     {"apiVersion", "rbac.authorization.k8s.io/v1"},
                     {"metadata", Value::map({{"name", name}, {"uid", uid}, {"creationTimestamp", time}})},
                     {"rules", Value::list({std::move(rule)})}});
}

Value make_binding(std::string_view name, std::string_view group, std::string uid, const std::string& time) {
  const std::string_view api = "rbac.authorization.k8s.io";
  return Value::map({{"kind", "ClusterRoleBinding"},
                     {"apiVersion", "rbac.authorization.k8s.io/v1"},
                     {"metadata", Value::map({{"name", name}, {"uid", uid}, {"creationTimestamp", time}})},
                     {"roleRef", Value::map({{"apiGroup", api}, {"kind", "ClusterRole"}, {"name", name}})},
                     {"subjects", Value::list({Value::map({{"kind", "Group"}, {"apiGroup", api}, {"name", group}})})}});
}

}  // namespace

ApiModel::ApiModel(const Clock& clock, Random& random, SandboxControllers controllers)
    : m_clock(clock), m_random(random), m_controllers(controllers) {
  for (const char* name : {"kube-system", "default", "kube-public", "kube-node-lease"})
    put({"namespaces", "", name}, make_namespace(name, m_random.uuid(), now()));
  const std::string roles = "clusterroles.rbac.authorization.k8s.io";
  const std::string bindings = "clusterrolebindings.rbac.authorization.k8s.io";
  put({roles, "", "cluster-admin"}, make_role("cluster-admin", Value::list({"*"}), m_random.uuid(), now()));
  put({bindings, "", "cluster-admin"}, make_binding("cluster-admin", "system:masters", m_random.uuid(), now()));
  put({roles, "", "sandbox:reader"},
      make_role("sandbox:reader", Value::list({"get", "list", "watch"}), m_random.uuid(), now()));
  put({bindings, "", "sandbox:reader"}, make_binding("sandbox:reader", "sandbox:readers", m_random.uuid(), now()));
  rebuild_resources();
}

ApiModel::~ApiModel() = default;

Value ApiModel::put(const ObjectKey& key, Value object) {
  return m_store.put(key, std::move(object));
}
Value ApiModel::erase(const ObjectKey& key) {
  return m_store.remove(key);
}

void ApiModel::settle() {
  for (int round = 0; round < k_max_rounds && m_settled < m_store.version(); ++round) {
    const std::vector<Change> changes = m_store.changes_after(m_settled);
    m_settled = m_store.version();
    bool definitions = false;
    bool deletions = false;
    for (const Change& change : changes) {
      definitions = definitions || change.key.type == k_definitions;
      deletions = deletions || change.after.is_null() || is_ending(change.after);
    }
    if (definitions) establish_definitions();
    if (deletions) {
      end_definitions();
      end_namespaces();
      release_protection();
      collect_orphans();
    }
    if (m_controllers == SandboxControllers::instant) {
      for (const Change& change : changes) {
        const Value* object = m_store.find(change.key);
        if (object == nullptr || is_ending(*object)) continue;
        if (auto ready = make_ready(*object, now())) put(change.key, std::move(*ready));
      }
    }
  }
}

void ApiModel::establish_definitions() {
  for (const ObjectKey& key : m_store.keys_of(std::string(k_definitions))) {
    Value object = *m_store.find(key);
    if (is_established(object)) continue;
    Value& status = object.edit("status");
    status.set("acceptedNames", object.at({"spec", "names"}));
    Value conditions = Value::list();
    conditions.append(condition("NamesAccepted", "NoConflicts", "no conflicts found", now()));
    conditions.append(condition("Established", "InitialNamesAccepted", "the initial names have been accepted", now()));
    status.set("conditions", std::move(conditions));
    put(key, std::move(object));
  }
  rebuild_resources();
}

void ApiModel::rebuild_resources() {
  m_resources.clear();
  for (const BuiltinResource& row : builtin_resources()) m_resources.push_back(make_served(row));
  for (const ObjectKey& key : m_store.keys_of(std::string(k_definitions))) {
    const Value& object = *m_store.find(key);
    if (!is_established(object)) continue;
    const Value& spec = object["spec"];
    auto& [digest, served] = m_custom[key.name];
    if (std::string current = spec.digest().hex(); digest != current) {
      digest = std::move(current);
      served.clear();
      for (const Value& version : spec["versions"].items()) {
        if (!version["served"].as_bool()) continue;
        ServedResource resource;
        resource.group = spec["group"].as_string();
        resource.version = version["name"].as_string();
        resource.plural = spec.at({"names", "plural"}).as_string();
        resource.singular = spec.at({"names", "singular"}).as_string();
        resource.kind = spec.at({"names", "kind"}).as_string();
        resource.list_kind = spec.at({"names", "listKind"}).as_string();
        resource.scope = spec["scope"].as_string() == "Cluster" ? ObjectScope::cluster : ObjectScope::namespaced;
        resource.short_names = joined(spec.at({"names", "shortNames"}));
        resource.categories = joined(spec.at({"names", "categories"}));
        resource.traits = k_generation;
        if (version["subresources"].find("status") != nullptr) resource.traits |= k_status;
        if (version["subresources"].find("scale") != nullptr) resource.traits |= k_scale;
        resource.custom = true;
        resource.type = &make_custom_type(m_custom_types.emplace_back(), version.at({"schema", "openAPIV3Schema"}));
        served.push_back(std::move(resource));
      }
    }
    m_resources.insert(m_resources.end(), served.begin(), served.end());
  }
}

void ApiModel::end_definitions() {
  bool gone = false;
  for (const ObjectKey& key : m_store.keys_of(std::string(k_definitions))) {
    Value object = *m_store.find(key);
    if (!is_ending(object) || !has_finalizer(object, k_cleanup)) continue;
    bool left = false;
    for (const ObjectKey& instance : m_store.keys_of(key.name)) {
      Value value = *m_store.find(instance);
      if (value.at({"metadata", "finalizers"}).size() == 0) {
        erase(instance);
        continue;
      }
      left = true;
      if (is_ending(value)) continue;
      value.edit("metadata").set("deletionTimestamp", now());
      put(instance, std::move(value));
    }
    if (left) continue;
    drop_finalizer(object, k_cleanup);
    gone = true;
    if (object.at({"metadata", "finalizers"}).size() == 0) {
      erase(key);
    } else {
      put(key, std::move(object));
    }
  }
  if (gone) rebuild_resources();
}

void ApiModel::end_namespaces() {
  for (const ObjectKey& key : m_store.keys_of("namespaces")) {
    Value object = *m_store.find(key);
    if (!is_ending(object)) continue;
    bool left = false;
    for (const ObjectKey& inside : m_store.keys_in_namespace(key.name)) {
      Value value = *m_store.find(inside);
      const auto finalizers = value.at({"metadata", "finalizers"}).items();
      const bool held = std::any_of(finalizers.begin(), finalizers.end(), [](const Value& finalizer) {
        return finalizer.as_string() != "kubernetes.io/pvc-protection";
      });
      if (!held) {
        erase(inside);
        continue;
      }
      left = true;
      if (is_ending(value)) continue;
      value.edit("metadata").set("deletionTimestamp", now());
      put(inside, std::move(value));
    }
    if (left) continue;
    if (object.at({"spec", "finalizers"}).size() > 0) {
      object.edit("spec").erase("finalizers");
      put(key, object);
    }
    if (object.at({"metadata", "finalizers"}).size() == 0) erase(key);
  }
}

/// Claims and volumes are in use by nothing that runs here.
void ApiModel::release_protection() {
  for (const auto& [type, guard] : {std::pair("persistentvolumeclaims", "kubernetes.io/pvc-protection"),
                                    std::pair("persistentvolumes", "kubernetes.io/pv-protection")}) {
    for (const ObjectKey& key : m_store.keys_of(type)) {
      Value object = *m_store.find(key);
      if (!is_ending(object) || !has_finalizer(object, guard)) continue;
      drop_finalizer(object, guard);
      if (object.at({"metadata", "finalizers"}).size() == 0) {
        erase(key);
      } else {
        put(key, std::move(object));
      }
    }
  }
}

/// Garbage collection: objects whose owners are all gone go, orphaned ones lose their owner, and a foreground deletion
/// ends when nothing blocks it.
void ApiModel::collect_orphans() {
  std::set<std::string> alive;
  std::map<std::string, std::pair<ObjectKey, Value>> waiting;
  std::vector<std::pair<ObjectKey, Value>> owned;
  std::set<std::string> types;
  for (const ServedResource& resource : m_resources) types.insert(resource.storage_key());
  for (const std::string& type : types) {
    for (const ObjectKey& key : m_store.keys_of(type)) {
      const Value& object = *m_store.find(key);
      std::string uid(object.at({"metadata", "uid"}).as_string());
      if (object.at({"metadata", "ownerReferences"}).size() > 0) owned.emplace_back(key, object);
      if (is_ending(object) && (has_finalizer(object, "foregroundDeletion") || has_finalizer(object, "orphan")))
        waiting.emplace(uid, std::pair(key, object));
      alive.insert(std::move(uid));
    }
  }
  std::set<std::string> blocked;
  for (auto& [key, object] : owned) {
    Value kept = Value::list();
    bool orphaned = false;
    bool foreground = false;
    for (const Value& reference : object.at({"metadata", "ownerReferences"}).items()) {
      const std::string uid(reference["uid"].as_string());
      const auto owner = waiting.find(uid);
      if (owner != waiting.end() && has_finalizer(owner->second.second, "orphan")) {
        orphaned = true;
        continue;
      }
      if (owner != waiting.end()) foreground = true;
      if (alive.contains(uid)) kept.append(reference);
    }
    const bool held = object.at({"metadata", "finalizers"}).size() > 0;
    if ((kept.size() == 0 && !orphaned) || foreground) {
      if (!held) {
        erase(key);
      } else {
        for (const Value& reference : object.at({"metadata", "ownerReferences"}).items())
          blocked.emplace(reference["uid"].as_string());
        if (!is_ending(object)) {
          object.edit("metadata").set("deletionTimestamp", now());
          put(key, object);
        }
      }
    } else if (orphaned) {
      object.edit("metadata").erase("ownerReferences");
      if (kept.size() > 0) object.edit("metadata").set("ownerReferences", std::move(kept));
      put(key, object);
    }
  }
  for (auto& [uid, entry] : waiting) {
    auto& [key, object] = entry;
    if (blocked.contains(uid)) continue;
    drop_finalizer(object, "foregroundDeletion");
    drop_finalizer(object, "orphan");
    if (object.at({"metadata", "finalizers"}).size() == 0) {
      erase(key);
    } else {
      put(key, std::move(object));
    }
  }
}

}  // namespace reconciled::sandbox
