// Values that no formatter may see. make_plan calls this, so that whoever prints a plan cannot leak.
#pragma once

#include "diff/plan.h"

namespace reconciled {

/// The text that stands for a hidden value.
constexpr std::string_view k_hidden = "[secret]";
/// … on the desired side, when it differs from the live one.
constexpr std::string_view k_hidden_changed = "[secret, changed]";

/// Whether the field holds a value that must not be seen: data and stringData of a Secret, and the annotation in which
/// kubectl keeps a copy of a whole object.
bool is_hidden(const GroupKind& kind, std::string_view pointer);

/// A copy in which hidden and sensitive scalars are replaced; keys stay. `pointer` is where the value stands.
Value redact_value(const Value& value, const GroupKind& kind, const std::string& pointer,
                   std::string_view replacement = k_hidden);

/// Of one change; the fact that it differs stays visible.
void redact_change(FieldChange& change, const GroupKind& kind);

/// What an API server said about an object. Of a Secret it may quote a value, so it is withheld.
std::string redact_message(const std::string& message, const GroupKind& kind);

}  // namespace reconciled
