// Functions over lists of any type. What they make is always a []interface {} of its own, except that `slice` shares.
#include "renderers/helm/functions/cast.h"
#include "renderers/helm/functions/emptiness.h"
#include "renderers/helm/functions/failure.h"
#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/sequence.h"
#include "renderers/helm/functions/signature.h"
#include "renderers/helm/values/deep_equal.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

namespace reconciled::helm {
namespace {

using enum GoParameter;
using Items = std::span<const GoValue>;

/// The items of a list; else an error that begins with `complaint` and ends with the kind.
Result<Items> items_of(FunctionCall& call, GoValue list, std::string_view complaint) {
  if (list.is_nil()) return nil_dereference();
  if (const auto items = as_sequence(list, call.arena())) return *items;
  return panic(std::string(complaint) + std::string(list.kind_name()));
}

/// An item in a []interface {}: untyped nothing is a nil there.
GoValue as_item(GoValue value) {
  return value.is_nil() ? GoValue::nil() : value;
}

GoValue list_of(FunctionCall& call, Items first, Items second = {}) {
  GoValue* items = make_items(call.arena(), first.size() + second.size());
  GoValue* end = std::transform(first.begin(), first.end(), items, &as_item);
  std::transform(second.begin(), second.end(), end, &as_item);
  const auto size = static_cast<std::uint32_t>(first.size() + second.size());
  return GoValue::list(call.arena().make<GoList>(GoList{items, size}));
}

Result<GoValue> call_list(FunctionCall& call) {
  return list_of(call, call.arguments);
}

Result<GoValue> call_append(FunctionCall& call) {
  TRY_ASSIGN(const Items items, items_of(call, call.arguments[0], "Cannot push on type "));
  return list_of(call, items, call.arguments.subspan(1));
}

Result<GoValue> call_prepend(FunctionCall& call) {
  TRY_ASSIGN(const Items items, items_of(call, call.arguments[0], "Cannot prepend on type "));
  return list_of(call, call.arguments.subspan(1), items);
}

Result<GoValue> call_first(FunctionCall& call) {
  TRY_ASSIGN(const Items items, items_of(call, call.arguments[0], "Cannot find first on type "));
  return items.empty() ? GoValue::nil() : items.front();
}

Result<GoValue> call_last(FunctionCall& call) {
  TRY_ASSIGN(const Items items, items_of(call, call.arguments[0], "Cannot find last on type "));
  return items.empty() ? GoValue::nil() : items.back();
}

Result<GoValue> call_rest(FunctionCall& call) {
  TRY_ASSIGN(const Items items, items_of(call, call.arguments[0], "Cannot find rest on type "));
  return items.empty() ? GoValue::list(nullptr) : list_of(call, items.subspan(1));
}

Result<GoValue> call_initial(FunctionCall& call) {
  TRY_ASSIGN(const Items items, items_of(call, call.arguments[0], "Cannot find initial on type "));
  return items.empty() ? GoValue::list(nullptr) : list_of(call, items.first(items.size() - 1));
}

Result<GoValue> call_reverse(FunctionCall& call) {
  TRY_ASSIGN(const Items items, items_of(call, call.arguments[0], "Cannot find reverse on type "));
  const std::vector<GoValue> reversed(items.rbegin(), items.rend());
  return list_of(call, reversed);
}

Result<GoValue> call_compact(FunctionCall& call) {
  TRY_ASSIGN(const Items items, items_of(call, call.arguments[0], "Cannot compact on type "));
  std::vector<GoValue> kept;
  std::remove_copy_if(items.begin(), items.end(), std::back_inserter(kept), &is_empty);
  return list_of(call, kept);
}

Result<bool> holds(FunctionCall& call, Items items, GoValue wanted) {
  for (const GoValue& item : items) {
    TRY_ASSIGN(const bool equal, deep_equal(wanted, item, call.arena().budget()));
    if (equal) return true;
  }
  return false;
}

Result<GoValue> call_uniq(FunctionCall& call) {
  TRY_ASSIGN(const Items items, items_of(call, call.arguments[0], "Cannot find uniq on type "));
  std::vector<GoValue> kept;
  for (const GoValue& item : items) {
    TRY_ASSIGN(const bool is_known, holds(call, kept, item));
    if (!is_known) kept.push_back(item);
  }
  return list_of(call, kept);
}

Result<GoValue> call_without(FunctionCall& call) {
  TRY_ASSIGN(const Items items, items_of(call, call.arguments[0], "Cannot find without on type "));
  std::vector<GoValue> kept;
  for (const GoValue& item : items) {
    TRY_ASSIGN(const bool is_unwanted, holds(call, call.arguments.subspan(1), item));
    if (!is_unwanted) kept.push_back(item);
  }
  return list_of(call, kept);
}

Result<GoValue> call_has(FunctionCall& call) {
  if (call.arguments[1].is_nil()) return GoValue::boolean(false);
  TRY_ASSIGN(const Items items, items_of(call, call.arguments[1], "Cannot find has on type "));
  TRY_ASSIGN(const bool found, holds(call, items, call.arguments[0]));
  return GoValue::boolean(found);
}

Result<GoValue> call_concat(FunctionCall& call) {
  std::vector<GoValue> all;
  for (const GoValue& list : call.arguments) {
    if (list.is_nil()) return nil_dereference();
    const auto items = as_sequence(list, call.arena());
    if (!items) return panic("Cannot concat type " + std::string(list.kind_name()) + " as list");
    all.insert(all.end(), items->begin(), items->end());
    TRY(reserve(call, all.size() * sizeof(GoValue), "concat"));
  }
  return all.empty() ? GoValue::list(nullptr) : list_of(call, all);
}

/// list[start:end], of the list's own type.
GoValue sub_list(FunctionCall& call, GoValue list, std::size_t start, std::size_t end) {
  if (list.type() == GoType::bytes) return GoValue::string(list.as_text().substr(start, end - start), GoType::bytes);
  const Items items = list.items().subspan(start, end - start);
  return GoValue::list(call.arena().make<GoList>(GoList{items.data(), static_cast<std::uint32_t>(items.size())}),
                       list.type());
}

Result<GoValue> call_slice(FunctionCall& call) {
  TRY_ASSIGN(const Items items, items_of(call, call.arguments[0], "list should be type of slice or array but "));
  if (items.empty()) return GoValue::nil();
  const auto size = static_cast<std::int64_t>(items.size());
  const std::int64_t start = call.arguments.size() > 1 ? to_int64(call.arguments[1]) : 0;
  const std::int64_t end = call.arguments.size() > 2 ? to_int64(call.arguments[2]) : size;
  if (start < 0 || end < start || end > size) return panic("reflect.Value.Slice: slice index out of bounds");
  return sub_list(call, call.arguments[0], static_cast<std::size_t>(start), static_cast<std::size_t>(end));
}

/// Lists of `size` items; the last one takes what is left. Computed in floats like upstream, so that a size of 0 or
/// less fails, or does not, in the same way.
Result<GoValue> call_chunk(FunctionCall& call) {
  const std::int64_t size = call.arguments[0].as_int();
  TRY_ASSIGN(const Items items, items_of(call, call.arguments[1], "Cannot chunk type "));
  const auto length = static_cast<double>(items.size());
  const std::int64_t count = truncate_to_int64(std::floor((length - 1) / static_cast<double>(size)) + 1);
  if (count < 0) return panic("runtime error: makeslice: len out of range");
  std::vector<GoValue> chunks;
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t taken = size;
    if (i == count - 1) taken = truncate_to_int64(std::floor(std::fmod(length, static_cast<double>(size))));
    if (taken == 0) taken = size;
    if (taken < 0) return panic("runtime error: makeslice: len out of range");
    const auto start = static_cast<std::size_t>(i * size);
    if (start + static_cast<std::size_t>(taken) > items.size()) return panic("reflect: slice index out of range");
    chunks.push_back(list_of(call, items.subspan(start, static_cast<std::size_t>(taken))));
  }
  return make_list(call.arena(), chunks, GoType::list_list);
}

constexpr auto& k_list = k_takes<any>;
constexpr auto& k_two = k_takes<any, any>;
constexpr std::array k_functions{
    GoFunction{"append", k_two, k_fixed, &call_append},
    GoFunction{"chunk", k_takes<int_, any>, k_fixed, &call_chunk},
    GoFunction{"compact", k_list, k_fixed, &call_compact},
    GoFunction{"concat", k_list, k_variadic, &call_concat},
    GoFunction{"first", k_list, k_fixed, &call_first},
    GoFunction{"has", k_two, k_fixed, &call_has},
    GoFunction{"initial", k_list, k_fixed, &call_initial},
    GoFunction{"last", k_list, k_fixed, &call_last},
    GoFunction{"list", k_list, k_variadic, &call_list},
    GoFunction{"mustAppend", k_two, k_fixed, &call_append},
    GoFunction{"mustChunk", k_takes<int_, any>, k_fixed, &call_chunk},
    GoFunction{"mustCompact", k_list, k_fixed, &call_compact},
    GoFunction{"mustFirst", k_list, k_fixed, &call_first},
    GoFunction{"mustHas", k_two, k_fixed, &call_has},
    GoFunction{"mustInitial", k_list, k_fixed, &call_initial},
    GoFunction{"mustLast", k_list, k_fixed, &call_last},
    GoFunction{"mustPrepend", k_two, k_fixed, &call_prepend},
    GoFunction{"mustPush", k_two, k_fixed, &call_append},
    GoFunction{"mustRest", k_list, k_fixed, &call_rest},
    GoFunction{"mustReverse", k_list, k_fixed, &call_reverse},
    GoFunction{"mustSlice", k_two, k_variadic, &call_slice},
    GoFunction{"mustUniq", k_list, k_fixed, &call_uniq},
    GoFunction{"mustWithout", k_two, k_variadic, &call_without},
    GoFunction{"prepend", k_two, k_fixed, &call_prepend},
    GoFunction{"push", k_two, k_fixed, &call_append},
    GoFunction{"rest", k_list, k_fixed, &call_rest},
    GoFunction{"reverse", k_list, k_fixed, &call_reverse},
    GoFunction{"slice", k_two, k_variadic, &call_slice},
    GoFunction{"tuple", k_list, k_variadic, &call_list},
    GoFunction{"uniq", k_list, k_fixed, &call_uniq},
    GoFunction{"without", k_two, k_variadic, &call_without},
};

}  // namespace

std::span<const GoFunction> list_functions() {
  return k_functions;
}

}  // namespace reconciled::helm
