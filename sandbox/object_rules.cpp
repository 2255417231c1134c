#include "sandbox/object_rules.h"

#include "base/clock.h"
#include "base/json.h"
#include "sandbox/quantity.h"

#include <charconv>

namespace reconciled::sandbox {

std::string kind_text(const ServedResource& resource) {
  return resource.api_version() + ", Kind=" + resource.kind;
}

std::string go_kind(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::boolean: return "bool";
    case Value::Kind::string: return "string";
    case Value::Kind::list: return "array";
    case Value::Kind::map: return "object";
    default: return "number";
  }
}

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

void complete_event(Value& object) {
  for (const char* field : {"eventTime", "firstTimestamp", "lastTimestamp"}) {
    if (object[field].is_null()) object.set(field, Value());
  }
  for (const char* field : {"reportingComponent", "reportingInstance"}) {
    if (object[field].is_null()) object.set(field, "");
  }
}

namespace {

void keep_service_addresses(const Value& old, Value& object) {
  if (object.at({"spec", "type"}).as_string() == "ExternalName") return;
  for (const char* field : {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"}) {
    const Value& value = object.at({"spec", field});
    if (value.size() == 0 && value.as_string().empty()) object.edit("spec").set(field, old.at({"spec", field}));
  }
}

void keep_job_selector(const Value& old, Value& object) {
  if (object.at({"spec", "selector"}).is_null()) object.edit("spec").set("selector", old.at({"spec", "selector"}));
  const Value& before = old.at({"spec", "template", "metadata", "labels"});
  for (const char* label :
       {"batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name", "controller-uid", "job-name"}) {
    if (const Value* value = before.find(label))
      object.edit("spec").edit("template").edit("metadata").edit("labels").set(label, *value);
  }
}

void count_daemon_template(const Value& old, Value& object) {
  constexpr std::string_view k_count = "deprecated.daemonset.template.generation";
  std::int64_t count = 1;
  const std::string_view before = old.at({"metadata", "annotations", k_count}).as_string("1");
  std::from_chars(before.data(), before.data() + before.size(), count);
  if (!(object.at({"spec", "template"}) == old.at({"spec", "template"}))) ++count;
  object.edit("metadata").edit("annotations").set(k_count, std::to_string(count));
}

}  // namespace

void keep_server_fields(const ServedResource& resource, const Value& old, Value& object) {
  if (resource.kind == "Event") complete_event(object);
  if (resource.kind == "Namespace") object.set("spec", old["spec"]);
  if (resource.kind == "Service") keep_service_addresses(old, object);
  if (resource.kind == "Job") keep_job_selector(old, object);
  if (resource.kind == "DaemonSet") count_daemon_template(old, object);
}

bool needs_version(const ServedResource& resource) {
  return resource.custom || resource.kind == "Lease" || resource.kind == "CustomResourceDefinition";
}

}  // namespace reconciled::sandbox
