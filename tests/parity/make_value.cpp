#include "base/go_yaml_writer.h"
#include "tests/parity/generator.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace reconciled::parity {
namespace {

using helm::Arena;
using helm::GoType;
using helm::GoValue;

GoValue make_string(Dice& dice, Arena& arena) {
  return GoValue::string(arena.copy(make_text(dice)));
}

GoValue make_typed_scalar(Dice& dice, Arena& arena) {
  switch (dice.below(9)) {
    case 0: return GoValue::integer(make_integer(dice));
    case 1: return GoValue::integer(make_integer(dice), GoType::int64);
    case 2: return GoValue::unsigned_integer(dice.bits() >> dice.below(64), GoType::uint64);
    case 3: return GoValue::number(static_cast<float>(make_double(dice)), GoType::float32);
    case 4: return GoValue::integer(make_integer(dice), GoType::duration);
    case 5: return GoValue::string(arena.copy("x" + make_text(dice)), GoType::bytes);
    case 6: return dice.one_in(2) ? GoValue::map(nullptr) : GoValue::list(nullptr);
    default: return GoValue::integer(static_cast<std::int64_t>(dice.below(100)));
  }
}

GoValue make_scalar(Dice& dice, ValueTypes types, Arena& arena) {
  if (types == ValueTypes::go && dice.one_in(5)) return make_typed_scalar(dice, arena);
  switch (dice.below(8)) {
    case 0: return GoValue::nil();
    case 1: return GoValue::boolean(dice.one_in(2));
    case 2:
    case 3: return GoValue::number(make_double(dice));
    default: return make_string(dice, arena);
  }
}

GoValue make_list_value(Dice& dice, ValueTypes types, std::uint32_t depth, Arena& arena) {
  const std::size_t count = dice.below(4);
  GoValue* items = helm::make_items(arena, count);
  const bool texts = types == ValueTypes::go && dice.one_in(6);
  for (std::size_t i = 0; i < count; ++i)
    items[i] = texts ? make_string(dice, arena) : make_value(dice, types, depth - 1, arena);
  return helm::make_list(arena, {items, count}, texts ? GoType::list_string : GoType::list);
}

/// Whether go-yaml prints these keys in one order only: its order has circles, and then chance decides.
bool has_one_order(const helm::GoMap& map, GoYaml flavour) {
  std::vector<std::string_view> keys;
  for (const auto& entry : map.entries()) keys.push_back(entry.key);
  std::ranges::stable_sort(keys, [&](auto a, auto b) { return natural_less(a, b, flavour); });
  for (std::size_t i = 0; i < keys.size(); ++i) {
    for (std::size_t j = i + 1; j < keys.size(); ++j) {
      if (!natural_less(keys[i], keys[j], flavour) || natural_less(keys[j], keys[i], flavour)) return false;
    }
  }
  return true;
}

GoValue make_map_value(Dice& dice, ValueTypes types, std::uint32_t depth, Arena& arena) {
  helm::GoMap* map = helm::make_map(arena);
  const bool texts = types == ValueTypes::go && dice.one_in(8);
  for (std::size_t i = dice.one_in(20) ? dice.below(30) : dice.below(5); i > 0; --i) {
    const std::string key = make_key(dice);
    map->set(key, texts ? make_string(dice, arena) : make_value(dice, types, depth - 1, arena));
    if (!has_one_order(*map, GoYaml::v2) || !has_one_order(*map, GoYaml::v3)) map->erase(key);
  }
  return GoValue::map(map, texts ? GoType::map_string : GoType::map);
}

}  // namespace

GoValue make_value(Dice& dice, ValueTypes types, std::uint32_t depth, Arena& arena) {
  if (depth == 0 || dice.one_in(3)) return make_scalar(dice, types, arena);
  return dice.one_in(3) ? make_list_value(dice, types, depth, arena) : make_map_value(dice, types, depth, arena);
}

}  // namespace reconciled::parity
