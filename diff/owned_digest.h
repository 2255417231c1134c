// One digest of all that we own of a live object, to tell from a watch event alone whether somebody touched it.
#pragma once

#include "base/digest.h"
#include "base/value.h"

namespace reconciled {

/// Over the fields that our own applies own (managedFields) with their live values, and whether the object is being
/// deleted. Writes of others to other fields, status and resourceVersion do not change it; a foreign write to a field
/// of ours does, by its value or by its owner. For comparison in memory only: values of Secrets are in it.
Digest digest_owned(const Value& object);

}  // namespace reconciled
