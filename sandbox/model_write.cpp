#include "base/json.h"
#include "base/yaml.h"
#include "sandbox/base64.h"
#include "sandbox/canonical.h"
#include "sandbox/defaults.h"
#include "sandbox/managed_fields.h"
#include "sandbox/model.h"
#include "sandbox/patch.h"
#include "sandbox/quantity.h"
#include "sandbox/typed.h"
#include "sandbox/validation.h"

#include <algorithm>
#include <charconv>

namespace reconciled::sandbox {
namespace {

constexpr std::string_view k_modified =
    "the object has been modified; please apply your changes to the latest version and try again";

std::string kind_text(const ServedResource& resource) {
  return resource.api_version() + ", Kind=" + resource.kind;
}

/// The name of a Go type's JSON mismatch, as far as clients see it.
std::string go_kind(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::boolean: return "bool";
    case Value::Kind::string: return "string";
    case Value::Kind::list: return "array";
    case Value::Kind::map: return "object";
    default: return "number";
  }
}

/// The first value that Go could not decode into the type of its field.
std::optional<std::string> find_decode_error(const TypeNode& type, const Value& value, const std::string& path) {
  using Kind = TypeNode::Kind;
  if (value.is_null()) return std::nullopt;
  const auto mismatch = [&](std::string_view wanted) {
    return "json: cannot unmarshal " + go_kind(value) + " into Go struct field " + path + " of type " +
           std::string(wanted);
  };
  switch (type.kind) {
    case Kind::string:
      if (!value.is_string()) return mismatch("string");
      break;
    case Kind::time:
    case Kind::micro_time:
      if (!value.is_string()) return mismatch("string");
      if (!value.as_string().empty() && !parse_time(value.as_string()))
        return "parsing time " + format_json(value) + " as \"2006-01-02T15:04:05Z07:00\": cannot parse " +
               format_json(value) + " as \"2006\"";
      break;
    case Kind::integer:
      if (!value.is_integer()) return mismatch("int32");
      break;
    case Kind::number:
      if (!value.is_number()) return mismatch("float64");
      break;
    case Kind::boolean:
      if (!value.is_bool()) return mismatch("bool");
      break;
    case Kind::int_or_string:
      if (!value.is_integer() && !value.is_string()) return mismatch("int32");
      break;
    case Kind::quantity:
      if (!value.is_string() && !value.is_number()) return mismatch("Quantity");
      if (!canonical_quantity(value.is_string() ? std::string(value.as_string()) : format_json(value)))
        return "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
      break;
    case Kind::list: {
      if (!value.is_list()) return mismatch("[]");
      for (const Value& item : value.items()) {
        if (auto error = find_decode_error(*type.element, item, path)) return error;
      }
      break;
    }
    case Kind::map:
      if (!value.is_map()) return mismatch("map[string]string");
      for (const Value::Entry& entry : value.entries()) {
        if (auto error = find_decode_error(*type.element, entry.value, path)) return error;
      }
      break;
    case Kind::structure:
      if (!value.is_map()) return mismatch("struct");
      for (const Value::Entry& entry : value.entries()) {
        const TypeField* field = type.find(entry.key.as_string());
        if (field == nullptr) continue;
        if (auto error = find_decode_error(*field->type, entry.value, path + "." + field->name)) return error;
      }
      break;
    case Kind::any: break;
  }
  return std::nullopt;
}

bool counts_as_generation(const ServedResource& resource, const Value& old, const Value& object) {
  if (resource.kind == "Deployment" && !resource.custom &&
      !(old.at({"metadata", "annotations"}) == object.at({"metadata", "annotations"}))) {
    return true;
  }
  Value before = old;
  Value after = object;
  for (Value* value : {&before, &after}) {
    value->erase("metadata");
    value->erase("apiVersion");
    if (resource.has(k_status)) value->erase("status");
  }
  return !(before == after);
}

/// What a write through this endpoint ignores.
FieldSet ignored_fields(const ServedResource& resource, const std::string& subresource, const Value& object) {
  FieldSet out;
  if (subresource == "status") {
    for (const Value::Entry& entry : object.entries()) {
      if (const std::string_view name = entry.key.as_string(); name != "status")
        out.insert(FieldPath{field_element(name)});
    }
  } else if (resource.has(k_status)) {
    out.insert(FieldPath{field_element("status")});
  }
  return out;
}

/// The fields of an Event that Go prints even when nobody set them.
void complete_event(Value& object) {
  for (const char* field : {"eventTime", "firstTimestamp", "lastTimestamp"}) {
    if (object[field].is_null()) object.set(field, Value());
  }
  for (const char* field : {"reportingComponent", "reportingInstance"}) {
    if (object[field].is_null()) object.set(field, "");
  }
}

bool needs_version(const ServedResource& resource) {
  return resource.custom || resource.kind == "Lease" || resource.kind == "CustomResourceDefinition";
}

}  // namespace

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
  const std::string_view api_version = changed["apiVersion"].as_string(resource.api_version());
  if (kind != resource.kind || api_version != resource.api_version()) {
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
  Value& metadata = object.edit("metadata");
  for (const char* field :
       {"creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "namespace"}) {
    metadata.erase(field);
    if (const Value* value = old["metadata"].find(field)) metadata.set(field, *value);
  }
  if (metadata["uid"].as_string().empty()) metadata.set("uid", old.at({"metadata", "uid"}));
  if (resource.kind == "Event" && !resource.custom) complete_event(object);
  if (resource.kind == "Namespace" && !resource.custom) object.set("spec", old["spec"]);
  if (resource.kind == "Service" && !resource.custom && object.at({"spec", "type"}).as_string() != "ExternalName") {
    Value& spec = object.edit("spec");
    for (const char* field : {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"}) {
      if (spec[field].size() == 0 && spec[field].as_string().empty()) spec.set(field, old.at({"spec", field}));
    }
  }
  if (resource.kind == "Job" && !resource.custom && !status) {
    if (object.at({"spec", "selector"}).is_null()) object.edit("spec").set("selector", old.at({"spec", "selector"}));
    const Value before = old.at({"spec", "template", "metadata", "labels"});
    for (const char* label :
         {"batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name", "controller-uid", "job-name"}) {
      if (const Value* value = before.find(label))
        object.edit("spec").edit("template").edit("metadata").edit("labels").set(label, *value);
    }
  }
  metadata.set("resourceVersion", old.at({"metadata", "resourceVersion"}));
  if (resource.kind == "DaemonSet" && !resource.custom && !status) {
    constexpr std::string_view k_count = "deprecated.daemonset.template.generation";
    std::int64_t count = 1;
    const std::string_view before = old.at({"metadata", "annotations", k_count}).as_string("1");
    std::from_chars(before.data(), before.data() + before.size(), count);
    if (!(object.at({"spec", "template"}) == old.at({"spec", "template"}))) ++count;
    metadata.edit("annotations").set(k_count, std::to_string(count));
  }
  if (!status && resource.has(k_generation) && counts_as_generation(resource, old, object))
    metadata.set("generation", old.at({"metadata", "generation"}).as_integer() + 1);
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

Outcome<ApiResponse> ApiModel::update(const ApiRequest& request, const Target& target) {
  const ServedResource& resource = *target.resource;
  std::vector<std::string> warnings;
  auto body = read_body(request, target, warnings);
  if (!body) return refuse(body.error());
  const std::string_view name = body->at({"metadata", "name"}).as_string();
  if (name.empty()) {
    return refuse(bad_request("the name of the object (" + target.name +
                              " based on URL) was undeterminable: name must be provided"));
  }
  if (name != target.name) {
    return refuse(bad_request("the name of the object (" + std::string(name) +
                              ") does not match the name on the URL (" + target.name + ")"));
  }
  const std::string_view in = body->at({"metadata", "namespace"}).as_string();
  if (!in.empty() && in != target.namespace_) {
    return refuse(bad_request("the namespace of the provided object does not match the namespace sent on the request"));
  }
  const Value* live = m_store.find(target.key());
  if (live == nullptr) return refuse(not_found(resource.group, resource.plural, target.name));
  const std::string_view version = body->at({"metadata", "resourceVersion"}).as_string();
  const std::string_view live_version = live->at({"metadata", "resourceVersion"}).as_string();
  if (version.empty() && needs_version(resource)) {
    return refuse(make_invalid(
        resource.group, resource.plural, target.name,
        {{FieldError::Kind::invalid, "metadata.resourceVersion", Value(0), "must be specified for an update"}}));
  }
  const std::string_view uid = body->at({"metadata", "uid"}).as_string();
  if (!uid.empty() && uid != live->at({"metadata", "uid"}).as_string()) {
    return refuse(conflict(resource.group, resource.plural, target.name,
                           "Precondition failed: UID in precondition: " + std::string(uid) +
                               ", UID in object meta: " + std::string(live->at({"metadata", "uid"}).as_string())));
  }
  if (!version.empty() && version != live_version)
    return refuse(conflict(resource.group, resource.plural, target.name, std::string(k_modified)));
  auto write = change(request, target, *live, std::move(*body));
  if (!write) return refuse(write.error());
  const FieldSet ignored = ignored_fields(resource, target.subresource, write->object);
  Value seen = write->object;
  if (target.subresource == "status") {
    seen = *live;
    seen.set("status", write->object["status"]);
  } else if (resource.has(k_status)) {
    seen.erase("status");
    if (const Value* status = live->find("status")) seen.set("status", *status);
  }
  write->object = record_update(*resource.type, *live, seen,
                                {target.manager, resource.api_version(), target.subresource, now()}, ignored);
  return store_changed(target, std::move(*write));
}

Outcome<ApiResponse> ApiModel::patch(const ApiRequest& request, const Target& target) {
  const ServedResource& resource = *target.resource;
  std::vector<std::string> warnings;
  const std::string type = request.content_type.substr(0, request.content_type.find(';'));
  const bool known = type == "application/merge-patch+json" || type == "application/json-patch+json" ||
                     type == "application/strategic-merge-patch+json" || type == "application/apply-patch+yaml";
  if (!known || (resource.custom && type == "application/strategic-merge-patch+json")) {
    return refuse(Failure{.code = 415,
                          .reason = "UnsupportedMediaType",
                          .message = "the body of the request was in an unknown format - accepted media types include: "
                                     "application/json-patch+json, application/merge-patch+json, "
                                     "application/apply-patch+yaml",
                          .before_routing = !resource.custom});
  }
  auto body = read_body(request, target, warnings);
  if (!body) return refuse(body.error());
  if (target.verb == "apply") return apply(request, target, *body);
  const Value* live = m_store.find(target.key());
  if (live == nullptr) return refuse(not_found(resource.group, resource.plural, target.name));
  const Value shown = present(resource, *live, Target::Form::full);
  Outcome<Value> patched = type == "application/json-patch+json" ? json_patch(shown, *body)
                           : type == "application/merge-patch+json"
                               ? Outcome<Value>(merge_patch(shown, *body))
                               : strategic_merge_patch(*resource.type, shown, *body);
  if (!patched) return refuse(patched.error());
  const Value& metadata = (*patched)["metadata"];
  if (metadata["name"].as_string() != target.name) {
    return refuse(bad_request("the name of the object (" + std::string(metadata["name"].as_string()) +
                              ") does not match the name on the URL (" + target.name + ")"));
  }
  if (metadata["resourceVersion"].as_string() != live->at({"metadata", "resourceVersion"}).as_string() &&
      !metadata["resourceVersion"].is_null()) {
    return refuse(conflict(resource.group, resource.plural, target.name, std::string(k_modified)));
  }
  auto write = change(request, target, *live, std::move(*patched));
  if (!write) return refuse(write.error());
  Value seen = write->object;
  if (target.subresource == "status") {
    seen = *live;
    seen.set("status", write->object["status"]);
  } else if (resource.has(k_status)) {
    seen.erase("status");
    if (const Value* status = live->find("status")) seen.set("status", *status);
  }
  write->object =
      record_update(*resource.type, *live, seen, {target.manager, resource.api_version(), target.subresource, now()},
                    ignored_fields(resource, target.subresource, write->object));
  return store_changed(target, std::move(*write));
}

Outcome<ApiResponse> ApiModel::apply(const ApiRequest& request, const Target& target, const Value& config) {
  const ServedResource& resource = *target.resource;
  if (query_value(request, "fieldManager").empty()) {
    return refuse(make_invalid("meta.k8s.io", "PatchOptions", "",
                               {{FieldError::Kind::required, "fieldManager", {}, "is required for apply patch"}}));
  }
  const std::string_view kind = config["kind"].as_string();
  if (!config.is_map() || kind.empty() || config["apiVersion"].as_string().empty()) {
    return refuse(bad_request(kind.empty() ? "Object 'Kind' is missing in '" + format_json(config) + "'"
                                           : "Object 'apiVersion' is missing in '" + format_json(config) + "'"));
  }
  if (kind != resource.kind || config["apiVersion"].as_string() != resource.api_version()) {
    return refuse(bad_request("invalid object type: " + std::string(config["apiVersion"].as_string()) +
                              ", Kind=" + std::string(kind)));
  }
  const Value& metadata = config["metadata"];
  if (!metadata["managedFields"].is_null()) return refuse(bad_request("metadata.managedFields must be nil"));
  if (const auto error = find_type_error(*resource.type, config)) {
    const std::string_view in = metadata["namespace"].as_string();
    Failure failure{.code = 500, .reason = {}};
    failure.message = "failed to create typed patch object (" + std::string(in) + "/" +
                      std::string(metadata["name"].as_string()) + "; " +
                      (resource.group.empty() ? "/" + kind_text(resource) : kind_text(resource)) + "): " + *error;
    return refuse(std::move(failure));
  }
  if (const std::string_view name = metadata["name"].as_string(); name != target.name) {
    return refuse(bad_request(name.empty() ? "the name of the object (" + target.name +
                                                 " based on URL) was undeterminable: name must be provided"
                                           : "the name of the object (" + std::string(name) +
                                                 ") does not match the name on the URL (" + target.name + ")"));
  }
  if (const std::string_view in = metadata["namespace"].as_string(); !in.empty() && in != target.namespace_)
    return refuse(bad_request("the namespace of the provided object does not match the namespace sent on the request"));

  const Value* found = m_store.find(target.key());
  const Value live = found == nullptr ? Value() : present(resource, *found, Target::Form::full);
  if (live.is_null()) {
    if (target.subresource == "status") return refuse(not_found(resource.group, resource.plural, target.name));
    if (auto failure = check_namespace(target)) return refuse(std::move(*failure));
    if (const std::string_view uid = metadata["uid"].as_string(); !uid.empty()) {
      return refuse(conflict(resource.group, resource.plural, target.name,
                             "uid mismatch: the provided object specified uid " + std::string(uid) +
                                 ", and no existing object was found"));
    }
    if (!metadata["resourceVersion"].as_string().empty()) {
      return refuse(
          Failure{.code = 500, .reason = {}, .message = "resourceVersion should not be set on objects to be created"});
    }
  } else if (const std::string_view version = metadata["resourceVersion"].as_string();
             !version.empty() && version != live.at({"metadata", "resourceVersion"}).as_string()) {
    return refuse(conflict(resource.group, resource.plural, target.name, std::string(k_modified)));
  }
  const Value base = !live.is_null()   ? live
                     : resource.custom ? Value::map({{"apiVersion", resource.api_version()}, {"kind", resource.kind}})
                                       : fill_zero(*resource.type, Value::map());
  const std::string_view force = query_value(request, "force");
  auto merged =
      apply_fields(*resource.type, base, config, {target.manager, resource.api_version(), target.subresource, now()},
                   force == "true" || force == "1" ? OnConflict::take : OnConflict::refuse,
                   live.is_null() ? Exists::no : Exists::yes, ignored_fields(resource, target.subresource, config));
  if (!merged) return refuse(merged.error());
  const Value fields = merged->at({"metadata", "managedFields"});
  auto write = change(request, target, live, std::move(*merged));
  if (!write) return refuse(write.error());
  if (!live.is_null()) return store_changed(target, std::move(*write));
  set_creation_fields(target, write->object);
  if (resource.has(k_status) && (resource.custom || resource.kind != "Namespace")) {
    write->object.erase("status");
    if (!resource.custom) {
      write->object = fill_embedded(*resource.type, write->object);
      apply_defaults(*resource.type, write->object);
    }
  }
  auto stored = store_created(target, std::move(write->object));
  if (!stored) return refuse(stored.error());
  ApiResponse response;
  response.status = 201;
  response.body = present(resource, *stored, target.form);
  response.warnings = std::move(write->warnings);
  return response;
}

}  // namespace reconciled::sandbox
