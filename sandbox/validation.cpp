#include "sandbox/validation.h"

#include "base/json.h"
#include "sandbox/field_errors.h"
#include "sandbox/names.h"
#include "sandbox/workload_rules.h"

#include <algorithm>
#include <set>

namespace reconciled::sandbox {
namespace {

void check_name(const ServedResource& resource, std::string_view name, Errors& errors) {
  if (resource.group == "rbac.authorization.k8s.io") {
    if (!is_path_segment(name)) invalid(errors, "metadata.name", name, "may not contain '/' or '%'");
  } else if (resource.kind == "Namespace" && !resource.custom) {
    if (!is_dns_label(name)) invalid(errors, "metadata.name", name, k_label_rule);
  } else if (resource.kind == "Service" && resource.group.empty()) {
    if (!is_dns1035_label(name)) invalid(errors, "metadata.name", name, k_dns1035_rule);
  } else if (!is_dns_subdomain(name)) {
    invalid(errors, "metadata.name", name, k_subdomain_rule);
  }
}

void check_metadata(const ServedResource& resource, const Value& object, const Value& old, Errors& errors) {
  const Value& metadata = object["metadata"];
  const std::string_view name = metadata["name"].as_string();
  if (name.empty()) {
    required(errors, "metadata.name", "name or generateName is required");
  } else if (old.is_null()) {
    check_name(resource, name, errors);
  }
  check_labels(metadata["labels"], "metadata.labels", errors);
  for (const Value::Entry& entry : metadata["annotations"].entries()) {
    if (const auto wrong = qualified_name_error(entry.key.as_string()); !wrong.empty())
      invalid(errors, "metadata.annotations", entry.key, wrong);
  }
  std::size_t index = 0;
  for (const Value& finalizer : metadata["finalizers"].items()) {
    const std::string_view text = finalizer.as_string();
    const std::string field = "metadata.finalizers";
    if (const auto wrong = qualified_name_error(text); !wrong.empty()) {
      invalid(errors, field, finalizer, wrong);
    } else if (text.find('/') == std::string_view::npos && text != "orphan" && text != "foregroundDeletion" &&
               text != "kubernetes") {
      invalid(errors, field + "[" + std::to_string(index) + "]", finalizer,
              "name is neither a standard finalizer name nor is it fully qualified");
    }
    ++index;
  }
  if (old.is_null()) return;
  // The API server checks the metadata of a built-in kind twice, and says so twice.
  const auto again = [&](const std::string& field, const Value& value, const std::string& detail, ErrorType kind) {
    for (int times = resource.custom ? 1 : 2; times > 0; --times) errors.push_back({kind, field, value, detail});
  };
  for (const char* field : {"uid", "creationTimestamp"}) {
    if (!metadata[field].is_null() && !(metadata[field] == old.at({"metadata", field})))
      again(std::string("metadata.") + field, metadata[field], "field is immutable", ErrorType::invalid);
  }
  if (!old.at({"metadata", "deletionTimestamp"}).is_null()) {
    for (const Value& finalizer : metadata["finalizers"].items()) {
      const auto before = old.at({"metadata", "finalizers"}).items();
      if (std::find(before.begin(), before.end(), finalizer) == before.end()) {
        again("metadata.finalizers", {},
              "no new finalizers can be added if the object is being deleted, found new finalizers []string{" +
                  format_json(finalizer) + "}",
              ErrorType::forbidden);
      }
    }
  }
}

void check_immutable_data(const Value& object, const Value& old, Errors& errors) {
  if (!old["immutable"].as_bool()) return;
  if (!object["immutable"].as_bool())
    errors.push_back({ErrorType::forbidden, "immutable", {}, "field is immutable when `immutable` is set"});
  for (const char* field : {"data", "binaryData"}) {
    if (!(object[field] == old[field]))
      errors.push_back({ErrorType::forbidden, field, {}, "field is immutable when `immutable` is set"});
  }
}

void check_data_keys(const Value& object, Errors& errors) {
  for (const char* field : {"data", "binaryData"}) {
    for (const Value::Entry& entry : object[field].entries()) {
      const std::string key(entry.key.as_string());
      if (!is_config_key(key)) invalid(errors, std::string(field) + "[" + key + "]", entry.key, k_config_key_rule);
    }
  }
}

void check_config_map(const Value& object, const Value& old, Errors& errors) {
  check_data_keys(object, errors);
  check_immutable_data(object, old, errors);
}

void check_secret(const Value& object, const Value& old, Errors& errors) {
  check_data_keys(object, errors);
  if (!old.is_null()) immutable(errors, object, old, {"type"});
  check_immutable_data(object, old, errors);
}

void check_service(const Value& object, const Value& old, Errors& errors) {
  const Value& spec = object["spec"];
  const std::string_view type = spec["type"].as_string();
  if (spec["ports"].size() == 0 && type != "ExternalName" && spec["clusterIP"].as_string() != "None")
    required(errors, "spec.ports");
  std::set<std::string> names;
  std::size_t index = 0;
  for (const Value& port : spec["ports"].items()) {
    const std::string at = "spec.ports[" + std::to_string(index++) + "]";
    const std::string name(port["name"].as_string());
    if (name.empty() && spec["ports"].size() > 1) required(errors, at + ".name");
    if (!name.empty() && !names.insert(name).second) errors.push_back({ErrorType::duplicate, at + ".name", name, ""});
    const std::int64_t number = port["port"].as_integer();
    if (number < 1 || number > 65535)
      invalid(errors, at + ".port", Value(number), "must be between 1 and 65535, inclusive");
  }
  if (type != "ClusterIP" && type != "NodePort" && type != "LoadBalancer" && type != "ExternalName")
    unsupported(errors, "spec.type", type, {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"});
  if (type == "ExternalName" && spec["externalName"].as_string().empty()) required(errors, "spec.externalName");
  if (old.is_null()) return;
  const std::string_view before = old.at({"spec", "clusterIP"}).as_string();
  if (type != "ExternalName" && !before.empty() && spec["clusterIP"].as_string() != before)
    invalid(errors, "spec.clusterIPs[0]", Value::list({spec["clusterIP"]}), "may not change once set");
}

void check_role_binding(const Value& object, const Value& old, Errors& errors) {
  if (object.at({"roleRef", "name"}).as_string().empty()) required(errors, "roleRef.name");
  const std::string_view kind = object.at({"roleRef", "kind"}).as_string();
  if (kind != "Role" && kind != "ClusterRole") unsupported(errors, "roleRef.kind", kind, {"Role", "ClusterRole"});
  if (!old.is_null() && !(object["roleRef"] == old["roleRef"]))
    invalid(errors, "roleRef", object["roleRef"], "cannot change roleRef");
}

void check_ingress(const Value& object, const Value&, Errors& errors) {
  const Value& spec = object["spec"];
  if (spec["rules"].size() == 0 && spec["defaultBackend"].is_null())
    invalid(errors, "spec", Value::map(), "either `defaultBackend` or `rules` must be specified");
  std::size_t rule_index = 0;
  for (const Value& rule : spec["rules"].items()) {
    std::size_t path_index = 0;
    for (const Value& path : rule.at({"http", "paths"}).items()) {
      if (path["pathType"].as_string().empty())
        required(
            errors,
            "spec.rules[" + std::to_string(rule_index) + "].http.paths[" + std::to_string(path_index) + "].pathType",
            "pathType must be specified");
      ++path_index;
    }
    ++rule_index;
  }
}

void check_claim(const Value& object, const Value& old, Errors& errors) {
  const Value& spec = object["spec"];
  if (spec["accessModes"].size() == 0) required(errors, "spec.accessModes", "at least 1 access mode is required");
  if (spec.at({"resources", "requests", "storage"}).is_null()) required(errors, "spec.resources[storage]");
  if (old.is_null()) return;
  const auto fixed = [](const Value& claim) {
    Value out = claim["spec"];
    out.erase("resources");
    out.erase("volumeName");
    out.erase("volumeAttributesClassName");
    return out;
  };
  if (!(fixed(object) == fixed(old)))
    errors.push_back({ErrorType::forbidden,
                      "spec",
                      {},
                      "spec is immutable after creation except resources.requests and volumeAttributesClassName for "
                      "bound claims"});
}

void check_crd(const Value& object, const Value& old, Errors& errors) {
  const Value& spec = object["spec"];
  const std::string expected =
      std::string(spec.at({"names", "plural"}).as_string()) + "." + std::string(spec["group"].as_string());
  if (object.at({"metadata", "name"}).as_string() != expected)
    invalid(errors, "metadata.name", object.at({"metadata", "name"}), "must be spec.names.plural+\".\"+spec.group");
  if (spec["group"].as_string().empty()) required(errors, "spec.group");
  const std::string_view scope = spec["scope"].as_string();
  if (scope != "Namespaced" && scope != "Cluster") unsupported(errors, "spec.scope", scope, {"Cluster", "Namespaced"});
  if (spec.at({"names", "kind"}).as_string().empty()) required(errors, "spec.names.kind");
  std::size_t storage = 0;
  std::size_t index = 0;
  for (const Value& version : spec["versions"].items()) {
    if (version["storage"].as_bool()) ++storage;
    if (version.at({"schema", "openAPIV3Schema"}).is_null())
      required(errors, "spec.versions[" + std::to_string(index) + "].schema.openAPIV3Schema", "schemas are required");
    ++index;
  }
  if (storage != 1)
    invalid(errors, "spec.versions", spec["versions"], "must have exactly one version marked as storage version");
  if (storage == 0) invalid(errors, "status.storedVersions", Value::list(), "must have at least one stored version");
  if (old.is_null()) return;
  immutable(errors, object, old, {"spec", "scope"});
  immutable(errors, object, old, {"spec", "group"});
  immutable(errors, object, old, {"spec", "names", "kind"});
}

void check_storage_class(const Value& object, const Value& old, Errors& errors) {
  if (object["provisioner"].as_string().empty()) required(errors, "provisioner");
  if (old.is_null()) return;
  for (const char* field : {"parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"}) {
    if (object[field] == old[field]) continue;
    if (std::string_view(field) == "parameters" || std::string_view(field) == "provisioner") {
      errors.push_back({ErrorType::forbidden, field, {}, "updates to " + std::string(field) + " are forbidden."});
    } else {
      invalid(errors, field, object[field], "field is immutable");
    }
  }
}

void check_lease(const Value& object, const Value&, Errors& errors) {
  const Value& seconds = object.at({"spec", "leaseDurationSeconds"});
  if (!seconds.is_null() && seconds.as_integer() <= 0)
    invalid(errors, "spec.leaseDurationSeconds", seconds, "must be greater than 0");
  const Value& transitions = object.at({"spec", "leaseTransitions"});
  if (transitions.as_integer() < 0)
    invalid(errors, "spec.leaseTransitions", transitions, "must be greater than or equal to 0");
}

using Rule = void (*)(const Value& object, const Value& old, Errors& errors);
constexpr std::pair<std::string_view, Rule> k_rules[] = {
    {"apps.v1.Deployment", check_workload},
    {"apps.v1.DaemonSet", check_workload},
    {"apps.v1.ReplicaSet", check_workload},
    {"apps.v1.StatefulSet", check_stateful_set},
    {"batch.v1.Job", check_job},
    {"batch.v1.CronJob", check_cron_job},
    {"core.v1.Pod", check_pod},
    {"core.v1.ConfigMap", check_config_map},
    {"core.v1.Secret", check_secret},
    {"core.v1.Service", check_service},
    {"core.v1.PersistentVolumeClaim", check_claim},
    {"rbac.v1.RoleBinding", check_role_binding},
    {"rbac.v1.ClusterRoleBinding", check_role_binding},
    {"networking.v1.Ingress", check_ingress},
    {"storage.v1.StorageClass", check_storage_class},
    {"coordination.v1.Lease", check_lease},
    {"x.CustomResourceDefinition", check_crd},
};

}  // namespace

std::vector<FieldError> validate(const ServedResource& resource, const Value& object, const Value& old) {
  Errors errors;
  check_metadata(resource, object, old, errors);
  if (resource.custom) {
    validate_custom(*resource.type, object, "", errors);
    return errors;
  }
  for (const auto& [definition, rule] : k_rules) {
    if (definition == resource.type->definition) rule(object, old, errors);
  }
  return errors;
}

}  // namespace reconciled::sandbox
