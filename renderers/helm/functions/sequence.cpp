#include "renderers/helm/functions/sequence.h"

namespace reconciled::helm {

std::optional<std::span<const GoValue>> as_sequence(GoValue value, Arena& arena) {
  if (value.is_list()) return value.items();
  if (value.type() != GoType::bytes) return std::nullopt;
  const std::string_view bytes = value.as_text();
  GoValue* items = make_items(arena, bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i)
    items[i] = GoValue::unsigned_integer(static_cast<unsigned char>(bytes[i]), GoType::uint8);
  return std::span<const GoValue>(items, bytes.size());
}

}  // namespace reconciled::helm
