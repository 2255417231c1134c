#include "base/json.h"
#include "sandbox/managed_fields.h"
#include "sandbox/model.h"
#include "sandbox/patch.h"

namespace reconciled::sandbox {
namespace {

/// "app=web,tier=front": the selector of a Scale as text.
std::string selector_text(const Value& selector) {
  const Value& labels = selector.find("matchLabels") != nullptr ? selector["matchLabels"] : selector;
  std::map<std::string, std::string> sorted;
  for (const Value::Entry& entry : labels.entries()) {
    if (entry.value.is_string()) sorted.emplace(entry.key.as_string(), entry.value.as_string());
  }
  std::string out;
  for (const auto& [key, value] : sorted) out += (out.empty() ? "" : ",") + key + "=" + value;
  return out;
}

Value make_scale(const Value& object) {
  Value metadata = Value::map();
  for (const char* field : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}) {
    if (const Value* value = object["metadata"].find(field)) metadata.set(field, *value);
  }
  Value status = Value::map({{"replicas", object.at({"status", "replicas"}).as_integer()}});
  if (const std::string text = selector_text(object.at({"spec", "selector"})); !text.empty())
    status.set("selector", text);
  Value spec = Value::map();
  if (const std::int64_t replicas = object.at({"spec", "replicas"}).as_integer(); replicas != 0)
    spec.set("replicas", replicas);
  return Value::map({{"kind", "Scale"},
                     {"apiVersion", "autoscaling/v1"},
                     {"metadata", std::move(metadata)},
                     {"spec", std::move(spec)},
                     {"status", std::move(status)}});
}

}  // namespace

Outcome<ApiResponse> ApiModel::scale(const ApiRequest& request, const Target& target) {
  const ServedResource& resource = *target.resource;
  if (resource.custom) return refuse(not_implemented("the scale subresource of custom resources"));
  const Value* live = m_store.find(target.key());
  if (live == nullptr) return refuse(not_found(resource.group, resource.plural, target.name));
  ApiResponse response;
  if (target.verb == "get") {
    response.body = make_scale(*live);
    return response;
  }
  if (target.verb == "apply") return refuse(not_implemented("server-side apply of a Scale"));
  if (target.verb != "update" && target.verb != "patch") return refuse(method_not_allowed());
  std::vector<std::string> warnings;
  auto body = read_body(request, target, warnings);
  if (!body) return refuse(body.error());
  const Value wanted = target.verb == "update" ? *body : merge_patch(make_scale(*live), *body);
  const std::string_view version = wanted.at({"metadata", "resourceVersion"}).as_string();
  if (!version.empty() && version != live->at({"metadata", "resourceVersion"}).as_string()) {
    return refuse(
        conflict(resource.group, resource.plural, target.name,
                 "the object has been modified; please apply your changes to the latest version and try again"));
  }
  const Value& replicas = wanted.at({"spec", "replicas"});
  if (replicas.as_integer() < 0) {
    return refuse(
        make_invalid("autoscaling", "Scale", target.name,
                     {{FieldError::Kind::invalid, "spec.replicas", replicas, "must be greater than or equal to 0"}}));
  }
  Write write;
  write.old = *live;
  write.object = *live;
  write.object.edit("spec").set("replicas", replicas.as_integer());
  write.object =
      record_update(*resource.type, *live, write.object, {target.manager, resource.api_version(), "scale", now()}, {});
  Target main = target;
  main.subresource.clear();
  auto stored = store_changed(main, std::move(write));
  if (!stored) return stored;
  stored->body = make_scale(stored->body);
  return stored;
}

}  // namespace reconciled::sandbox
