// eq, ne, lt, le, gt, ge and not.
#include "renderers/helm/template/arguments.h"
#include "renderers/helm/template/builtins.h"
#include "renderers/helm/values/format.h"

#include <algorithm>
#include <array>
#include <string>

namespace reconciled::helm {
namespace {

/// The kinds that can be compared with one another.
enum class BasicKind : std::uint8_t { other, boolean, complex, integer, floating, string, unsigned_integer };

BasicKind basic_kind(GoValue value) {
  switch (value.kind()) {
    case GoKind::boolean: return BasicKind::boolean;
    case GoKind::integer: return BasicKind::integer;
    case GoKind::unsigned_integer: return BasicKind::unsigned_integer;
    case GoKind::floating: return BasicKind::floating;
    case GoKind::complex: return BasicKind::complex;
    case GoKind::string: return BasicKind::string;
    default: return BasicKind::other;
  }
}

tl::unexpected<Error> incompatible(GoValue left, GoValue right) {
  return fail(ErrorKind::render, "incompatible types for comparison: " + std::string(left.type_name()) + " and " +
                                     std::string(right.type_name()));
}

tl::unexpected<Error> not_ordered() {
  return fail(ErrorKind::render, "invalid type for comparison");
}

/// -1, 0 or 1 for an int64 and an uint64.
int compare_mixed(std::int64_t left, std::uint64_t right) {
  if (left < 0 || static_cast<std::uint64_t>(left) < right) return -1;
  return static_cast<std::uint64_t>(left) == right ? 0 : 1;
}

bool equal_basic(BasicKind kind, GoValue left, GoValue right) {
  switch (kind) {
    case BasicKind::boolean: return left.as_bool() == right.as_bool();
    case BasicKind::complex:
      return left.as_complex().real == right.as_complex().real &&
             left.as_complex().imaginary == right.as_complex().imaginary;
    case BasicKind::integer: return left.as_int() == right.as_int();
    case BasicKind::floating: return left.as_double() == right.as_double();
    case BasicKind::string: return left.as_text() == right.as_text();
    case BasicKind::unsigned_integer: return left.as_uint() == right.as_uint();
    case BasicKind::other: return false;
  }
  return false;
}

bool is_nil_reference(GoValue value) {
  return value.is_nil() || (value.is_map() && value.as_map() == nullptr) ||
         (value.is_list() && value.items().data() == nullptr);
}

Result<bool> equal_structs(GoValue left, GoValue right, Arena& arena);

/// Values of Go's interface type, as == compares them.
Result<bool> equal_interfaces(GoValue left, GoValue right, Arena& arena) {
  if (left.is_nil() || right.is_nil()) return left.is_nil() && right.is_nil();
  if (left.type_name() != right.type_name()) return false;
  const BasicKind kind = basic_kind(left);
  if (kind != BasicKind::other) return equal_basic(kind, left, right);
  if (left.type() != GoType::object)
    return fail(ErrorKind::render, "runtime error: comparing uncomparable type " + std::string(left.type_name()));
  if (left.as_object() == right.as_object()) return true;
  if (left.kind() == GoKind::pointer) return false;
  return equal_structs(left, right, arena);
}

Result<bool> equal_structs(GoValue left, GoValue right, Arena& arena) {
  const auto left_fields = left.as_object()->fields(arena);
  const auto right_fields = right.as_object()->fields(arena);
  if (left_fields.size() != right_fields.size()) return false;
  for (std::size_t i = 0; i < left_fields.size(); ++i) {
    TRY_ASSIGN(const bool equal, equal_interfaces(left_fields[i].value, right_fields[i].value, arena));
    if (!equal) return false;
  }
  return true;
}

/// Reflect's kinds, which tell fewer apart than types do.
bool is_same_kind(GoValue left, GoValue right) {
  return left.kind() == right.kind();
}

Result<bool> equal_others(GoValue left, GoValue right, Arena& arena) {
  std::string text;
  if (!is_same_kind(left, right) && left.type() != GoType::invalid && right.type() != GoType::invalid) {
    const std::array values{left, GoValue::string(left.type_name()), GoValue::string(right.type_name()), right};
    TRY(append_printf(text, "non-comparable types %s: %v, %s: %v", values, arena));
    return fail(ErrorKind::render, text);
  }
  if (is_nil_reference(left) || is_nil_reference(right)) return is_nil_reference(left) == is_nil_reference(right);
  if (right.type() != GoType::object) {
    const std::array values{right, GoValue::string(right.type_name())};
    TRY(append_printf(text, "non-comparable type %s: %v", values, arena));
    return fail(ErrorKind::render, text);
  }
  return equal_interfaces(left, right, arena);
}

Result<bool> equal(GoValue left, GoValue right, Arena& arena) {
  const BasicKind left_kind = basic_kind(left);
  const BasicKind right_kind = basic_kind(right);
  if (left_kind == right_kind)
    return left_kind == BasicKind::other ? equal_others(left, right, arena) : equal_basic(left_kind, left, right);
  if (left_kind == BasicKind::integer && right_kind == BasicKind::unsigned_integer)
    return compare_mixed(left.as_int(), right.as_uint()) == 0;
  if (left_kind == BasicKind::unsigned_integer && right_kind == BasicKind::integer)
    return compare_mixed(right.as_int(), left.as_uint()) == 0;
  if (left.type() != GoType::invalid && right.type() != GoType::invalid) return incompatible(left, right);
  return false;
}

Result<bool> less(GoValue left, GoValue right) {
  const BasicKind left_kind = basic_kind(left);
  const BasicKind right_kind = basic_kind(right);
  if (left_kind == BasicKind::other || right_kind == BasicKind::other) return not_ordered();
  if (left_kind == BasicKind::integer && right_kind == BasicKind::unsigned_integer)
    return compare_mixed(left.as_int(), right.as_uint()) < 0;
  if (left_kind == BasicKind::unsigned_integer && right_kind == BasicKind::integer)
    return compare_mixed(right.as_int(), left.as_uint()) > 0;
  if (left_kind != right_kind) return incompatible(left, right);
  switch (left_kind) {
    case BasicKind::integer: return left.as_int() < right.as_int();
    case BasicKind::floating: return left.as_double() < right.as_double();
    case BasicKind::string: return left.as_text() < right.as_text();
    case BasicKind::unsigned_integer: return left.as_uint() < right.as_uint();
    case BasicKind::boolean:
    case BasicKind::complex:
    case BasicKind::other: break;
  }
  return not_ordered();
}

Result<bool> less_or_equal(GoValue left, GoValue right, Arena& arena) {
  TRY_ASSIGN(const bool is_less, less(left, right));
  if (is_less) return true;
  return equal(left, right, arena);
}

}  // namespace

Result<GoValue> call_eq(FunctionCall& call) {
  if (call.arguments.size() < 2) return fail(ErrorKind::render, "missing argument for comparison");
  const GoValue first = call.arguments[0].unboxed();
  for (const GoValue other : call.arguments.subspan(1)) {
    TRY_ASSIGN(const bool same, equal(first, other.unboxed(), call.arena()));
    if (same) return GoValue::boolean(true);
  }
  return GoValue::boolean(false);
}

Result<GoValue> call_ne(FunctionCall& call) {
  TRY_ASSIGN(const bool same, equal(call.arguments[0].unboxed(), call.arguments[1].unboxed(), call.arena()));
  return GoValue::boolean(!same);
}

Result<GoValue> call_lt(FunctionCall& call) {
  TRY_ASSIGN(const bool is_less, less(call.arguments[0].unboxed(), call.arguments[1].unboxed()));
  return GoValue::boolean(is_less);
}

Result<GoValue> call_le(FunctionCall& call) {
  TRY_ASSIGN(const bool result, less_or_equal(call.arguments[0].unboxed(), call.arguments[1].unboxed(), call.arena()));
  return GoValue::boolean(result);
}

Result<GoValue> call_gt(FunctionCall& call) {
  TRY_ASSIGN(const bool result, less_or_equal(call.arguments[0].unboxed(), call.arguments[1].unboxed(), call.arena()));
  return GoValue::boolean(!result);
}

Result<GoValue> call_ge(FunctionCall& call) {
  TRY_ASSIGN(const bool is_less, less(call.arguments[0].unboxed(), call.arguments[1].unboxed()));
  return GoValue::boolean(!is_less);
}

Result<GoValue> call_not(FunctionCall& call) {
  return GoValue::boolean(!is_true(call.arguments[0]));
}

}  // namespace reconciled::helm
