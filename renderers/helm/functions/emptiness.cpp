#include "renderers/helm/functions/emptiness.h"

namespace reconciled::helm {

bool is_empty(GoValue value) {
  switch (value.kind()) {
    case GoKind::invalid:
    case GoKind::interface: return true;
    case GoKind::boolean: return !value.as_bool();
    case GoKind::integer: return value.as_int() == 0;
    case GoKind::unsigned_integer: return value.as_uint() == 0;
    case GoKind::floating: return value.as_double() == 0;
    case GoKind::complex: return value.as_complex().real == 0 && value.as_complex().imaginary == 0;
    case GoKind::string: return value.as_text().empty();
    case GoKind::slice: return value.type() == GoType::bytes ? value.as_text().empty() : value.items().empty();
    case GoKind::map: return value.as_map() == nullptr || value.as_map()->size() == 0;
    case GoKind::structure:
    case GoKind::pointer:
    case GoKind::function: return false;
  }
  return false;
}

}  // namespace reconciled::helm
