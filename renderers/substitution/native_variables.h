// Native substitution: variables keep their types.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "base/value.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace reconciled::substitution {

/// A value and what a copy of it costs.
struct MeasuredValue {
  Value value;
  std::uint64_t nodes = 1;
  std::uint64_t bytes = 0;
  std::uint32_t height = 0;  ///< levels of lists and maps
};

/// What the walk through a value knows of it. Errors never quote what lies in a Secret.
enum class FillWhat : std::uint8_t {
  object,  ///< a Kubernetes object: what can only be a text there becomes one
  values,  ///< anything else
};

/// The variables of a stack, with the variables in their own texts filled in.
class NativeVariables {
 public:
  /// `variables` is a map. A circle of variables is an error that names it.
  static Result<NativeVariables> make(const Value& variables, Budget& budget);

  /// The value with the expressions in its texts and keys filled in (see parse_native_text). A text that is one
  /// expression and nothing else becomes the value of the variable, type and all; in a longer one scalars become text,
  /// lists and maps are an error but with `@json`. A variable that is not defined is an error unless the expression has
  /// a fallback, which counts for an empty text, too; it is read as YAML reads a plain scalar, in quotes it is a text.
  /// Labels, annotations and the data of ConfigMaps and Secrets can only be texts: scalars become text there by
  /// themselves. An error's key path leads to the text.
  [[nodiscard]] Result<Value> fill(const Value& value, FillWhat what, Budget& budget) const;

 private:
  std::map<std::string, MeasuredValue, std::less<>> m_variables;
};

}  // namespace reconciled::substitution
