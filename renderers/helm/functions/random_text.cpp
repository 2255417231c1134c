// Functions whose result nobody can foretell.
#include "renderers/helm/functions/failure.h"
#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/runes.h"
#include "renderers/helm/functions/signature.h"

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace reconciled::helm {
namespace {

using enum GoParameter;

constexpr std::string_view k_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view k_digits = "0123456789";
constexpr std::string_view k_letters_and_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr char k_first_ascii = ' ';
constexpr std::uint64_t k_ascii_count = 127 - ' ';

/// Below `bound`, each number as likely as the others.
std::uint64_t draw(RenderWorld& world, std::uint64_t bound) {
  world.used_random = true;
  const std::uint64_t biased = (0 - bound) % bound;
  std::uint64_t number = world.random.next();
  while (number < biased) number = world.random.next();
  return number % bound;
}

template <class Character>
Result<GoValue> random_text(FunctionCall& call, std::string_view function, Character character) {
  const std::int64_t count = call.arguments[0].as_int();
  if (count <= 0) return GoValue::string({});
  TRY(reserve(call, static_cast<std::uint64_t>(count), function));
  std::string text(static_cast<std::size_t>(count), ' ');
  for (char& place : text) place = character();
  return text_result(call, text);
}

Result<GoValue> random_of(FunctionCall& call, std::string_view function, std::string_view characters) {
  return random_text(call, function, [&] { return characters[draw(call.world, characters.size())]; });
}

Result<GoValue> call_rand_alpha(FunctionCall& call) {
  return random_of(call, "randAlpha", k_letters);
}

Result<GoValue> call_rand_alpha_num(FunctionCall& call) {
  return random_of(call, "randAlphaNum", k_letters_and_digits);
}

Result<GoValue> call_rand_numeric(FunctionCall& call) {
  return random_of(call, "randNumeric", k_digits);
}

Result<GoValue> call_rand_ascii(FunctionCall& call) {
  return random_text(call, "randAscii", [&] {
    return static_cast<char>(k_first_ascii + static_cast<char>(draw(call.world, k_ascii_count)));
  });
}

Result<GoValue> call_rand_int(FunctionCall& call) {
  const std::int64_t low = call.arguments[0].as_int();
  const auto range = static_cast<std::uint64_t>(call.arguments[1].as_int()) - static_cast<std::uint64_t>(low);
  if (range == 0 || range > INT64_MAX) return panic("invalid argument to Intn");
  return GoValue::integer(static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + draw(call.world, range)));
}

Result<GoValue> call_shuffle(FunctionCall& call) {
  std::vector<std::uint32_t> runes;
  for (std::string_view text = call.arguments[0].as_text(); !text.empty();) {
    const Rune rune = first_rune(text);
    runes.push_back(rune.value);
    text.remove_prefix(rune.length);
  }
  for (std::size_t i = runes.size(); i > 1; --i) std::swap(runes[i - 1], runes[draw(call.world, i)]);
  std::string result;
  for (const std::uint32_t rune : runes) append_rune(result, rune);
  return text_result(call, result);
}

constexpr auto& k_count = k_takes<int_>;
constexpr std::array k_functions{
    GoFunction{"randAlpha", k_count, k_fixed, &call_rand_alpha},
    GoFunction{"randAlphaNum", k_count, k_fixed, &call_rand_alpha_num},
    GoFunction{"randAscii", k_count, k_fixed, &call_rand_ascii},
    GoFunction{"randInt", k_takes<int_, int_>, k_fixed, &call_rand_int},
    GoFunction{"randNumeric", k_count, k_fixed, &call_rand_numeric},
    GoFunction{"shuffle", k_takes<string>, k_fixed, &call_shuffle},
};

}  // namespace

std::span<const GoFunction> random_functions() {
  return k_functions;
}

}  // namespace reconciled::helm
