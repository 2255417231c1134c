#include "stacks/conventions/variables.h"

#include "base/kind_name.h"
#include "base/suggest.h"
#include "stacks/conventions/names.h"

#include <algorithm>
#include <array>
#include <span>

namespace reconciled {
namespace {

constexpr std::array<std::string_view, 3> k_keys{"mode", "undefined", "always"};
constexpr std::array<std::string_view, 3> k_modes{"native", "flux", "none"};  // in the order of SubstitutionMode
constexpr std::array<std::string_view, 2> k_undefined{"error", "empty"};      // in the order of UndefinedVariable
constexpr std::size_t k_max_variables = 10'000;
constexpr std::size_t k_max_name = 253;

Status check_word(const Node& node, std::span<const std::string_view> known) {
  TRY_ASSIGN(const std::string text, node.text());
  if (std::ranges::find(known, text) != known.end()) return {};
  std::string list;
  for (const auto word : known) list.append(list.empty() ? "" : ", ").append(word);
  const std::vector<std::string> words(known.begin(), known.end());
  return fail(node.error("unknown word \"" + text + '"' + did_you_mean(text, words), "known are " + list));
}

template <class Enum, std::size_t Size>
Enum read_word(const Value& map, std::string_view key, const std::array<std::string_view, Size>& words) {
  const auto at = std::ranges::find(words, map[key].as_string(words[0]));
  return static_cast<Enum>(at - words.begin());
}

}  // namespace

Status check_variables(const Node& node) {
  if (!node.value().is_map()) {
    return fail(node.error("this is " + std::string(kind_name(node.value())) + ", not a map of variables",
                           "write {name: value} or leave the key out"));
  }
  TRY_ASSIGN(const auto all, node.entries());
  if (all.size() > k_max_variables) return fail(node.error("there are more than 10000 variables"));
  for (const auto& [name, value] : all) {
    if (!is_variable_name(name) || name.size() > k_max_name) {
      return fail(value.error("this is no name of a variable",
                              "a name has letters, digits and \"_\", at most 253, and begins with no digit"));
    }
    const auto text = value.value().as_string();
    if (text.find("://") == std::string_view::npos) continue;
    if (const auto fault = fault_of_url(text); fault.credentials)
      return fail(value.error(std::string(fault.why), std::string(fault.hint), ErrorKind::policy));
  }
  return {};
}

Status check_substitution(const Node& node) {
  if (!node.value().is_map()) {
    return fail(node.error("this is " + std::string(kind_name(node.value())) + ", not a map",
                           "write {mode: native}, {mode: flux} or {mode: none}"));
  }
  TRY(node.check_keys(k_keys));
  if (const auto mode = node.find("mode")) TRY(check_word(*mode, k_modes));
  if (const auto undefined = node.find("undefined")) TRY(check_word(*undefined, k_undefined));
  if (const auto always = node.find("always")) TRY(always->flag());
  return {};
}

Value merge_variables(const Value& base, const Value& over) {
  Value merged = base;
  for (const auto& [name, value] : over.entries()) merged.set(name.as_string(), value);
  return merged;
}

Result<SubstitutionOptions> read_substitution(const Value& shared, const Where& where) {
  const Value& block = shared["substitution"];
  SubstitutionOptions options;
  options.mode = read_word<SubstitutionMode>(block, "mode", k_modes);
  options.undefined = read_word<UndefinedVariable>(block, "undefined", k_undefined);
  options.always = block["always"].as_bool() ? Enabled::yes : Enabled::no;
  for (const auto& [name, value] : shared["variables"].entries()) {
    if (value.is_null()) continue;
    if (options.mode == SubstitutionMode::flux && (value.is_list() || value.is_map())) {
      Where at = where;
      at.key_path = "variables." + std::string(name.as_string());
      return fail(ErrorKind::render,
                  "the variable is " + std::string(kind_name(value)) + ", and Flux's variables are texts", at,
                  "write it as a text, or set substitution.mode to native");
    }
    options.variables.set(name.as_string(), value);
  }
  if (options.mode == SubstitutionMode::native && options.undefined == UndefinedVariable::empty) {
    Where at = where;
    at.key_path = "substitution.undefined";
    return fail(ErrorKind::render, "in native mode a variable that is not defined is an error", at,
                "write ${name:-} where it may be empty, or set substitution.mode to flux");
  }
  return options;
}

}  // namespace reconciled
