#include "base/kind_name.h"

namespace reconciled {

std::string_view kind_name(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::null: return "empty";
    case Value::Kind::boolean: return "a boolean";
    case Value::Kind::integer:
    case Value::Kind::number: return "a number";
    case Value::Kind::string: return "a text";
    case Value::Kind::list: return "a list";
    case Value::Kind::map: return "a map";
  }
  return "unknown";
}

}  // namespace reconciled
