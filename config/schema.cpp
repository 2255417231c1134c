#include "base/json.h"
#include "base/value.h"
#include "config/reference.h"
#include "config/table.h"

namespace reconciled {
namespace config {
namespace {

Value text_schema(std::string_view pattern) {
  return Value::map({{"type", "string"}, {"pattern", pattern}});
}

Value list_of(Value items) {
  return Value::map({{"type", "array"}, {"items", std::move(items)}});
}

Value schema_of(const Section& section);

Value schema_of(const Row& row) {
  switch (row.shape) {
    case Shape::text:
    case Shape::path:
    case Shape::secret: return Value::map({{"type", "string"}});
    case Shape::boolean: return Value::map({{"type", "boolean"}});
    case Shape::count: return Value::map({{"type", "integer"}, {"minimum", row.rules.min}, {"maximum", row.rules.max}});
    case Shape::size: {
      Value schema = text_schema("^[0-9]+(Ki|Mi|Gi|Ti|k|M|G|T)?$");
      schema.set("type", Value::list({"string", "integer"}));
      return schema;
    }
    case Shape::duration:
      return text_schema(
          "^([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|ms|s|m|h)(([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|ms|s|m|h))*$");
    case Shape::choice: {
      Value words = Value::list();
      for (const Choice& choice : row.rules.choices) words.append(choice.text);
      return Value::map({{"enum", std::move(words)}});
    }
    case Shape::texts:
    case Shape::paths:
    case Shape::secrets: return list_of(Value::map({{"type", "string"}, {"minLength", 1}}));
    case Shape::sections: return list_of(schema_of(*row.rules.section));
    case Shape::section:
    case Shape::inlined: return schema_of(*row.rules.section);
  }
  return {};
}

/// A default as the type that the schema names.
Value default_of(const Row& row) {
  if (row.shape == Shape::boolean) return row.rules.fallback == "true";
  if (row.shape == Shape::count) return static_cast<std::int64_t>(std::stoll(std::string(row.rules.fallback)));
  return row.rules.fallback;
}

Value schema_of(const Section& section) {
  Value properties = Value::map();
  Value required = Value::list();
  each_row(section, nullptr, [&](const Row& row, void*) {
    Value schema = Value::map({{"description", row.rules.section != nullptr ? row.rules.section->doc : row.doc}});
    const Value shape = schema_of(row);
    for (const auto& entry : shape.entries()) schema.set(entry.key.as_string(), entry.value);
    if (!row.rules.fallback.empty()) schema.set("default", default_of(row));
    if (row.rules.presence == Presence::required) required.append(row.name);
    properties.set(row.name, std::move(schema));
  });
  Value schema = Value::map({{"type", "object"}, {"additionalProperties", false}});
  if (required.size() != 0) schema.set("required", std::move(required));
  schema.set("properties", std::move(properties));
  return schema;
}

}  // namespace
}  // namespace config

std::string format_settings_schema() {
  const Value root = config::schema_of(config::root_section());
  Value schema =
      Value::map({{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", config::root_section().doc}});
  for (const auto& entry : root.entries()) schema.set(entry.key.as_string(), entry.value);
  schema.set("required", Value::list({"apiVersion", "kind"}));
  Value& properties = schema.edit("properties");
  properties.set("apiVersion", Value::map({{"const", "reconcile/v1"}}));
  properties.set("kind", Value::map({{"const", "Config"}}));
  return format_json(schema, JsonStyle::pretty) + "\n";
}

}  // namespace reconciled
