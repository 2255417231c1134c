#include "renderers/substitution/flux_object.h"

#include "base/json.h"
#include "base/kind_name.h"
#include "renderers/helm/values/yaml.h"
#include "renderers/helm/values/yaml_read.h"

namespace reconciled::substitution {
namespace {

/// The same in the model of the writer. Texts are not copied: the value must outlive it.
// NOLINTNEXTLINE(misc-no-recursion): the writer refuses what is deeper than its limit, and readers bound depth
helm::GoValue go_value_of(const Value& value, helm::Arena& arena) {
  switch (value.kind()) {
    case Value::Kind::null: break;
    case Value::Kind::boolean: return helm::GoValue::boolean(value.as_bool());
    case Value::Kind::integer: return helm::GoValue::integer(value.as_integer());
    case Value::Kind::number: return helm::GoValue::number(value.as_double());
    case Value::Kind::string: return helm::GoValue::string(value.as_string());
    case Value::Kind::list: {
      helm::GoValue* items = helm::make_items(arena, value.size());
      for (std::size_t i = 0; i < value.size(); ++i) items[i] = go_value_of(value.items()[i], arena);
      return helm::make_list(arena, {items, value.size()});
    }
    case Value::Kind::map: {
      helm::GoMap* map = helm::make_map(arena);
      for (const auto& [key, item] : value.entries()) map->set(key.as_string(), go_value_of(item, arena));
      return helm::GoValue::map(map);
    }
  }
  return helm::GoValue::nil();
}

}  // namespace

Result<Value> fill_flux_object(const Value& object, const TextVariables& variables, UndefinedVariable undefined,
                               Budget& budget) {
  helm::Arena arena(budget);
  TRY_ASSIGN(const auto written, helm::to_yaml(go_value_of(object, arena), arena));
  TRY_ASSIGN(const std::string filled, fill_flux_text(std::string(written) + '\n', variables, undefined, budget));
  TRY_ASSIGN(const auto read, helm::read_yaml_document(filled, helm::YamlNumbers::float64, arena));
  if (!read.is_map()) return fail(ErrorKind::render, "with its variables filled in it is no map any more");
  TRY_ASSIGN(const auto json, helm::to_json(read, arena, helm::JsonForm::raw));
  return parse_json(json, budget);
}

}  // namespace reconciled::substitution
