// Flux's post-build substitution of an object: written as YAML, filled in, read again.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "base/value.h"
#include "renderers/substitution/flux_text.h"

namespace reconciled::substitution {

/// The object as sigs.k8s.io/yaml writes it (keys in order, quotes only where a text would read back as something
/// else), filled in as one text, read as YAML 1.1 and taken through JSON. So a value decides what its place becomes:
/// "123", "true" and "yes" are no texts any more, ": " and "#" change the structure, and every number is a double.
/// What is no YAML or no map afterwards is an error with the reader's words, which may quote the object.
Result<Value> fill_flux_object(const Value& object, const TextVariables& variables, UndefinedVariable undefined,
                               Budget& budget);

}  // namespace reconciled::substitution
