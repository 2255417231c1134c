#include "base/base64.h"
#include "base/json.h"
#include "base/yaml.h"
#include "sandbox/canonical.h"
#include "sandbox/defaults.h"
#include "sandbox/managed_fields.h"
#include "sandbox/model.h"
#include "sandbox/object_rules.h"
#include "sandbox/typed.h"
#include "sandbox/validation.h"

namespace reconciled::sandbox {

std::string ApiModel::now() const {
  return format_time(m_clock.wall());
}

Outcome<Value> ApiModel::read_body(const ApiRequest& request, const Target& target,
                                   std::vector<std::string>& warnings) const {
  (void)warnings;
  if (request.body_text.empty()) return request.body;
  const std::string_view type = std::string_view(request.content_type).substr(0, request.content_type.find(';'));
  Budget budget;
  const bool patches = target.verb == "patch" || target.verb == "apply";
  if (type == "application/yaml" || type == "application/apply-patch+yaml") {
    auto documents = read_yaml(request.body_text, "", budget);
    if (!documents || documents->size() != 1) {
      const std::string why = documents ? "expected one document" : documents.error().message;
      return refuse(bad_request("error decoding YAML: error converting YAML to JSON: yaml: " + why));
    }
    return documents->front().value;
  }
  if (!type.empty() && type != "application/json" && !patches) {
    return refuse(Failure{.code = 415,
                          .reason = "UnsupportedMediaType",
                          .message = "the body of the request was in an unknown format - accepted media types include: "
                                     "application/json, application/yaml"});
  }
  auto value = parse_json(request.body_text, budget);
  if (value) return std::move(*value);
  if (patches) return refuse(bad_request("error decoding patch: " + value.error().message));
  const std::string kind = target.resource == nullptr ? "" : target.resource->kind;
  return refuse(bad_request("the object provided is unrecognized (must be of type " + kind +
                            "): couldn't get version/kind; json parse error: " + value.error().message));
}

std::optional<Failure> ApiModel::check_namespace(const Target& target) const {
  if (!target.resource->namespaced()) return std::nullopt;
  const Value* space = m_store.find({"namespaces", "", target.namespace_});
  if (space == nullptr) return not_found("", "namespaces", target.namespace_);
  if (space->at({"metadata", "deletionTimestamp"}).is_null()) return std::nullopt;
  const std::string why =
      "unable to create new content in namespace " + target.namespace_ + " because it is being terminated";
  Failure failure = forbidden(target.resource->group, target.resource->plural, target.name, why);
  failure.causes.push_back(
      {"NamespaceTerminating", "namespace " + target.namespace_ + " is being terminated", "metadata.namespace"});
  return failure;
}

/// Checks what every decoded object is checked for, and brings it into the form of its type.
Outcome<ApiModel::Write> ApiModel::change(const ApiRequest& request, const Target& target, const Value& live,
                                          Value changed) {
  const ServedResource& resource = *target.resource;
  Write write;
  write.old = live;
  if (!changed.is_map()) {
    return refuse(bad_request("the object provided is unrecognized (must be of type " + resource.kind +
                              "): couldn't get version/kind; json parse error: json: cannot unmarshal " +
                              go_kind(changed) + " into Go value of type struct"));
  }
  const std::string cannot =
      resource.kind + " in version \"" + resource.version + "\" cannot be handled as a " + resource.kind + ": ";
  const std::string_view kind = changed["kind"].as_string(resource.kind);
  const std::string expected = resource.api_version();
  const std::string_view api_version = changed["apiVersion"].as_string(expected);
  if (kind != resource.kind || api_version != expected) {
    return refuse(bad_request("the API version in the data (" + std::string(api_version) +
                              ", Kind=" + std::string(kind) + ") does not match the expected API version (" +
                              kind_text(resource) + ")"));
  }
  changed.set("kind", resource.kind);
  changed.set("apiVersion", resource.api_version());
  if (!changed["metadata"].is_map()) changed.set("metadata", Value::map());
  const std::vector<std::string> unknown = find_unknown_fields(*resource.type, changed);
  const std::string_view validation = query_value(request, "fieldValidation");
  if (!unknown.empty() && validation == "Strict") {
    std::string joined;
    for (const std::string& text : unknown) joined += (joined.empty() ? "" : ", ") + text;
    return refuse(bad_request((resource.custom ? "" : cannot) + "strict decoding error: " + joined));
  }
  if (validation != "Ignore") write.warnings = unknown;
  changed = prune_unknown_fields(*resource.type, changed);
  if (resource.custom) {
    apply_custom_defaults(*resource.type, changed);
  } else {
    if (const auto error = find_decode_error(*resource.type, changed, resource.kind))
      return refuse(bad_request(cannot + *error));
    const bool has_bytes = resource.kind == "Secret" || resource.kind == "ConfigMap";
    for (const Value::Entry& entry : changed[resource.kind == "Secret" ? "data" : "binaryData"].entries()) {
      if (has_bytes && !decode_base64(entry.value.as_string()))
        return refuse(bad_request(cannot + "illegal base64 data in " + std::string(entry.key.as_string())));
    }
    changed = fill_embedded(*resource.type, canonical_form(*resource.type, changed));
    apply_defaults(*resource.type, changed);
  }
  write.object = std::move(changed);
  return write;
}

void ApiModel::set_creation_fields(const Target& target, Value& object) {
  const ServedResource& resource = *target.resource;
  Value& metadata = object.edit("metadata");
  metadata.set("uid", m_random.uuid());
  metadata.set("creationTimestamp", now());
  for (const char* field : {"deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion", "selfLink"})
    metadata.erase(field);
  if (resource.has(k_generation)) metadata.set("generation", 1);
  if (target.resource->namespaced()) metadata.set("namespace", target.namespace_);
  const std::string_view prefix = metadata["generateName"].as_string();
  if (!metadata["name"].as_string().empty() || prefix.empty()) return;
  constexpr std::string_view k_letters = "bcdfghjklmnpqrstvwxz2456789";
  std::string name(prefix.substr(0, 58));
  for (int count = 0; count < 5; ++count) name += k_letters[m_random.next() % k_letters.size()];
  metadata.set("name", name);
}

/// What the strategies of the server set after the field manager has looked.
Outcome<Value> ApiModel::admit_create(const Target& target, Value object) {
  const std::string& kind = target.resource->kind;
  if (target.resource->custom) return object;
  if (kind == "Service" && object.at({"spec", "type"}).as_string() != "ExternalName") {
    Value& spec = object.edit("spec");
    std::string address(spec["clusterIP"].as_string());
    if (address.empty()) {
      const std::uint32_t host = ++m_next_address;
      address = "10.96." + std::to_string(host / 254 % 256) + "." + std::to_string(host % 254 + 1);
    }
    spec.set("clusterIP", address);
    spec.set("clusterIPs", Value::list({address}));
    if (spec["ipFamilies"].is_null()) spec.set("ipFamilies", Value::list({"IPv4"}));
    if (spec["ipFamilyPolicy"].is_null()) spec.set("ipFamilyPolicy", "SingleStack");
    const std::string_view type = spec["type"].as_string();
    for (std::size_t index = 0; (type == "NodePort" || type == "LoadBalancer") && index < spec["ports"].size();
         ++index) {
      Value& port = spec.edit("ports").edit_item(index);
      if (port["nodePort"].as_integer() == 0) port.set("nodePort", static_cast<int>(30000 + ++m_next_address % 2768));
    }
  }
  if (kind == "Job" && !object.at({"spec", "manualSelector"}).as_bool()) {
    const Value uid = object.at({"metadata", "uid"});
    const Value name = object.at({"metadata", "name"});
    for (Value* labels : {&object.edit("spec").edit("template").edit("metadata").edit("labels"),
                          &object.edit("metadata").edit("labels")}) {
      labels->set("batch.kubernetes.io/controller-uid", uid);
      labels->set("batch.kubernetes.io/job-name", name);
      labels->set("controller-uid", uid);
      labels->set("job-name", name);
      if (labels != &object.edit("metadata").edit("labels")) continue;
    }
    object.edit("spec").set("selector",
                            Value::map({{"matchLabels", Value::map({{"batch.kubernetes.io/controller-uid", uid}})}}));
  }
  if (kind == "PersistentVolumeClaim" || kind == "PersistentVolume") {
    const std::string_view guard =
        kind == "PersistentVolume" ? "kubernetes.io/pv-protection" : "kubernetes.io/pvc-protection";
    object.edit("metadata").edit("finalizers").append(guard);
  }
  if (kind == "Namespace" && object.at({"spec", "finalizers"}).size() == 0)
    object.edit("spec").set("finalizers", Value::list({"kubernetes"}));
  if (kind == "PersistentVolume") object.edit("status").set("lastPhaseTransitionTime", now());
  if (kind == "Event") complete_event(object);
  if (kind == "CustomResourceDefinition") {
    Value stored = Value::list();
    for (const Value& version : object.at({"spec", "versions"}).items()) {
      if (version["storage"].as_bool()) stored.append(version["name"]);
    }
    object.set("status", Value::map({{"conditions", Value()},
                                     {"acceptedNames", Value::map({{"plural", ""}, {"kind", ""}})},
                                     {"storedVersions", std::move(stored)}}));
  }
  return object;
}

Outcome<Value> ApiModel::store_created(const Target& target, Value object) {
  const ServedResource& resource = *target.resource;
  auto admitted = admit_create(target, std::move(object));
  if (!admitted) return admitted;
  if (const auto errors = validate(resource, *admitted, Value()); !errors.empty()) {
    return refuse(make_invalid(resource.group, resource.kind, admitted->at({"metadata", "name"}).as_string(), errors));
  }
  const ObjectKey key{resource.storage_key(), target.namespace_,
                      std::string(admitted->at({"metadata", "name"}).as_string())};
  if (m_store.find(key) != nullptr) return refuse(already_exists(resource.group, resource.plural, key.name));
  return target.dry_run ? *admitted : put(key, std::move(*admitted));
}

Outcome<ApiResponse> ApiModel::create(const ApiRequest& request, const Target& target) {
  const ServedResource& resource = *target.resource;
  std::vector<std::string> warnings;
  auto body = read_body(request, target, warnings);
  if (!body) return refuse(body.error());
  auto write = change(request, target, Value(), std::move(*body));
  if (!write) return refuse(write.error());
  Value& object = write->object;
  const std::string_view in = object.at({"metadata", "namespace"}).as_string();
  if (!in.empty() && in != target.namespace_) {
    return refuse(bad_request("the namespace of the provided object does not match the namespace sent on the request"));
  }
  if (auto failure = check_namespace(target)) return refuse(std::move(*failure));
  if (!object.at({"metadata", "resourceVersion"}).as_string().empty()) {
    return refuse(
        Failure{.code = 500, .reason = {}, .message = "resourceVersion should not be set on objects to be created"});
  }
  object.edit("metadata").erase("managedFields");
  set_creation_fields(target, object);
  if (resource.has(k_status) && (resource.custom || resource.kind != "Namespace")) {
    object.erase("status");
    if (!resource.custom) {
      object = fill_embedded(*resource.type, object);
      apply_defaults(*resource.type, object);
    }
  }
  const FieldSet ignored = ignored_fields(resource, "", object);
  object = record_update(*resource.type, Value(), object, {target.manager, resource.api_version(), "", now()}, ignored);
  auto stored = store_created(target, std::move(object));
  if (!stored) return refuse(stored.error());
  ApiResponse response;
  response.status = 201;
  response.body = present(resource, *stored, target.form);
  response.warnings = std::move(write->warnings);
  return response;
}

Outcome<ApiResponse> ApiModel::store_changed(const Target& target, Write write) {
  const ServedResource& resource = *target.resource;
  Value object = std::move(write.object);
  const Value& old = write.old;
  const bool status = target.subresource == "status";
  if (status) {
    Value kept = old;
    kept.set("status", object["status"]);
    kept.edit("metadata").erase("managedFields");
    if (const Value& fields = object.at({"metadata", "managedFields"}); !fields.is_null())
      kept.edit("metadata").set("managedFields", fields);
    object = std::move(kept);
  } else if (resource.has(k_status)) {
    object.erase("status");
    if (const Value* before = old.find("status")) object.set("status", *before);
  }
  if (!resource.custom) keep_server_fields(resource, old, object);
  Value metadata = object["metadata"];
  for (const char* field :
       {"creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "namespace"}) {
    metadata.erase(field);
    if (const Value* value = old["metadata"].find(field)) metadata.set(field, *value);
  }
  if (metadata["uid"].as_string().empty()) metadata.set("uid", old.at({"metadata", "uid"}));
  metadata.set("resourceVersion", old.at({"metadata", "resourceVersion"}));
  if (!status && resource.has(k_generation) && counts_as_generation(resource, old, object))
    metadata.set("generation", old.at({"metadata", "generation"}).as_integer() + 1);
  object.set("metadata", metadata);
  if (const auto errors = validate(resource, object, old); !errors.empty())
    return refuse(make_invalid(resource.group, resource.kind, target.name, errors));
  ApiResponse response;
  response.warnings = std::move(write.warnings);
  if (equal_but_for_times(object, old)) {
    object = old;
  } else if (!target.dry_run) {
    const bool ends = !metadata["deletionTimestamp"].is_null() && metadata["finalizers"].size() == 0 &&
                      resource.storage_key() != "namespaces";
    object = put(target.key(), std::move(object));
    if (ends) erase(target.key());
  }
  response.body = present(resource, object, target.form);
  return response;
}

}  // namespace reconciled::sandbox
