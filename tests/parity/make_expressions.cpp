#include "tests/parity/make_expressions.h"

#include <array>

namespace reconciled::parity {
namespace {

using helm::Arena;
using helm::GoValue;

constexpr std::array<std::string_view, 12> k_names{"a", "b",  "path", "empty", "n", "no",
                                                   "é", "日", "_x",   "A1",    "1", "Ünïcode"};

constexpr std::array<std::string_view, 30> k_values{"",
                                                    "",
                                                    "abc",
                                                    "aBc DeF",
                                                    "/usr/local/lib.tar.gz",
                                                    "a.b.c",
                                                    "aaa",
                                                    "123",
                                                    "-7",
                                                    "1e3",
                                                    "true",
                                                    "yes",
                                                    "null",
                                                    "~",
                                                    "ÜNÏ ñ",
                                                    "日本",
                                                    "ǆ",
                                                    "ß",
                                                    "x: y",
                                                    "# c",
                                                    "[1, 2]",
                                                    "{a: 1}",
                                                    "\"q\"",
                                                    "'",
                                                    "\\",
                                                    "$",
                                                    "${a}",
                                                    "a\xff"
                                                    "b",
                                                    "\xC3",
                                                    "0x1F"};

constexpr std::array<std::string_view, 38> k_pieces{
    "a", "b", "c", ".", "/", "\\", "\\/", "\\\\", "*",  "?", "[a-c]", "[^a]", "[",    "]", "-", "$",  "$$", "{", "}",
    ":", "=", "+", "#", "%", "^",  ",",   " ",    "\n", "é", "日",    "😀",   "\xff", "0", "1", "-1", "12", "x", "\""};

constexpr std::array<std::string_view, 24> k_operators{"",   "#",  "##", "%", "%%", "^",  "^^", ",",
                                                       ",,", ":",  ":=", "=", ":-", ":?", ":+", "/",
                                                       "//", "/#", "/%", "-", "+",  "^,", "@",  "###"};

std::string pieces(Dice& dice, std::size_t most) {
  std::string text;
  for (std::size_t i = dice.below(most + 1); i > 0; --i) text += dice.pick_of(k_pieces);
  return text;
}

std::string expression(Dice& dice, std::uint32_t depth);

/// What stands behind an operator.
std::string argument(Dice& dice, std::uint32_t depth) {
  std::string text;
  do {
    text += depth > 0 && dice.one_in(4) ? expression(dice, depth - 1) : pieces(dice, 3);
  } while (dice.one_in(5));
  return text;
}

std::string number(Dice& dice) {
  return (dice.one_in(4) ? (dice.one_in(2) ? " -" : "+") : "") + std::to_string(dice.below(dice.one_in(20) ? 100 : 6));
}

std::string expression(Dice& dice, std::uint32_t depth) {
  std::string text = "${";
  if (dice.one_in(12)) text += '#';
  text += dice.one_in(40) ? pieces(dice, 2) : dice.pick_of(k_names);
  const std::string_view operation = dice.pick_of(k_operators);
  text += operation;
  if (operation == ":") {
    text += dice.one_in(5) ? argument(dice, depth) : number(dice);
    if (dice.one_in(2))
      text.append(dice.one_in(20) ? "::" : ":").append(dice.one_in(6) ? argument(dice, depth) : number(dice));
  } else if (operation.starts_with('/')) {
    text += argument(dice, depth);
    if (!dice.one_in(12)) text += '/';
    if (!dice.one_in(6)) text += argument(dice, depth);
  } else if (!operation.empty() && !operation.starts_with('^') && !operation.starts_with(',')) {
    text += argument(dice, depth);
  }
  if (!dice.one_in(30)) text += '}';
  return text;
}

/// Scalars as objects have them, most of them texts.
GoValue scalar(Dice& dice, Arena& arena) {
  switch (dice.below(8)) {
    case 0: return make_value(dice, ValueTypes::json, 0, arena);
    case 1: return GoValue::string(arena.copy(make_text(dice)));
    case 2: return GoValue::string(arena.copy("${" + std::string(dice.pick_of(k_names)) + "}"));
    case 3:
    case 4:
    case 5: {
      const std::string name(dice.pick_of(k_names));
      return GoValue::string(
          arena.copy(pieces(dice, 1) + "${" + name + ":=" + make_text(dice) + "}" + make_text(dice)));
    }
    default: return GoValue::string(arena.copy(make_expressions(dice)));
  }
}

GoValue node(Dice& dice, std::uint32_t depth, Arena& arena) {
  if (depth == 0 || dice.one_in(3)) return scalar(dice, arena);
  const std::size_t count = dice.below(4);
  if (dice.one_in(3)) {
    GoValue* items = helm::make_items(arena, count);
    for (std::size_t i = 0; i < count; ++i) items[i] = node(dice, depth - 1, arena);
    return helm::make_list(arena, {items, count});
  }
  helm::GoMap* map = helm::make_map(arena);
  for (std::size_t i = 0; i < count; ++i)
    map->set(dice.one_in(8) ? make_expressions(dice) : make_key(dice), node(dice, depth - 1, arena));
  return GoValue::map(map);
}

}  // namespace

std::string make_expressions(Dice& dice) {
  std::string text;
  for (std::size_t i = dice.below(4) + 1; i > 0; --i) text += dice.one_in(3) ? pieces(dice, 4) : expression(dice, 3);
  if (dice.one_in(60)) text.insert(dice.below(text.size() + 1), 1, '\0');
  return dice.one_in(12) ? damage(dice, std::move(text)) : text;
}

GoValue make_variables(Dice& dice, Arena& arena) {
  helm::GoMap* map = helm::make_map(arena);
  for (const auto name : k_names) {
    if (name == "no" || dice.one_in(6)) continue;
    std::string value(name == "empty" ? "" : dice.pick_of(k_values));
    if (dice.one_in(8)) value += dice.pick_of(k_values);
    map->set(name, GoValue::string(arena.copy(value)));
  }
  return GoValue::map(map);
}

GoValue make_object(Dice& dice, Arena& arena) {
  helm::GoMap* map = helm::make_map(arena);
  map->set("kind", GoValue::string("Thing"));
  for (std::size_t i = dice.below(3) + 1; i > 0; --i) map->set(make_key(dice), node(dice, 3, arena));
  return GoValue::map(map);
}

}  // namespace reconciled::parity
