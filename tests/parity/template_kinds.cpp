#include "ports/zone_source.h"
#include "renderers/helm/functions/families.h"
#include "renderers/helm/template/engine.h"
#include "tests/parity/kinds.h"
#include "tests/parity/make_template.h"
#include "tests/parity/typed_value.h"

#include <array>

namespace reconciled::parity {
namespace {

using namespace helm;

const FunctionTable& functions() {
  static const FunctionTable table = [] {
    FunctionTable all;
    for (const auto family : all_functions(HelmProfile::helm4)) all.add(family);
    all.add_methods(GoType::duration, duration_methods());
    all.add_methods(GoType::month, month_methods());
    all.add_methods(GoType::weekday, weekday_methods());
    return all;
  }();
  return table;
}

/// .Values of the names that templates use: s string, i and f numbers, b boolean, l list, m map, z null, e empty.
GoValue make_values(Dice& dice, Arena& arena) {
  GoMap* inner = make_map(arena);
  inner->set("s", GoValue::string(arena.copy(make_text(dice))));
  inner->set("a", make_value(dice, ValueTypes::json, 2, arena));
  GoMap* values = make_map(arena);
  values->set("s", GoValue::string(arena.copy(make_text(dice))));
  values->set("i", GoValue::number(static_cast<double>(dice.below(20)) - 4));
  values->set("f", GoValue::number(make_double(dice)));
  values->set("b", GoValue::boolean(dice.one_in(2)));
  std::array<GoValue, 3> items{make_value(dice, ValueTypes::json, 1, arena), GoValue::string("x"),
                               GoValue::number(make_double(dice))};
  values->set("l", make_list(arena, items));
  values->set("m", GoValue::map(inner));
  values->set("z", GoValue::nil());
  values->set("e", GoValue::string(""));
  GoMap* release = make_map(arena);
  release->set("Name", GoValue::string("r"));
  GoMap* data = make_map(arena);
  data->set("Values", GoValue::map(values));
  data->set("Release", GoValue::map(release));
  return GoValue::map(data);
}

template <std::string (*MakeText)(Dice&)>
Case make_case(Dice& dice, Arena& arena) {
  Case subject;
  subject.text = MakeText(dice);
  subject.value = make_values(dice, arena);
  return subject;
}

/// Its own copy, as templates change values.
GoValue copy_of(GoValue value, Arena& arena) {
  if (value.is_map() && value.as_map() != nullptr) {
    GoMap* map = make_map(arena);
    for (const auto& [key, item] : value.as_map()->entries()) map->set(key, copy_of(item, arena));
    return GoValue::map(map, value.type());
  }
  if (!value.is_list() || value.as_list() == nullptr) return value;
  GoValue* items = make_items(arena, value.items().size());
  for (std::size_t i = 0; i < value.items().size(); ++i) items[i] = copy_of(value.items()[i], arena);
  return make_list(arena, {items, value.items().size()}, value.type());
}

Outcome failure_of(const Error& error) {
  return {false, error.kind != ErrorKind::limit, error.message};
}

/// The template is a partial whose data is all of the values, as the oracle has it.
Outcome render(const Case& subject, Arena& arena) {
  constexpr std::string_view k_partial = "c/templates/_t";
  constexpr std::string_view k_file = "c/templates/t";
  constexpr std::string_view k_include = "{{ include \"c/templates/_t\" .Values }}";
  TemplateSet set(functions());
  for (const auto& [name, text] : {std::pair(k_file, std::string(k_include)), std::pair(k_partial, subject.text)}) {
    if (const Status parsed = set.parse(name, text, arena.budget()); !parsed)
      return failure_of(as_parse_error(name, parsed.error()));
  }
  const bool map = subject.value.is_map() && subject.value.as_map() != nullptr;
  GoMap* data = make_map(arena);
  data->set("Values", GoValue::map(map ? copy_of(subject.value, arena).as_map() : make_map(arena), GoType::values));
  SeededRandom random(1);
  RenderWorld world{arena, random, std::chrono::system_clock::time_point()};
  SystemZoneSource zones;
  world.zones = &zones;
  Execution run(set, world);
  const auto text = run.execute(k_file, GoValue::map(data, GoType::values));
  if (!text) return failure_of(as_execution_error(k_file, HelmProfile::helm4, text.error()));
  return {true, true, without_no_value(*text)};
}

}  // namespace

std::span<const Kind> template_kinds() {
  static constexpr std::array k_kinds{
      Kind{"template", make_case<make_template>, render, "template"},
      Kind{"function", make_case<make_function_template>, render, "template"},
      Kind{"printf", make_case<make_printf_template>, render, "template"},
      Kind{"semver", make_case<make_semver_template>, render, "template"},
  };
  return k_kinds;
}

}  // namespace reconciled::parity
