// What the API server fills into objects of built-in kinds and of CRDs with defaults.
#pragma once

#include "sandbox/schema.h"

namespace reconciled::sandbox {

/// Defaults and canonical forms (quantities, stringData) of an object, in place.
void apply_defaults(const TypeNode& type, Value& object);

/// The defaults of a CRD's schema.
void apply_custom_defaults(const TypeNode& type, Value& value);

}  // namespace reconciled::sandbox
