// One walk of native substitution through a value.
#pragma once

#include "renderers/substitution/native_text.h"
#include "renderers/substitution/native_variables.h"

#include <vector>

namespace reconciled::substitution {

class VariableLookup {
 public:
  virtual ~VariableLookup() = default;
  /// nullptr: it is not defined. Valid until the lookup is destroyed.
  virtual Result<const MeasuredValue*> find(std::string_view name) = 0;
  /// See did_you_mean.
  [[nodiscard]] virtual std::string suggestion(std::string_view name) const = 0;
};

/// See NativeVariables::fill. Used once.
class NativeFiller {
 public:
  NativeFiller(VariableLookup& lookup, FillWhat what, Budget& budget)
      : m_lookup(lookup), m_budget(budget), m_what(what) {}

  Result<MeasuredValue> fill(const Value& value);

 private:
  using Pieces = std::vector<NativePiece>;

  Result<MeasuredValue> walk(const Value& value);
  Result<MeasuredValue> walk_list(const Value& list);
  Result<MeasuredValue> walk_map(const Value& map);
  Result<std::string> fill_key(std::string_view key);
  Result<MeasuredValue> fill_scalar(std::string_view text);

  Result<MeasuredValue> typed(const NativeExpression& expression);
  Result<MeasuredValue> typed_fallback(const Pieces& pieces);
  Result<std::string> fallback_text(const Pieces& pieces);
  Result<std::string> text(const Pieces& pieces);
  Result<std::string> text(const NativeExpression& expression);
  Result<std::string> text_of(const MeasuredValue& value, const NativeExpression& expression);
  Result<const MeasuredValue*> find(const NativeExpression& expression);
  Result<MeasuredValue> copied(MeasuredValue value);
  Result<MeasuredValue> made_text(std::string_view text);

  [[nodiscard]] bool is_text_place() const;
  [[nodiscard]] bool is_secret_place() const;
  [[nodiscard]] Where where() const;
  [[nodiscard]] tl::unexpected<Error> refuse(std::string message, std::string hint = {}) const;
  [[nodiscard]] tl::unexpected<Error> overspent() const;

  VariableLookup& m_lookup;
  Budget& m_budget;
  FillWhat m_what;
  std::string m_kind;               // of a v1 object
  std::vector<std::string> m_path;  // keys of maps and "[0]" of lists
};

}  // namespace reconciled::substitution
