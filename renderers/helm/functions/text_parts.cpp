// Functions that look at texts or give back parts of them. They count bytes, not runes.
#include "base/unicode.h"
#include "renderers/helm/functions/failure.h"
#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/runes.h"
#include "renderers/helm/functions/signature.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace reconciled::helm {
namespace {

using enum GoParameter;

Result<GoValue> call_contains(FunctionCall& call) {
  return GoValue::boolean(call.arguments[1].as_text().find(call.arguments[0].as_text()) != std::string_view::npos);
}

Result<GoValue> call_has_prefix(FunctionCall& call) {
  return GoValue::boolean(call.arguments[1].as_text().starts_with(call.arguments[0].as_text()));
}

Result<GoValue> call_has_suffix(FunctionCall& call) {
  return GoValue::boolean(call.arguments[1].as_text().ends_with(call.arguments[0].as_text()));
}

/// Without what `is_unwanted(rune)` holds for, at both ends.
template <class Predicate>
std::string_view trim(std::string_view text, Predicate is_unwanted) {
  while (!text.empty()) {
    const Rune rune = first_rune(text);
    if (!is_unwanted(rune.value)) break;
    text.remove_prefix(rune.length);
  }
  while (!text.empty()) {
    const Rune rune = last_rune(text);
    if (!is_unwanted(rune.value)) break;
    text.remove_suffix(rune.length);
  }
  return text;
}

bool has_rune(std::string_view set, std::uint32_t wanted) {
  while (!set.empty()) {
    const Rune rune = first_rune(set);
    if (rune.value == wanted) return true;
    set.remove_prefix(rune.length);
  }
  return false;
}

Result<GoValue> call_trim(FunctionCall& call) {
  return GoValue::string(trim(call.arguments[0].as_text(), &is_space));
}

Result<GoValue> call_trim_all(FunctionCall& call) {
  const std::string_view set = call.arguments[0].as_text();
  return GoValue::string(trim(call.arguments[1].as_text(), [set](std::uint32_t rune) { return has_rune(set, rune); }));
}

Result<GoValue> call_trim_prefix(FunctionCall& call) {
  std::string_view text = call.arguments[1].as_text();
  if (text.starts_with(call.arguments[0].as_text())) text.remove_prefix(call.arguments[0].as_text().size());
  return GoValue::string(text);
}

Result<GoValue> call_trim_suffix(FunctionCall& call) {
  std::string_view text = call.arguments[1].as_text();
  if (text.ends_with(call.arguments[0].as_text())) text.remove_suffix(call.arguments[0].as_text().size());
  return GoValue::string(text);
}

/// A negative count keeps the end of the text.
Result<GoValue> call_trunc(FunctionCall& call) {
  const std::int64_t count = call.arguments[0].as_int();
  const std::string_view text = call.arguments[1].as_text();
  const auto size = static_cast<std::int64_t>(text.size());
  if (count < 0 && size + count > 0) return GoValue::string(text.substr(static_cast<std::size_t>(size + count)));
  if (count >= 0 && size > count) return GoValue::string(text.substr(0, static_cast<std::size_t>(count)));
  return GoValue::string(text);
}

/// text[from:to], with the panic of a Go slice that is out of bounds.
Result<GoValue> slice_text(std::string_view text, std::int64_t from, std::int64_t to) {
  const auto size = static_cast<std::int64_t>(text.size());
  if (to < 0) return panic("runtime error: slice bounds out of range [:" + std::to_string(to) + "]");
  if (to > size) {
    return panic("runtime error: slice bounds out of range [:" + std::to_string(to) + "] with length " +
                 std::to_string(size));
  }
  if (from > to)
    return panic("runtime error: slice bounds out of range [" + std::to_string(from) + ":" + std::to_string(to) + "]");
  return GoValue::string(text.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from)));
}

Result<GoValue> call_substr(FunctionCall& call) {
  const std::int64_t from = call.arguments[0].as_int();
  const std::int64_t to = call.arguments[1].as_int();
  const std::string_view text = call.arguments[2].as_text();
  const auto size = static_cast<std::int64_t>(text.size());
  if (from < 0) return slice_text(text, 0, to);
  return slice_text(text, from, to < 0 || to > size ? size : to);
}

/// The beginning of the text and an ellipsis; `width` is at least 4.
std::string abbreviate(std::string_view text, std::size_t width) {
  if (text.size() <= width) return std::string(text);
  return std::string(text.substr(0, width - 3)) + "...";
}

/// `width` bytes at most of the text that begin near `offset`, with an ellipsis on each side where something is left
/// out.
std::string abbreviate_both(std::string_view text, std::int64_t offset, std::size_t width) {
  if (text.size() <= width) return std::string(text);
  const auto size = static_cast<std::int64_t>(text.size());
  const auto kept = static_cast<std::int64_t>(width - 3);
  offset = std::min(offset, size);
  if (offset > size - kept) offset = size - kept;
  if (offset <= 4) return abbreviate(text, width);
  if (offset < size - kept)
    return "..." + abbreviate(text.substr(static_cast<std::size_t>(offset)), static_cast<std::size_t>(kept));
  return "..." + std::string(text.substr(static_cast<std::size_t>(size - kept)));
}

Result<GoValue> call_abbrev(FunctionCall& call) {
  const std::int64_t width = call.arguments[0].as_int();
  if (width < 4) return call.arguments[1];
  return text_result(call, abbreviate(call.arguments[1].as_text(), static_cast<std::size_t>(width)));
}

Result<GoValue> call_abbrev_both(FunctionCall& call) {
  const std::int64_t offset = call.arguments[0].as_int();
  const std::int64_t width = call.arguments[1].as_int();
  if (width < 4 || (offset > 0 && width < 7)) return call.arguments[2];
  return text_result(call, abbreviate_both(call.arguments[2].as_text(), offset, static_cast<std::size_t>(width)));
}

/// The first letters of words. Bytes are taken for runes, so what is not ASCII comes out as Latin-1 read it.
Result<GoValue> call_initials(FunctionCall& call) {
  std::string result;
  bool after_gap = true;
  for (const char byte : call.arguments[0].as_text()) {
    const auto rune = static_cast<unsigned char>(byte);
    const bool gap = is_space(rune);
    if (!gap && after_gap) append_rune(result, rune);
    after_gap = gap;
  }
  return text_result(call, result);
}

/// Bytes are taken for runes here, too, unless there is nothing to leave out.
Result<GoValue> call_nospace(FunctionCall& call) {
  const std::string_view text = call.arguments[0].as_text();
  const auto is_gap = [](char byte) { return is_space(static_cast<unsigned char>(byte)); };
  if (std::none_of(text.begin(), text.end(), is_gap)) return call.arguments[0];
  std::string result;
  for (const char byte : text) {
    if (!is_gap(byte)) append_rune(result, static_cast<unsigned char>(byte));
  }
  return text_result(call, result);
}

constexpr auto& k_text = k_takes<string>;
constexpr auto& k_two_texts = k_takes<string, string>;
constexpr std::array k_functions{
    GoFunction{"abbrev", k_takes<int_, string>, k_fixed, &call_abbrev},
    GoFunction{"abbrevboth", k_takes<int_, int_, string>, k_fixed, &call_abbrev_both},
    GoFunction{"contains", k_two_texts, k_fixed, &call_contains},
    GoFunction{"hasPrefix", k_two_texts, k_fixed, &call_has_prefix},
    GoFunction{"hasSuffix", k_two_texts, k_fixed, &call_has_suffix},
    GoFunction{"initials", k_text, k_fixed, &call_initials},
    GoFunction{"nospace", k_text, k_fixed, &call_nospace},
    GoFunction{"substr", k_takes<int_, int_, string>, k_fixed, &call_substr},
    GoFunction{"trim", k_text, k_fixed, &call_trim},
    GoFunction{"trimAll", k_two_texts, k_fixed, &call_trim_all},
    GoFunction{"trimPrefix", k_two_texts, k_fixed, &call_trim_prefix},
    GoFunction{"trimSuffix", k_two_texts, k_fixed, &call_trim_suffix},
    GoFunction{"trimall", k_two_texts, k_fixed, &call_trim_all},
    GoFunction{"trunc", k_takes<int_, string>, k_fixed, &call_trunc},
};

}  // namespace

std::span<const GoFunction> text_part_functions() {
  return k_functions;
}

}  // namespace reconciled::helm
