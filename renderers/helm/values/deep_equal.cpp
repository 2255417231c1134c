#include "renderers/helm/values/deep_equal.h"

#include "base/budget.h"

#include <algorithm>
#include <cstdint>

namespace reconciled::helm {
namespace {

constexpr std::uint32_t k_deepest = 1000;

bool equal(GoValue left, GoValue right, std::uint32_t depth);

bool equal_lists(GoValue left, GoValue right, std::uint32_t depth) {
  if ((left.as_list() == nullptr) != (right.as_list() == nullptr)) return false;  // nil is not empty
  const auto left_items = left.items();
  const auto right_items = right.items();
  if (left_items.size() != right_items.size()) return false;
  for (std::size_t i = 0; i < left_items.size(); ++i) {
    if (!equal(left_items[i], right_items[i], depth + 1)) return false;
  }
  return true;
}

bool equal_maps(const GoMap* left, const GoMap* right, std::uint32_t depth) {
  if (left == nullptr || right == nullptr) return left == right;
  if (left->size() != right->size()) return false;
  for (std::size_t i = 0; i < left->size(); ++i) {
    if (left->entries()[i].key != right->entries()[i].key) return false;
    if (!equal(left->entries()[i].value, right->entries()[i].value, depth + 1)) return false;
  }
  return true;
}

bool equal_objects(GoValue left, GoValue right, std::uint32_t depth) {
  if (left.type_name() != right.type_name()) return false;
  Budget budget;
  Arena arena(budget);  // for the fields, which live no longer than this comparison
  const auto left_fields = left.as_object()->fields(arena);
  const auto right_fields = right.as_object()->fields(arena);
  return std::equal(left_fields.begin(), left_fields.end(), right_fields.begin(), right_fields.end(),
                    [depth](const GoMap::Entry& one, const GoMap::Entry& other) {
                      return one.key == other.key && equal(one.value, other.value, depth + 1);
                    });
}

bool equal(GoValue left, GoValue right, std::uint32_t depth) {
  if (left.is_nil() && right.is_nil()) return true;
  if (left.type() != right.type() || depth > k_deepest) return false;
  switch (left.kind()) {
    case GoKind::invalid:
    case GoKind::interface: return true;
    case GoKind::boolean: return left.as_bool() == right.as_bool();
    case GoKind::integer: return left.as_int() == right.as_int();
    case GoKind::unsigned_integer: return left.as_uint() == right.as_uint();
    case GoKind::floating: return left.as_double() == right.as_double();
    case GoKind::complex:
      return left.as_complex().real == right.as_complex().real &&
             left.as_complex().imaginary == right.as_complex().imaginary;
    case GoKind::string: return left.as_text() == right.as_text();
    case GoKind::slice:
      return left.type() == GoType::bytes ? left.as_text() == right.as_text() : equal_lists(left, right, depth);
    case GoKind::map: return left.as_map() == right.as_map() || equal_maps(left.as_map(), right.as_map(), depth);
    case GoKind::structure:
    case GoKind::pointer: return left.as_object() == right.as_object() || equal_objects(left, right, depth);
    case GoKind::function: return false;
  }
  return false;
}

}  // namespace

bool deep_equal(GoValue left, GoValue right) {
  return equal(left, right, 0);
}

}  // namespace reconciled::helm
