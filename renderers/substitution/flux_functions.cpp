#include "renderers/substitution/flux_functions.h"

#include "base/go_pattern.h"
#include "base/go_text.h"
#include "base/unicode.h"
#include "renderers/helm/values/quote.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace reconciled::substitution {
namespace {

using Arguments = std::span<const std::string>;
using Text = Result<std::string>;

tl::unexpected<Error> overspent(const Budget& budget) {
  return fail(budget.error("filling in variables"));
}

// ---- case

using RuneChange = std::uint32_t (*)(std::uint32_t);
std::string change_runes(std::string_view text, std::size_t most, RuneChange change) {
  std::string out;
  for (std::size_t i = 0; i < most && !text.empty(); ++i) {
    const helm::Rune rune = helm::first_rune(text);
    helm::append_rune(out, change(rune.value));
    text.remove_prefix(rune.length);
  }
  return out.append(text);
}
constexpr std::size_t k_all = std::string_view::npos;

Text upper_first(std::string_view value, Arguments, Budget&) {
  return change_runes(value, 1, &to_upper);
}
Text upper_all(std::string_view value, Arguments, Budget&) {
  return change_runes(value, k_all, &to_upper);
}
Text lower_first(std::string_view value, Arguments, Budget&) {
  return change_runes(value, 1, &to_lower);
}
Text lower_all(std::string_view value, Arguments, Budget&) {
  return change_runes(value, k_all, &to_lower);
}

// ---- defaults and parts

Text default_of(std::string_view value, Arguments arguments, Budget& budget) {
  std::string out(value);
  if (!out.empty()) return out;
  for (const auto& argument : arguments) {
    if (!budget.take(argument.size())) return overspent(budget);
    out += argument;
  }
  return out;
}

/// What is no number leaves the value as it is; an offset behind the end gives nothing.
Text substring(std::string_view value, Arguments arguments, Budget&) {
  const auto size = static_cast<std::int64_t>(value.size());
  const auto offset = arguments.empty() ? std::nullopt : parse_integer(arguments[0]);
  if (!offset) return std::string(value);
  const std::int64_t begin = *offset < 0 ? std::max<std::int64_t>(size + *offset, 0) : *offset;
  std::string rest(begin < size ? value.substr(static_cast<std::size_t>(begin)) : std::string_view());
  if (arguments.size() == 1) return rest;
  const auto length = parse_integer(arguments[1]);
  if (!length) return std::string(value);
  // Go's integers wrap around.
  const auto end = static_cast<std::int64_t>(static_cast<std::uint64_t>(begin) + static_cast<std::uint64_t>(*length));
  if (end >= size) return rest;
  if (end < begin) return fail(ErrorKind::render, std::string(k_negative_length));
  return rest.substr(0, static_cast<std::size_t>(end - begin));
}

// ---- replacements of texts

Text replace_all(std::string_view value, Arguments arguments, Budget& budget) {
  const std::string_view wanted = arguments[0];
  const std::string_view made = arguments.size() > 1 ? std::string_view(arguments[1]) : std::string_view();
  std::string out;
  const auto put = [&](std::string_view text) {
    if (!budget.step() || !budget.take(text.size())) return false;
    out += text;
    return true;
  };
  while (!wanted.empty()) {
    const auto at = value.find(wanted);
    if (!put(value.substr(0, at))) return overspent(budget);
    if (at == std::string_view::npos) return out;
    if (!put(made)) return overspent(budget);
    value.remove_prefix(at + wanted.size());
  }
  // Nothing is found before each character and at the end.
  while (put(made)) {
    if (value.empty()) return out;
    const std::size_t length = helm::first_rune(value).length;
    if (!put(value.substr(0, length))) break;
    value.remove_prefix(length);
  }
  return overspent(budget);
}

Text replace_at(std::string_view value, std::size_t at, Arguments arguments) {
  std::string out(value);
  if (at == std::string_view::npos) return out;
  const std::string_view made = arguments.size() > 1 ? std::string_view(arguments[1]) : std::string_view();
  return out.replace(at, arguments[0].size(), made);
}
Text replace_first(std::string_view value, Arguments arguments, Budget&) {
  return replace_at(value, value.find(arguments[0]), arguments);
}
Text replace_prefix(std::string_view value, Arguments arguments, Budget&) {
  const bool fits = arguments.size() == 2 && value.starts_with(arguments[0]);
  return replace_at(value, fits ? 0 : std::string_view::npos, arguments);
}
Text replace_suffix(std::string_view value, Arguments arguments, Budget&) {
  const bool fits = arguments.size() == 2 && value.ends_with(arguments[0]);
  return replace_at(value, fits ? value.size() - arguments[0].size() : std::string_view::npos, arguments);
}

// ---- what a pattern cuts off

enum class Cut : bool { shortest, longest };

/// Without the beginning that the pattern matches. Only beginnings of at least a byte are tried, the longest first.
Text cut_prefix(std::string_view value, std::string_view pattern, Cut cut, Budget& budget) {
  std::size_t found = 0;
  for (std::size_t size = value.size(); size > 0; --size) {
    const auto fit = match_text(pattern, value.substr(0, size), budget);
    if (fit == PatternFit::too_costly) return overspent(budget);
    if (fit == PatternFit::bad_pattern) return std::string(value);
    if (fit != PatternFit::yes) continue;
    found = size;
    if (cut == Cut::longest) break;
  }
  return std::string(value.substr(found));
}

std::string reverse(std::string_view text) {
  std::vector<std::uint32_t> runes;
  while (!text.empty()) {
    const helm::Rune rune = helm::first_rune(text);
    runes.push_back(rune.value);
    text.remove_prefix(rune.length);
  }
  std::string out;
  for (auto rune = runes.rbegin(); rune != runes.rend(); ++rune) helm::append_rune(out, *rune);
  return out;
}

/// The same from the other end: pattern and value are turned round, classes and escapes and all.
Text cut_suffix(std::string_view value, std::string_view pattern, Cut cut, Budget& budget) {
  TRY_ASSIGN(const std::string left, cut_prefix(reverse(value), reverse(pattern), cut, budget));
  return reverse(left);
}

Text hash(std::string_view value, Arguments arguments, Budget& budget) {
  if (arguments.empty()) return std::to_string(value.size());
  return cut_prefix(value, arguments[0], Cut::shortest, budget);
}
Text hash_hash(std::string_view value, Arguments arguments, Budget& budget) {
  return cut_prefix(value, arguments[0], Cut::longest, budget);
}
Text percent(std::string_view value, Arguments arguments, Budget& budget) {
  return cut_suffix(value, arguments[0], Cut::shortest, budget);
}
Text percent_percent(std::string_view value, Arguments arguments, Budget& budget) {
  return cut_suffix(value, arguments[0], Cut::longest, budget);
}

struct FunctionRow {
  std::string_view name;
  Text (*apply)(std::string_view value, Arguments arguments, Budget& budget);
};
constexpr std::array k_functions{
    FunctionRow{"^", &upper_first},      FunctionRow{"^^", &upper_all},
    FunctionRow{",", &lower_first},      FunctionRow{",,", &lower_all},
    FunctionRow{":", &substring},        FunctionRow{"/", &replace_first},
    FunctionRow{"//", &replace_all},     FunctionRow{"/#", &replace_prefix},
    FunctionRow{"/%", &replace_suffix},  FunctionRow{"#", &hash},
    FunctionRow{"##", &hash_hash},       FunctionRow{"%", &percent},
    FunctionRow{"%%", &percent_percent},
};

}  // namespace

Result<std::string> apply_flux_function(std::string_view function, std::string_view value,
                                        std::span<const std::string> arguments, Budget& budget) {
  if (!budget.step() || !budget.take(value.size())) return overspent(budget);
  const auto row = std::ranges::find(k_functions, function, &FunctionRow::name);
  return row == k_functions.end() ? default_of(value, arguments, budget) : row->apply(value, arguments, budget);
}

}  // namespace reconciled::substitution
