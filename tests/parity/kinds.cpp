#include "tests/parity/kinds.h"

#include "renderers/helm/values/yaml.h"
#include "tests/parity/typed_value.h"

#include <array>

namespace reconciled::parity {
namespace {

using helm::Arena;
using helm::GoValue;
using helm::JsonForm;
using helm::JsonTarget;

constexpr std::uint32_t k_depth = 5;

Outcome failure_of(const Error& error) {
  return {false, error.kind != ErrorKind::limit, error.message};
}
Outcome outcome_of(const Result<std::string_view>& result) {
  return result ? Outcome{true, true, std::string(*result)} : failure_of(result.error());
}
Outcome outcome_of(const Result<GoValue>& result) {
  return result ? Outcome{true, true, dumped(*result)} : failure_of(result.error());
}

Case make_value_case(Dice& dice, Arena& arena) {
  Case subject;
  subject.value = make_value(dice, dice.one_in(3) ? ValueTypes::go : ValueTypes::json, k_depth, arena);
  return subject;
}
JsonTarget make_target(Dice& dice) {
  return dice.one_in(4) ? dice.pick_of(std::array{JsonTarget::map, JsonTarget::list}) : JsonTarget::any;
}
Case make_yaml_case(Dice& dice, Arena& /*arena*/) {
  Case subject;
  subject.text = make_yaml(dice);
  subject.target = make_target(dice);
  return subject;
}
Case make_json_case(Dice& dice, Arena& /*arena*/) {
  Case subject;
  subject.text = make_json(dice);
  subject.target = make_target(dice);
  return subject;
}

constexpr std::array k_kinds{
    Kind{"toYaml", make_value_case,
         [](const Case& subject, Arena& arena) { return outcome_of(to_yaml(subject.value, arena)); }, "toYaml"},
    Kind{"toYamlPretty", make_value_case,
         [](const Case& subject, Arena& arena) { return outcome_of(to_yaml_pretty(subject.value, arena)); },
         "toYamlPretty"},
    Kind{"toJson", make_value_case,
         [](const Case& subject, Arena& arena) { return outcome_of(to_json(subject.value, arena)); }, "toJson"},
    Kind{"toPrettyJson", make_value_case,
         [](const Case& subject, Arena& arena) { return outcome_of(to_json(subject.value, arena, JsonForm::pretty)); },
         "toPrettyJson"},
    Kind{"toRawJson", make_value_case,
         [](const Case& subject, Arena& arena) { return outcome_of(to_json(subject.value, arena, JsonForm::raw)); },
         "toRawJson"},
    Kind{"fromYaml", make_yaml_case,
         [](const Case& subject, Arena& arena) { return outcome_of(from_yaml(subject.text, subject.target, arena)); },
         "fromYaml"},
    Kind{"fromJson", make_json_case,
         [](const Case& subject, Arena& arena) { return outcome_of(from_json(subject.text, subject.target, arena)); },
         "fromJson"},
};

std::string_view name_of(JsonTarget target) {
  return target == JsonTarget::any ? "any" : target == JsonTarget::map ? "map" : "list";
}

}  // namespace

std::span<const Kind> document_kinds() {
  return k_kinds;
}

std::string request_of(const Case& subject) {
  std::string out = "{\"kind\":\"";
  (out += subject.kind->request) += "\",\"text\":";
  append_base64_string(out, subject.text);
  ((out += ",\"target\":\"") += name_of(subject.target)) += "\",\"value\":";
  append_typed(out, subject.value);
  out += '}';
  return out;
}

}  // namespace reconciled::parity
