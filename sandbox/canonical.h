// The form that Go's JSON gives objects of built-in kinds.
#pragma once

#include "sandbox/schema.h"

namespace reconciled::sandbox {

/// Without nulls, without empty lists and maps of optional fields, and without zeros of fields that Go omits when zero.
Value canonical_form(const TypeNode& type, const Value& value);

}  // namespace reconciled::sandbox
