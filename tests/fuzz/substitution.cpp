// Any text, filled in by both grammars, with variables that look like expressions themselves; then a text as an object.
#include "renderers/substitution/substitution.h"

#include "base/yaml.h"
#include "renderers/substitution/flux_object.h"
#include "renderers/substitution/flux_text.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace reconciled {
namespace {

constexpr Limits k_limits{.steps = 300'000, .bytes = 16U << 20, .depth = 64, .time = std::chrono::seconds(5)};

/// The first line of the input is the value of a variable, the rest the text.
struct Input {
  std::string_view value;
  std::string_view text;
};
Input split(std::string_view data) {
  const auto end = data.find('\n');
  if (end == std::string_view::npos) return {"a/b.c", data};
  return {data.substr(0, end), data.substr(end + 1)};
}

std::string fill_text(const Input& input, UndefinedVariable undefined) {
  Budget budget(k_limits);
  const substitution::TextVariables variables{{"a", std::string(input.value)}, {"b", "x${a}y"}, {"e", ""}};
  const auto filled = substitution::fill_flux_text(input.text, variables, undefined, budget);
  return filled ? *filled : format_error(filled.error());
}

/// Reads the text as manifests and fills them in as a stack's.
void fill_objects(const Input& input, SubstitutionMode mode) {
  Budget budget(k_limits);
  Stack stack;
  stack.substitution.mode = mode;
  stack.substitution.variables = Value::map({{"a", input.value}, {"b", "${a}-${c}"}, {"c", 3}, {"e", ""}});
  if (mode == SubstitutionMode::native) stack.substitution.variables.set("l", Value::list({"${b}", true}));
  const auto substitution = Substitution::make(stack, budget);
  const auto documents = read_yaml(input.text, "", budget);
  if (!substitution || !documents) return;
  for (const auto& document : *documents) {
    (void)substitution->fill_object(document.value, {}, budget);
    (void)substitution->fill_values(document.value, budget);
  }
}

}  // namespace
}  // namespace reconciled

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reconciled;
  if (size > 16 << 10) return 0;
  const Input input = split({reinterpret_cast<const char*>(data), size});
  // A text without a dollar sign is left as it is.
  const std::string filled = fill_text(input, UndefinedVariable::error);
  if (input.text.find_first_of(std::string_view("$\0", 2)) == std::string_view::npos && filled != input.text)
    std::abort();
  (void)fill_text(input, UndefinedVariable::empty);
  fill_objects(input, SubstitutionMode::native);
  fill_objects(input, SubstitutionMode::flux);
  return 0;
}
