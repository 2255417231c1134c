// What is known of the built-in kinds without asking the API server: merge keys, quantities, defaults, immutable
// fields. Live managedFields say more and are asked first; these tables serve what they cannot tell.
#pragma once

#include "base/value.h"
#include "ports/object_id.h"

#include <span>
#include <string_view>
#include <vector>

namespace reconciled {

/// Whether the API server decodes the kind into a Go type, which drops nulls and empty values.
bool is_builtin(const GroupKind& kind);

/// Names of the merge keys of a list field of built-in kinds, by the name of the list and of the field that holds it
/// ("ports" below "spec" of a Service has other keys than in a container); empty: atomic.
std::span<const std::string_view> builtin_list_keys(const GroupKind& kind, std::string_view list,
                                                    std::string_view parent);
bool is_builtin_set(std::string_view list, std::string_view parent);

/// Maps and structs that are owned as one: a selector is never merged.
bool is_atomic_map(std::string_view field);

/// Whether the field of this name holds a quantity; `parent` is the field that holds it, `grandparent` the one above.
bool is_quantity(std::string_view field, std::string_view parent, std::string_view grandparent);

/// Whether the API server fills in exactly this value when the field is not sent.
bool is_builtin_default(const GroupKind& kind, std::string_view field, std::string_view parent, const Value& live);

/// Whether an empty value (false, 0, "", {}, []) of this field means something else than its absence: pointers in the
/// Go type (automountServiceAccountToken: false), members of unions (emptyDir: {}) and entries of free maps (labels).
bool empty_matters(std::string_view field, std::string_view parent);

/// The default of a merge key that may be left out: protocol is TCP.
Value default_of_list_key(std::string_view key);

/// Whether changing the field is refused for this kind. The pointer is of the live object.
bool is_immutable(const GroupKind& kind, std::string_view pointer);

}  // namespace reconciled
