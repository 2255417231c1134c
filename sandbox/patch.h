// The patch formats other than server-side apply.
#pragma once

#include "sandbox/failure.h"
#include "sandbox/schema.h"

namespace reconciled::sandbox {

/// RFC 7386.
Value merge_patch(const Value& object, const Value& patch);
/// RFC 6902.
Outcome<Value> json_patch(const Value& object, const Value& patch);
/// Kubernetes' strategic merge: lists with a merge key are merged by it; $patch (delete, replace, merge), $retainKeys
/// and $deleteFromPrimitiveList are followed, $setElementOrder orders the result.
Outcome<Value> strategic_merge_patch(const TypeNode& type, const Value& object, const Value& patch);

}  // namespace reconciled::sandbox
