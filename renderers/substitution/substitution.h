// Variables of a stack filled into what is rendered: the step between a renderer and the manifests.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "base/value.h"
#include "renderers/substitution/flux_text.h"
#include "renderers/substitution/native_variables.h"
#include "stacks/manifest.h"
#include "stacks/stack.h"

#include <variant>

namespace reconciled {

/// What is filled in, and when:
///
/// - The objects of plain stacks and kustomizations, one by one, after they are built and before anything is asked of
///   them, so that names, namespaces and kinds may come from variables; what they are then is held against the bounds
///   of the stack's team like anything else. A kustomization's own files are never filled in.
/// - The values of Helm stacks, those of `helm.values` and of value files, once they are merged. What a chart renders
///   is left alone: its scripts are full of "${...}".
/// - Nothing at all where the stack has no variable, unless its settings say `always`; and no object that has the label
///   or the annotation `kustomize.toolkit.fluxcd.io/substitute: disabled`.
///
/// There are two grammars. `native` (NativeVariables) works on values, so nothing that a variable holds changes the
/// structure around it, types are kept, and what is not defined is an error that says where. `flux` does what Flux's
/// kustomize-controller does with `spec.postBuild`, quirks and all (fill_flux_text, fill_flux_object): line breaks are
/// removed from values, the whole object is text while it is filled in, and `undefined: empty` is its mode from before
/// version 1.9.
///
/// Errors name the file, the object and the key, never a value; what Flux's reader says of a Secret is left out.
class Substitution {
 public:
  /// Of a stack's settings. The error's place is the stack's file and the variable.
  static Result<Substitution> make(const Stack& stack, Budget& budget);

  Result<Value> fill_object(Value object, const Origin& origin, Budget& budget) const;
  Result<Value> fill_values(Value values, Budget& budget) const;
  [[nodiscard]] bool is_on() const { return !std::holds_alternative<std::monostate>(m_variables); }

 private:
  Result<Value> fill(const Value& value, substitution::FillWhat what, Budget& budget) const;

  std::variant<std::monostate, substitution::NativeVariables, substitution::TextVariables> m_variables;
  UndefinedVariable m_undefined = UndefinedVariable::error;
};

}  // namespace reconciled
