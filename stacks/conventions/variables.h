// The keys `variables` and `substitution`: what stands for ${name} in a stack, and by which grammar.
#pragma once

#include "stacks/conventions/document.h"
#include "stacks/stack.h"

namespace reconciled {

/// A map of names to values of any shape. A name has letters, digits and `_` and begins with no digit; URLs hold no
/// credentials.
Status check_variables(const Node& node);
/// Keys and words of a `substitution:` map.
Status check_substitution(const Node& node);

/// `over` laid over `base`: a variable is replaced whole, and a null removes it.
Value merge_variables(const Value& base, const Value& over);

/// Of checked and merged keys. The error is about what the keys say together; `where` is for it.
Result<SubstitutionOptions> read_substitution(const Value& shared, const Where& where);

}  // namespace reconciled
