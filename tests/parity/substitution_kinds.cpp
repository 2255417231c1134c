#include "base/json.h"
#include "renderers/substitution/flux_functions.h"
#include "renderers/substitution/flux_object.h"
#include "renderers/substitution/flux_text.h"
#include "tests/parity/kinds.h"
#include "tests/parity/make_expressions.h"

#include <array>

namespace reconciled::parity {
namespace {

using helm::Arena;
using helm::GoValue;
using substitution::TextVariables;

Case make_text_case(Dice& dice, Arena& arena) {
  Case subject;
  subject.text = make_expressions(dice);
  subject.value = make_variables(dice, arena);
  return subject;
}

/// The variables and the object as the entries of one value.
Case make_object_case(Dice& dice, Arena& arena) {
  Case subject;
  helm::GoMap* both = helm::make_map(arena);
  both->set("variables", make_variables(dice, arena));
  both->set("object", make_object(dice, arena));
  subject.value = GoValue::map(both);
  return subject;
}

/// What is no text, as it may be in a case that is made smaller, is not defined; so does the oracle.
TextVariables variables_of(GoValue map) {
  TextVariables variables;
  if (!map.is_map() || map.as_map() == nullptr) return variables;
  for (const auto& [name, value] : map.as_map()->entries()) {
    if (value.is_string()) variables.emplace(name, value.as_text());
  }
  return variables;
}

Outcome failure_of(const Error& error) {
  if (error.message == substitution::k_negative_length) return {false, true, "panic"};
  return {false, error.kind != ErrorKind::limit, error.message};
}

template <UndefinedVariable undefined>
Outcome fill_text(const Case& subject, Arena& arena) {
  const auto filled =
      substitution::fill_flux_text(subject.text, variables_of(subject.value), undefined, arena.budget());
  return filled ? Outcome{true, true, *filled} : failure_of(filled.error());
}

Outcome fill_object(const Case& subject, Arena& arena) {
  constexpr std::string_view k_no_map = "no map";
  const GoValue* object = subject.value.is_map() ? subject.value.as_map()->find("object") : nullptr;
  const GoValue* variables = subject.value.is_map() ? subject.value.as_map()->find("variables") : nullptr;
  if (object == nullptr || !object->is_map() || variables == nullptr) return {false, true, std::string(k_no_map)};
  const auto json = helm::to_json(*object, arena, helm::JsonForm::raw);
  if (!json) return failure_of(json.error());
  const auto value = parse_json(*json, arena.budget());
  if (!value) return {false, false, {}};
  const auto filled =
      substitution::fill_flux_object(*value, variables_of(*variables), UndefinedVariable::empty, arena.budget());
  if (filled) return {true, true, format_json(*filled, JsonStyle::canonical)};
  if (filled.error().message.ends_with("no map any more")) return {false, true, std::string(k_no_map)};
  return failure_of(filled.error());
}

constexpr std::array k_kinds{
    Kind{"envsubst", make_text_case, fill_text<UndefinedVariable::empty>, "envsubst"},
    Kind{"envsubstStrict", make_text_case, fill_text<UndefinedVariable::error>, "envsubstStrict"},
    Kind{"postBuild", make_object_case, fill_object, "postBuild"},
};

}  // namespace

std::span<const Kind> substitution_kinds() {
  return k_kinds;
}

}  // namespace reconciled::parity
