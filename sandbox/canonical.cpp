#include "sandbox/canonical.h"

#include <algorithm>

namespace reconciled::sandbox {
namespace {

/// Scalars that Go holds by value with omitempty: their zero is absence.
constexpr std::string_view k_omitted_when_zero[] = {"hostNetwork",
                                                    "hostPID",
                                                    "hostIPC",
                                                    "stdin",
                                                    "stdinOnce",
                                                    "tty",
                                                    "readOnly",
                                                    "paused",
                                                    "minReadySeconds",
                                                    "initialDelaySeconds",
                                                    "hostPort",
                                                    "publishNotReadyAddresses",
                                                    "nodePort",
                                                    "observedGeneration",
                                                    "readyReplicas",
                                                    "availableReplicas",
                                                    "updatedReplicas",
                                                    "unavailableReplicas",
                                                    "globalDefault",
                                                    "hostname",
                                                    "subdomain",
                                                    "nodeName",
                                                    "serviceAccountName",
                                                    "priorityClassName",
                                                    "image",
                                                    "workingDir",
                                                    "clusterIP",
                                                    "externalName",
                                                    "loadBalancerIP",
                                                    "subPath",
                                                    "medium",
                                                    "hostIP",
                                                    "generateName",
                                                    "description"};

bool is_zero(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::boolean: return !value.as_bool();
    case Value::Kind::integer:
    case Value::Kind::number: return value.as_double() == 0;
    case Value::Kind::string: return value.as_string().empty();
    default: return false;
  }
}

bool is_omitted(const TypeField& field, const Value& value) {
  if (value.is_null()) return true;
  if (field.required) return false;
  if (value.is_list() || (value.is_map() && field.type->kind == TypeNode::Kind::map)) return value.size() == 0;
  return is_zero(value) && std::find(std::begin(k_omitted_when_zero), std::end(k_omitted_when_zero), field.name) !=
                               std::end(k_omitted_when_zero);
}

}  // namespace

Value canonical_form(const TypeNode& type, const Value& value) {
  Value out = value;
  if (type.kind == TypeNode::Kind::list && value.is_list()) {
    for (std::size_t index = 0; index < value.size(); ++index) {
      Value item = canonical_form(*type.element, value.items()[index]);
      if (!item.same_as(value.items()[index])) out.edit_item(index) = std::move(item);
    }
  } else if (type.kind == TypeNode::Kind::map && value.is_map() && type.element->kind == TypeNode::Kind::structure) {
    for (const Value::Entry& entry : value.entries())
      out.set(entry.key.as_string(), canonical_form(*type.element, entry.value));
  } else if (type.kind == TypeNode::Kind::structure && value.is_map()) {
    for (const Value::Entry& entry : value.entries()) {
      const TypeField* field = type.find(entry.key.as_string());
      if (field == nullptr) continue;
      if (is_omitted(*field, entry.value)) {
        out.erase(entry.key.as_string());
      } else if (entry.value.is_map() || entry.value.is_list()) {
        Value inner = canonical_form(*field->type, entry.value);
        if (!inner.same_as(entry.value)) out.set(field->name, std::move(inner));
      }
    }
  }
  return out;
}

}  // namespace reconciled::sandbox
