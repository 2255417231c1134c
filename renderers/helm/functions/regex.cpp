// regexMatch and its relatives. Those that begin with must fail with the error, the others panic with it.
#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/go_regex.h"
#include "renderers/helm/functions/methods.h"
#include "renderers/helm/functions/signature.h"
#include "renderers/helm/values/quote.h"

#include <array>
#include <vector>

namespace reconciled::helm {
namespace {

enum class Failure : std::uint8_t { error, panic };
using Regex = std::shared_ptr<const GoRegex>;

template <Failure failure>
Result<Regex> compile(const FunctionCall& call) {
  const std::string_view pattern = call.arguments[0].as_text();
  auto regex = GoRegex::compile(pattern);
  if (regex || failure == Failure::error) return regex;
  const std::string shown = can_backquote(pattern) ? '`' + std::string(pattern) + '`' : quoted(pattern);
  return fail(regex.error().kind, "regexp: Compile(" + shown + "): " + regex.error().message);
}

Result<GoValue> call_match(FunctionCall& call) {
  const auto regex = GoRegex::compile(call.arguments[0].as_text());
  return GoValue::boolean(regex && (*regex)->is_in(RegexText(call.arguments[1].as_text())));
}

Result<GoValue> call_must_match(FunctionCall& call) {
  TRY_ASSIGN(const Regex regex, compile<Failure::error>(call));
  return GoValue::boolean(regex->is_in(RegexText(call.arguments[1].as_text())));
}

template <Failure failure>
Result<GoValue> call_find(FunctionCall& call) {
  TRY_ASSIGN(const Regex regex, compile<failure>(call));
  const RegexText text(call.arguments[1].as_text());
  RegexGroup match;
  if (!regex->find(text, 0, {&match, 1})) return GoValue::string("");
  return GoValue::string(text.part(match.begin, match.end));
}

/// A []string, nil when it is empty.
GoValue make_strings(Arena& arena, std::span<const GoValue> items) {
  return items.empty() ? GoValue::list(nullptr, GoType::list_string) : make_list(arena, items, GoType::list_string);
}

template <Failure failure>
Result<GoValue> call_find_all(FunctionCall& call) {
  TRY_ASSIGN(const Regex regex, compile<failure>(call));
  const RegexText text(call.arguments[1].as_text());
  TRY_ASSIGN(const auto matches, regex->find_all(text, call.arguments[2].as_int(), call.arena().budget()));
  std::vector<GoValue> parts;
  parts.reserve(matches.size());
  for (const RegexGroup& match : matches) parts.push_back(GoValue::string(text.part(match.begin, match.end)));
  return make_strings(call.arena(), parts);
}

template <Failure failure, GoRegex::Replacement kind>
Result<GoValue> call_replace(FunctionCall& call) {
  TRY_ASSIGN(const Regex regex, compile<failure>(call));
  const RegexText text(call.arguments[1].as_text());
  TRY_ASSIGN(const std::string replaced,
             regex->replace_all(text, call.arguments[2].as_text(), kind, call.arena().budget()));
  return make_string(call.arena(), replaced);
}

template <Failure failure>
Result<GoValue> call_split(FunctionCall& call) {
  TRY_ASSIGN(const Regex regex, compile<failure>(call));
  const RegexText text(call.arguments[1].as_text());
  const std::int64_t limit = call.arguments[2].as_int();
  if (limit == 0) return make_strings(call.arena(), {});
  std::vector<GoValue> parts;
  const std::size_t size = text.text().size();
  if (size == 0 && !call.arguments[0].as_text().empty()) {
    parts.push_back(GoValue::string(""));
    return make_strings(call.arena(), parts);
  }
  TRY_ASSIGN(const auto matches, regex->find_all(text, limit, call.arena().budget()));
  std::size_t begin = 0;
  std::size_t end = 0;
  for (const RegexGroup& match : matches) {
    if (limit > 0 && static_cast<std::int64_t>(parts.size()) == limit - 1) break;
    end = match.begin;
    if (match.end != 0) parts.push_back(GoValue::string(text.part(begin, end)));
    begin = match.end;
  }
  if (end != size) parts.push_back(GoValue::string(text.part(begin, size)));
  return make_list(call.arena(), parts, GoType::list_string);
}

Result<GoValue> call_quote_meta(FunctionCall& call) {
  return make_string(call.arena(), quote_regex(call.arguments[0].as_text()));
}

using enum GoParameter;
using enum Failure;
using enum GoRegex::Replacement;
constexpr auto& k_find = k_takes<string, string>;
constexpr auto& k_find_all = k_takes<string, string, int_>;
constexpr auto& k_replace = k_takes<string, string, string>;

constexpr std::array k_functions{
    GoFunction{"regexMatch", k_find, k_fixed, &call_match},
    GoFunction{"mustRegexMatch", k_find, k_fixed, &call_must_match},
    GoFunction{"regexFind", k_find, k_fixed, &call_find<panic>},
    GoFunction{"mustRegexFind", k_find, k_fixed, &call_find<error>},
    GoFunction{"regexFindAll", k_find_all, k_fixed, &call_find_all<panic>},
    GoFunction{"mustRegexFindAll", k_find_all, k_fixed, &call_find_all<error>},
    GoFunction{"regexReplaceAll", k_replace, k_fixed, &call_replace<panic, with_groups>},
    GoFunction{"mustRegexReplaceAll", k_replace, k_fixed, &call_replace<error, with_groups>},
    GoFunction{"regexReplaceAllLiteral", k_replace, k_fixed, &call_replace<panic, literal>},
    GoFunction{"mustRegexReplaceAllLiteral", k_replace, k_fixed, &call_replace<error, literal>},
    GoFunction{"regexSplit", k_find_all, k_fixed, &call_split<panic>},
    GoFunction{"mustRegexSplit", k_find_all, k_fixed, &call_split<error>},
    GoFunction{"regexQuoteMeta", k_takes<string>, k_fixed, &call_quote_meta},
};

}  // namespace

std::span<const GoFunction> regex_functions() {
  return k_functions;
}

}  // namespace reconciled::helm
