// index, slice and len.
#include "renderers/helm/template/arguments.h"
#include "renderers/helm/template/builtins.h"

#include <array>
#include <string>

namespace reconciled::helm {
namespace {

tl::unexpected<Error> refused(std::string message) {
  return fail(ErrorKind::render, std::move(message));
}

/// A position in something of this length.
Result<std::size_t> read_index(GoValue index, std::size_t length) {
  std::int64_t position = 0;
  if (index.kind() == GoKind::integer) {
    position = index.as_int();
  } else if (index.kind() == GoKind::unsigned_integer) {
    position = static_cast<std::int64_t>(index.as_uint());
  } else if (index.type() == GoType::invalid) {
    return refused("cannot index slice/array with nil");
  } else {
    return refused("cannot index slice/array with type " + std::string(static_type_name(index)));
  }
  if (position < 0 || static_cast<std::uint64_t>(position) > length)
    return refused("index out of range: " + std::to_string(position));
  return static_cast<std::size_t>(position);
}

/// One step: an item of a list, a byte of a string, an entry of a map.
Result<GoValue> item_of(GoValue container, GoValue index) {
  const bool has_bytes = container.is_string() || container.type() == GoType::bytes;
  if (has_bytes) {
    const std::string_view text = container.as_text();
    TRY_ASSIGN(const std::size_t at, read_index(index, text.size()));
    if (at == text.size())
      return refused(container.is_string() ? "reflect: string index out of range"
                                           : "reflect: slice index out of range");
    return GoValue::unsigned_integer(static_cast<unsigned char>(text[at]), GoType::uint8);
  }
  if (container.is_list()) {
    TRY_ASSIGN(const std::size_t at, read_index(index, container.items().size()));
    if (at == container.items().size()) return refused("reflect: slice index out of range");
    const GoValue item = container.items()[at];
    return container.type() == GoType::list ? item.boxed() : item;
  }
  if (!container.is_map()) return refused("can't index item of type " + std::string(indirect_type_name(container)));
  if (index.type() == GoType::invalid) return refused("value is nil; should be of type string");
  if (!index.is_string()) return refused("value has type " + std::string(index.type_name()) + "; should be string");
  const GoValue* found = container.as_map() == nullptr ? nullptr : container.as_map()->find(index.as_text());
  if (container.type() == GoType::map || container.type() == GoType::values)
    return found == nullptr ? GoValue::nil() : found->boxed();
  if (found != nullptr) return *found;
  return GoValue::string({}, container.type() == GoType::files ? GoType::bytes : GoType::string);
}

GoValue part_of(GoValue whole, std::size_t from, std::size_t to, Arena& arena) {
  if (!whole.is_list()) return GoValue::string(whole.as_text().substr(from, to - from), whole.type());
  const auto items = whole.items().subspan(from, to - from);
  return GoValue::list(arena.make<GoList>(GoList{items.data(), static_cast<std::uint32_t>(items.size())}),
                       whole.type());
}

}  // namespace

Result<GoValue> call_index(FunctionCall& call) {
  GoValue item = call.arguments[0].unboxed();
  if (item.type() == GoType::invalid) return refused("index of untyped nil");
  for (const GoValue index : call.arguments.subspan(1)) {
    if (item.is_nil()) return refused("index of nil pointer");
    TRY_ASSIGN(item, item_of(item, index.unboxed()));
  }
  return item;
}

Result<GoValue> call_slice(FunctionCall& call) {
  const GoValue whole = call.arguments[0].unboxed();
  const auto indexes = call.arguments.subspan(1);
  if (whole.type() == GoType::invalid) return refused("slice of untyped nil");
  if (indexes.size() > 3) return refused("too many slice indexes: " + std::to_string(indexes.size()));
  if (whole.is_string() && indexes.size() == 3) return refused("cannot 3-index slice a string");
  const bool has_bytes = whole.is_string() || whole.type() == GoType::bytes;
  if (!has_bytes && !whole.is_list())
    return refused("can't slice item of type " + std::string(indirect_type_name(whole)));
  const std::size_t length = has_bytes ? whole.as_text().size() : whole.items().size();
  std::array<std::size_t, 3> bounds{0, length, length};
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    if (indexes[i].is_boxed()) return refused("cannot index slice/array with type interface {}");
    TRY_ASSIGN(bounds[i], read_index(indexes[i], length));
  }
  for (std::size_t i = 0; i + 1 < (indexes.size() == 3 ? 3U : 2U); ++i) {
    if (bounds[i] > bounds[i + 1])
      return refused("invalid slice index: " + std::to_string(bounds[i]) + " > " + std::to_string(bounds[i + 1]));
  }
  return part_of(whole, bounds[0], bounds[1], call.arena());
}

Result<GoValue> call_len(FunctionCall& call) {
  const GoValue value = call.arguments[0];
  if (value.type() == GoType::nil) return refused("len of nil pointer");
  if (value.type() == GoType::invalid) return refused("reflect: call of reflect.Value.Type on zero Value");
  std::size_t length = 0;
  if (value.is_string() || value.type() == GoType::bytes) {
    length = value.as_text().size();
  } else if (value.is_list()) {
    length = value.items().size();
  } else if (value.is_map()) {
    length = value.as_map() == nullptr ? 0 : value.as_map()->size();
  } else {
    return refused("len of type " + std::string(indirect_type_name(value)));
  }
  return GoValue::integer(static_cast<std::int64_t>(length));
}

}  // namespace reconciled::helm
