// Texts to lists of texts and back.
#include "renderers/helm/functions/failure.h"
#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/plain_text.h"
#include "renderers/helm/functions/runes.h"
#include "renderers/helm/functions/sequence.h"
#include "renderers/helm/functions/signature.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace reconciled::helm {
namespace {

using enum GoParameter;

/// At most `limit` parts, the last of which is the rest; a negative limit is none. An empty separator splits after each
/// rune.
std::vector<std::string_view> split(std::string_view text, std::string_view separator, std::int64_t limit) {
  std::vector<std::string_view> parts;
  if (limit == 0 || (separator.empty() && text.empty())) return parts;
  const auto is_last = [&] { return limit > 0 && parts.size() + 1 == static_cast<std::uint64_t>(limit); };
  while (!is_last()) {
    const std::size_t at = separator.empty() ? first_rune(text).length : text.find(separator);
    if (at == std::string_view::npos || (separator.empty() && at == text.size())) break;
    parts.push_back(text.substr(0, at));
    text.remove_prefix(at + separator.size());
  }
  parts.push_back(text);
  return parts;
}

GoValue as_numbered_map(FunctionCall& call, std::span<const std::string_view> parts) {
  GoMap* map = make_map(call.arena());
  for (std::size_t i = 0; i < parts.size(); ++i) map->set("_" + std::to_string(i), GoValue::string(parts[i]));
  return GoValue::map(map, GoType::map_string);
}

Result<GoValue> call_split(FunctionCall& call) {
  return as_numbered_map(call, split(call.arguments[1].as_text(), call.arguments[0].as_text(), -1));
}

Result<GoValue> call_splitn(FunctionCall& call) {
  return as_numbered_map(call,
                         split(call.arguments[2].as_text(), call.arguments[0].as_text(), call.arguments[1].as_int()));
}

Result<GoValue> call_split_list(FunctionCall& call) {
  const auto parts = split(call.arguments[1].as_text(), call.arguments[0].as_text(), -1);
  GoValue* items = make_items(call.arena(), parts.size());
  std::transform(parts.begin(), parts.end(), items, [](std::string_view part) { return GoValue::string(part); });
  return GoValue::list(call.arena().make<GoList>(GoList{items, static_cast<std::uint32_t>(parts.size())}),
                       GoType::list_string);
}

Result<GoValue> call_join(FunctionCall& call) {
  const std::string_view separator = call.arguments[0].as_text();
  TRY_ASSIGN(const GoValue texts, plain_texts(call.arguments[1], call.arena()));
  std::string result;
  for (std::size_t i = 0; i < texts.items().size(); ++i) {
    if (i > 0) result += separator;
    result += texts.items()[i].as_text();
    TRY(reserve(call, result.size(), "join"));
  }
  return text_result(call, result);
}

Result<GoValue> call_to_strings(FunctionCall& call) {
  return plain_texts(call.arguments[0], call.arena());
}

/// A []string is sorted where it lies, and everybody who holds it sees that; other lists are not touched.
Result<GoValue> call_sort_alpha(FunctionCall& call) {
  const GoValue list = call.arguments[0];
  if (!list.is_list() && list.type() != GoType::bytes) {
    TRY_ASSIGN(const std::string_view text, plain_text(list, call.arena()));
    const GoValue alone = GoValue::string(text);
    return make_list(call.arena(), {&alone, 1}, GoType::list_string);
  }
  TRY_ASSIGN(const GoValue texts, plain_texts(list, call.arena()));
  const auto items = texts.items();
  auto* first = const_cast<GoValue*>(items.data());
  std::sort(first, first + items.size(), [](GoValue left, GoValue right) { return left.as_text() < right.as_text(); });
  return texts;
}

constexpr std::array k_functions{
    GoFunction{"join", k_takes<string, any>, k_fixed, &call_join},
    GoFunction{"sortAlpha", k_takes<any>, k_fixed, &call_sort_alpha},
    GoFunction{"split", k_takes<string, string>, k_fixed, &call_split},
    GoFunction{"splitList", k_takes<string, string>, k_fixed, &call_split_list},
    GoFunction{"splitn", k_takes<string, int_, string>, k_fixed, &call_splitn},
    GoFunction{"toStrings", k_takes<any>, k_fixed, &call_to_strings},
};

}  // namespace

std::span<const GoFunction> splitting_functions() {
  return k_functions;
}

}  // namespace reconciled::helm
