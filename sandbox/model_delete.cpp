#include "sandbox/model.h"
#include "sandbox/selectors.h"

#include <algorithm>

namespace reconciled::sandbox {
namespace {

/// Kinds whose DELETE answers with the object instead of a Status.
bool returns_object(const ServedResource& resource) {
  constexpr std::string_view k_kinds[] = {
      "pods", "services", "serviceaccounts", "persistentvolumes", "persistentvolumeclaims", "resourcequotas"};
  return std::find(std::begin(k_kinds), std::end(k_kinds), resource.storage_key()) != std::end(k_kinds);
}

std::optional<Failure> check_preconditions(const ServedResource& resource, const std::string& name, const Value& live,
                                           const Value& options) {
  const Value& wanted = options["preconditions"];
  const std::string_view uid = live.at({"metadata", "uid"}).as_string();
  if (const Value& value = wanted["uid"]; !value.is_null() && value.as_string() != uid) {
    return conflict(resource.group, resource.kind, name,
                    "the UID in the precondition (" + std::string(value.as_string()) +
                        ") does not match the UID in record (" + std::string(uid) +
                        "). The object might have been deleted and then recreated");
  }
  const std::string_view version = live.at({"metadata", "resourceVersion"}).as_string();
  if (const Value& value = wanted["resourceVersion"]; !value.is_null() && value.as_string() != version) {
    return conflict(resource.group, resource.kind, name,
                    "the ResourceVersion in the precondition (" + std::string(value.as_string()) +
                        ") does not match the ResourceVersion in record (" + std::string(version) +
                        "). The object might have been modified");
  }
  return std::nullopt;
}

}  // namespace

Outcome<Value> ApiModel::remove_object(const Target& target, Value live, const Value& options) {
  const ServedResource& resource = *target.resource;
  const std::string propagation(options["propagationPolicy"].as_string("Background"));
  if (propagation != "Background" && propagation != "Foreground" && propagation != "Orphan") {
    return refuse(make_invalid("meta.k8s.io", "DeleteOptions", "",
                               {{FieldError::Kind::not_supported, "propagationPolicy", propagation,
                                 "supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\""}}));
  }
  const bool protected_space =
      resource.storage_key() == "namespaces" &&
      (target.name == "default" || target.name == "kube-system" || target.name == "kube-public");
  if (protected_space) return refuse(forbidden("", "namespaces", target.name, "this namespace may not be deleted"));
  Value object = live;
  Value& metadata = object.edit("metadata");
  if (resource.storage_key() == "customresourcedefinitions.apiextensions.k8s.io") {
    const auto items = metadata["finalizers"].items();
    const Value guard = Value("customresourcecleanup.apiextensions.k8s.io");
    if (std::find(items.begin(), items.end(), guard) == items.end()) metadata.edit("finalizers").append(guard);
  }
  if (propagation == "Foreground") metadata.edit("finalizers").append("foregroundDeletion");
  if (propagation == "Orphan") metadata.edit("finalizers").append("orphan");
  const bool is_namespace = resource.storage_key() == "namespaces";
  if (metadata["finalizers"].size() == 0 && !is_namespace) {
    if (!target.dry_run) erase(target.key());
    if (returns_object(resource)) return live;
    return make_success(resource.group, resource.plural, target.name, live.at({"metadata", "uid"}).as_string());
  }
  if (!metadata["deletionTimestamp"].is_null()) return live;
  metadata.set("deletionTimestamp", now());
  const bool is_definition = resource.storage_key() == "customresourcedefinitions.apiextensions.k8s.io";
  if (!is_definition) metadata.set("deletionGracePeriodSeconds", 0);
  if (!is_definition && resource.has(k_generation) && !metadata["generation"].is_null())
    metadata.set("generation", metadata["generation"].as_integer() + 1);
  if (is_namespace) {
    metadata.erase("deletionGracePeriodSeconds");
    object.edit("status").set("phase", "Terminating");
  }
  return target.dry_run ? object : put(target.key(), std::move(object));
}

Outcome<ApiResponse> ApiModel::remove(const ApiRequest& request, const Target& target) {
  const ServedResource& resource = *target.resource;
  std::vector<std::string> warnings;
  auto options = read_body(request, target, warnings);
  if (!options) return refuse(options.error());
  if (const std::string_view policy = query_value(request, "propagationPolicy"); !policy.empty() && options->is_null())
    options->set("propagationPolicy", policy);
  const Value* live = m_store.find(target.key());
  if (live == nullptr) return refuse(not_found(resource.group, resource.plural, target.name));
  if (auto failure = check_preconditions(resource, target.name, *live, *options)) return refuse(std::move(*failure));
  Target effective = target;
  for (const Value& value : (*options)["dryRun"].items()) {
    if (value.as_string() == "All") effective.dry_run = true;
  }
  auto removed = remove_object(effective, *live, *options);
  if (!removed) return refuse(removed.error());
  ApiResponse response;
  response.body = (*removed)["kind"].as_string() == "Status" ? *removed : present(resource, *removed, target.form);
  return response;
}

Outcome<ApiResponse> ApiModel::remove_collection(const ApiRequest& request, const Target& target) {
  const ServedResource& resource = *target.resource;
  std::vector<std::string> warnings;
  auto options = read_body(request, target, warnings);
  if (!options) return refuse(options.error());
  auto labels = LabelSelector::parse(query_value(request, "labelSelector"));
  if (!labels) return refuse(labels.error());
  auto fields = FieldSelector::parse(query_value(request, "fieldSelector"), resource.kind);
  if (!fields) return refuse(fields.error());
  Value items = Value::list();
  for (const Value& object : m_store.list(resource.storage_key(), target.namespace_)) {
    if (!labels->matches(object) || !fields->matches(object)) continue;
    Target one = target;
    one.name = object.at({"metadata", "name"}).as_string();
    if (resource.namespaced()) one.namespace_ = object.at({"metadata", "namespace"}).as_string();
    auto removed = remove_object(one, object, *options);
    if (!removed) return refuse(removed.error());
    items.append(present(resource, object, Target::Form::full));
  }
  ApiResponse response;
  response.body = Value::map({{"kind", resource.list_kind},
                              {"apiVersion", resource.api_version()},
                              {"metadata", Value::map({{"resourceVersion", std::to_string(m_store.version())}})},
                              {"items", std::move(items)}});
  return response;
}

}  // namespace reconciled::sandbox
