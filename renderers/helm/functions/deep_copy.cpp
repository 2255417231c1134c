#include "renderers/helm/functions/deep_copy.h"

#include <cstdint>
#include <string>

namespace reconciled::helm {
namespace {

Result<GoValue> copy_at(GoValue value, Arena& arena, std::uint32_t depth);

Result<GoValue> copy_map(GoValue value, Arena& arena, std::uint32_t depth) {
  GoMap* copy = make_map(arena);
  for (const GoMap::Entry& entry : value.as_map()->entries()) {
    TRY_ASSIGN(const GoValue copied, copy_at(entry.value, arena, depth + 1));
    copy->set_shared(entry.key, copied);
  }
  return GoValue::map(copy, value.type());
}

Result<GoValue> copy_list(GoValue value, Arena& arena, std::uint32_t depth) {
  const auto items = value.items();
  GoValue* copies = make_items(arena, items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    TRY_ASSIGN(copies[i], copy_at(items[i], arena, depth + 1));
  }
  return GoValue::list(arena.make<GoList>(GoList{copies, static_cast<std::uint32_t>(items.size())}), value.type());
}

Result<GoValue> copy_at(GoValue value, Arena& arena, std::uint32_t depth) {
  Budget& budget = arena.budget();
  if (depth > budget.max_depth())
    return fail(ErrorKind::limit, "value is nested deeper than " + std::to_string(budget.max_depth()) + " levels");
  if (!budget.step()) return fail(budget.error("copy a value"));
  if (value.is_map() && value.as_map() != nullptr) return copy_map(value, arena, depth);
  if (value.is_list() && value.as_list() != nullptr) return copy_list(value, arena, depth);
  return value;
}

}  // namespace

Result<GoValue> deep_copy(GoValue value, Arena& arena) {
  return copy_at(value, arena, 0);
}

}  // namespace reconciled::helm
