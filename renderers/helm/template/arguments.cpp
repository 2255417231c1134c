#include "renderers/helm/template/arguments.h"

namespace reconciled::helm {

bool is_true(GoValue value) {
  switch (value.kind()) {
    case GoKind::invalid:
    case GoKind::interface: return false;
    case GoKind::boolean: return value.as_bool();
    case GoKind::integer: return value.as_int() != 0;
    case GoKind::unsigned_integer: return value.as_uint() != 0;
    case GoKind::floating: return value.as_double() != 0;
    case GoKind::complex: return value.as_complex().real != 0 || value.as_complex().imaginary != 0;
    case GoKind::string: return !value.as_text().empty();
    case GoKind::slice: return value.type() == GoType::bytes ? !value.as_text().empty() : !value.items().empty();
    case GoKind::map: return value.as_map() != nullptr && value.as_map()->size() > 0;
    case GoKind::structure:
    case GoKind::pointer:
    case GoKind::function: return true;
  }
  return false;
}

bool can_be_nil(GoParameter parameter) {
  switch (parameter) {
    case GoParameter::any:
    case GoParameter::bytes:
    case GoParameter::list_any:
    case GoParameter::list_string:
    case GoParameter::map_any:
    case GoParameter::map_string:
    case GoParameter::location:
    case GoParameter::version:
    case GoParameter::reflect_value: return true;
    case GoParameter::boolean:
    case GoParameter::int_:
    case GoParameter::int64:
    case GoParameter::float64:
    case GoParameter::string:
    case GoParameter::uint32:
    case GoParameter::duration:
    case GoParameter::time:
    case GoParameter::certificate: return false;
  }
  return false;
}

GoValue zero_of(GoParameter parameter) {
  switch (parameter) {
    case GoParameter::reflect_value: return {};
    case GoParameter::bytes: return GoValue::string({}, GoType::bytes);
    case GoParameter::list_any: return GoValue::list(nullptr);
    case GoParameter::list_string: return GoValue::list(nullptr, GoType::list_string);
    case GoParameter::map_any: return GoValue::map(nullptr);
    case GoParameter::map_string: return GoValue::map(nullptr, GoType::map_string);
    case GoParameter::any:
    case GoParameter::location:
    case GoParameter::version:
    case GoParameter::boolean:
    case GoParameter::int_:
    case GoParameter::int64:
    case GoParameter::float64:
    case GoParameter::string:
    case GoParameter::uint32:
    case GoParameter::duration:
    case GoParameter::time:
    case GoParameter::certificate: return GoValue::nil();
  }
  return GoValue::nil();
}

bool is_assignable(GoValue value, GoParameter parameter) {
  const GoType type = value.type();
  switch (parameter) {
    case GoParameter::any:
    case GoParameter::reflect_value: return true;
    case GoParameter::boolean: return type == GoType::boolean;
    case GoParameter::int_: return type == GoType::int_;
    case GoParameter::int64: return type == GoType::int64;
    case GoParameter::float64: return type == GoType::float64;
    case GoParameter::string: return type == GoType::string;
    case GoParameter::bytes: return type == GoType::bytes;
    case GoParameter::list_any: return type == GoType::list;
    case GoParameter::list_string: return type == GoType::list_string || type == GoType::version_set;
    case GoParameter::map_any: return type == GoType::map || type == GoType::values;
    case GoParameter::map_string: return type == GoType::map_string;
    case GoParameter::uint32: return type == GoType::uint32;
    case GoParameter::duration: return type == GoType::duration;
    case GoParameter::time:
    case GoParameter::location:
    case GoParameter::version:
    case GoParameter::certificate: return type == GoType::object && value.type_name() == go_parameter_name(parameter);
  }
  return false;
}

GoValue assigned(GoValue value, GoParameter parameter) {
  if (parameter == GoParameter::reflect_value) return value;
  if (parameter == GoParameter::any && value.is_nil()) return GoValue::nil();
  if (parameter == GoParameter::map_any && value.type() == GoType::values) return GoValue::map(value.as_map());
  if (parameter == GoParameter::list_string && value.type() == GoType::version_set)
    return GoValue::list(value.as_list(), GoType::list_string);
  return value.unboxed();
}

std::string_view static_type_name(GoValue value) {
  return value.is_boxed() ? "interface {}" : value.type_name();
}

std::string_view indirect_type_name(GoValue value) {
  std::string_view name = value.type_name();
  if (name.starts_with('*')) name.remove_prefix(1);
  return name;
}

}  // namespace reconciled::helm
