// Who owns which fields: server-side apply and the bookkeeping of every other write.
#pragma once

#include "sandbox/failure.h"
#include "sandbox/typed.h"

#include <string>

namespace reconciled::sandbox {

/// Who writes, and where.
struct Writer {
  std::string manager;
  std::string api_version;
  std::string subresource;
  std::string time;  ///< RFC 3339
};

enum class OnConflict : bool { refuse, take };

/// Whether `live` is an object or the empty one that an apply creates from.
enum class Exists : bool { no, yes };

/// Lays `config` over `live` (server-side apply): removes what the manager applied before and nobody else owns. `reset`
/// names what this endpoint ignores (status of the main resource). A conflict is the 409 of the API server.
Outcome<Value> apply_fields(const TypeNode& type, const Value& live, const Value& config, const Writer& writer,
                            OnConflict on_conflict, Exists exists, const FieldSet& reset);

/// Gives the fields that `changed` sets differently from `live` to the writer; returns `changed` with the
/// managedFields. `live` is null at creation.
Value record_update(const TypeNode& type, const Value& live, const Value& changed, const Writer& writer,
                    const FieldSet& reset);

/// Whether two objects differ in nothing but resourceVersion and the times of their managers.
bool equal_but_for_times(const Value& a, const Value& b);

}  // namespace reconciled::sandbox
