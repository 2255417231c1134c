#include "renderers/helm/schema/json_equal.h"

#include "base/json.h"
#include "renderers/helm/schema/problem.h"

namespace reconciled::helm {

bool is_number(GoValue value) {
  return value.type() >= GoType::int_ && value.type() <= GoType::float64;
}

double number_of(GoValue value) {
  if (value.type() == GoType::float64 || value.type() == GoType::float32) return value.as_double();
  if (value.type() >= GoType::uint && value.type() <= GoType::uint64) return static_cast<double>(value.as_uint());
  return static_cast<double>(value.as_int());
}

bool json_equal(GoValue a, GoValue b) {
  if (is_number(a) || is_number(b)) return is_number(a) && is_number(b) && number_of(a) == number_of(b);
  if (a.type() != b.type()) return a.is_nil() && b.is_nil();
  if (a.type() == GoType::boolean) return a.as_bool() == b.as_bool();
  if (a.is_string()) return a.as_text() == b.as_text();
  if (a.type() == GoType::list) {
    if (a.items().size() != b.items().size()) return false;
    for (std::size_t i = 0; i < a.items().size(); ++i) {
      if (!json_equal(a.items()[i], b.items()[i])) return false;
    }
    return true;
  }
  if (!a.is_map() || a.as_map()->size() != b.as_map()->size()) return a.is_nil();
  for (std::size_t i = 0; i < a.as_map()->size(); ++i) {
    const auto& left = a.as_map()->entries()[i];
    const auto& right = b.as_map()->entries()[i];
    if (left.key != right.key || !json_equal(left.value, right.value)) return false;
  }
  return true;
}

bool json_equal(GoValue a, const Value& b) {
  switch (b.kind()) {
    case Value::Kind::null: return a.is_nil();
    case Value::Kind::boolean: return a.type() == GoType::boolean && a.as_bool() == b.as_bool();
    case Value::Kind::integer:
    case Value::Kind::number: return is_number(a) && number_of(a) == b.as_double();
    case Value::Kind::string: return a.is_string() && a.as_text() == b.as_string();
    case Value::Kind::list:
      if (a.type() != GoType::list || a.items().size() != b.size()) return false;
      for (std::size_t i = 0; i < b.size(); ++i) {
        if (!json_equal(a.items()[i], b.items()[i])) return false;
      }
      return true;
    case Value::Kind::map:
      if (!a.is_map() || a.as_map() == nullptr || a.as_map()->size() != b.size()) return false;
      for (const auto& [key, value] : a.as_map()->entries()) {
        const auto* other = b.find(key);
        if (other == nullptr || !json_equal(value, *other)) return false;
      }
      return true;
  }
  return false;
}

std::string shown(const Value& value) {
  if (value.is_null()) return "<nil>";
  if (value.is_string()) return quoted_in_message(value.as_string());
  if (value.is_list() || value.is_map()) return "value";
  return format_json(value);
}

}  // namespace reconciled::helm
