#include "renderers/helm/values/deep_equal.h"

#include <cstdint>

namespace reconciled::helm {
namespace {

constexpr std::uint32_t k_deepest = 1000;

/// Ends with "not equal" when the budget is spent; `spent` tells.
class Comparison {
 public:
  explicit Comparison(Budget& budget) : m_budget(budget) {}
  bool equal(GoValue left, GoValue right, std::uint32_t depth);
  [[nodiscard]] bool spent() const { return m_spent; }

 private:
  bool equal_lists(GoValue left, GoValue right, std::uint32_t depth);
  bool equal_entries(std::span<const GoMap::Entry> left, std::span<const GoMap::Entry> right, std::uint32_t depth);
  bool equal_maps(const GoMap* left, const GoMap* right, std::uint32_t depth);
  bool equal_objects(GoValue left, GoValue right, std::uint32_t depth);

  Budget& m_budget;
  bool m_spent = false;
};

bool Comparison::equal_lists(GoValue left, GoValue right, std::uint32_t depth) {
  if ((left.as_list() == nullptr) != (right.as_list() == nullptr)) return false;
  const auto left_items = left.items();
  const auto right_items = right.items();
  if (left_items.size() != right_items.size()) return false;
  if (left_items.data() == right_items.data()) return true;
  for (std::size_t i = 0; i < left_items.size(); ++i) {
    if (!equal(left_items[i], right_items[i], depth + 1)) return false;
  }
  return true;
}

bool Comparison::equal_entries(std::span<const GoMap::Entry> left, std::span<const GoMap::Entry> right,
                               std::uint32_t depth) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i].key != right[i].key || !equal(left[i].value, right[i].value, depth + 1)) return false;
  }
  return true;
}

bool Comparison::equal_maps(const GoMap* left, const GoMap* right, std::uint32_t depth) {
  if (left == right) return true;
  return left != nullptr && right != nullptr && equal_entries(left->entries(), right->entries(), depth);
}

bool Comparison::equal_objects(GoValue left, GoValue right, std::uint32_t depth) {
  if (left.as_object() == right.as_object()) return true;
  if (left.type_name() != right.type_name()) return false;
  Budget budget;
  Arena arena(budget);  // for the fields, which live no longer than this comparison
  return equal_entries(left.as_object()->fields(arena), right.as_object()->fields(arena), depth);
}

bool Comparison::equal(GoValue left, GoValue right, std::uint32_t depth) {
  if (!m_budget.step()) m_spent = true;
  if (m_spent) return false;
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
    case GoKind::map: return equal_maps(left.as_map(), right.as_map(), depth);
    case GoKind::structure:
    case GoKind::pointer: return equal_objects(left, right, depth);
    case GoKind::function: return false;
  }
  return false;
}

}  // namespace

Result<bool> deep_equal(GoValue left, GoValue right, Budget& budget) {
  Comparison comparison(budget);
  const bool equal = comparison.equal(left, right, 0);
  if (comparison.spent()) return fail(budget.error("compare values"));
  return equal;
}

}  // namespace reconciled::helm
