// What apply sends for a manifest, and the digest that the inventory keeps of it.
#pragma once

#include "base/value.h"
#include "stacks/manifest.h"

namespace reconciled {

/// The manifest as the API server will take it by server-side apply: its namespace set; without what only the server
/// writes (status, creationTimestamp, resourceVersion, uid, managedFields, …); of a Secret, stringData folded into data
/// (stringData wins), so that its keys have an owner; line breaks taken out of base64; nulls of built-in kinds left out
/// (their Go types drop them). A dry-run sends the same body.
Value make_body(const Manifest& manifest);

/// Of a body. The values of a Secret are not in it: the digest of a weak password would give the password away.
Digest desired_digest(const Value& body, const GroupKind& kind);

}  // namespace reconciled
