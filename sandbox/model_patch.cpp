#include "base/json.h"
#include "sandbox/defaults.h"
#include "sandbox/managed_fields.h"
#include "sandbox/model.h"
#include "sandbox/object_rules.h"
#include "sandbox/patch.h"
#include "sandbox/typed.h"

namespace reconciled::sandbox {

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
