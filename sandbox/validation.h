// What the API server checks before it stores an object.
#pragma once

#include "sandbox/resources.h"

#include <string>
#include <vector>

namespace reconciled::sandbox {

/// Of any object: name, labels, annotations, finalizers; then the rules of its kind. `old` is null at creation.
std::vector<FieldError> validate(const ServedResource& resource, const Value& object, const Value& old);

/// Of a custom resource: types, required fields, enums, ranges and patterns of its schema.
void validate_custom(const TypeNode& type, const Value& value, const std::string& path,
                     std::vector<FieldError>& errors);

/// Unknown fields of an object, for fieldValidation: "unknown field \"spec.foo\"".
std::vector<std::string> find_unknown_fields(const TypeNode& type, const Value& object);
/// Without them: what a server that knows the type drops.
Value prune_unknown_fields(const TypeNode& type, const Value& object);

}  // namespace reconciled::sandbox
