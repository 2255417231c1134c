#include "renderers/substitution/substitution.h"

#include "base/json.h"
#include "renderers/substitution/flux_object.h"

#include <algorithm>

namespace reconciled {
namespace {

using substitution::FillWhat;
using substitution::NativeVariables;
using substitution::TextVariables;

constexpr std::string_view k_mark = "kustomize.toolkit.fluxcd.io/substitute";

bool is_left_out(const Value& object) {
  return object.at({"metadata", "labels", k_mark}).as_string() == "disabled" ||
         object.at({"metadata", "annotations", k_mark}).as_string() == "disabled";
}

/// As Flux's settings would have them: texts of one line.
TextVariables make_text_variables(const Value& variables) {
  TextVariables texts;
  for (const auto& [name, value] : variables.entries()) {
    std::string text = value.is_string() ? std::string(value.as_string()) : format_json(value);
    std::erase(text, '\n');
    texts.emplace(name.as_string(), std::move(text));
  }
  return texts;
}

bool is_secret(const Value& object) {
  return object["kind"] == Value("Secret");
}

/// "Deployment shop: ..."
std::string name_of(const Value& object) {
  std::string name(object["kind"].as_string("object"));
  if (const auto own = object.at({"metadata", "name"}).as_string(); !own.empty()) name.append(1, ' ').append(own);
  return name;
}

constexpr std::string_view k_ways_out =
    "define the variable or give it a default, ${name:=default}; write $${ for a text that is no expression; or leave "
    "the "
    "object out with the annotation kustomize.toolkit.fluxcd.io/substitute: disabled";

/// The first text of an object that cannot be filled in by itself: where a fault of the whole probably lies.
class FaultFinder {
 public:
  FaultFinder(const TextVariables& variables, UndefinedVariable undefined, Budget& budget)
      : m_variables(variables), m_undefined(undefined), m_budget(budget) {}

  /// Empty: each is fine.
  // NOLINTNEXTLINE(misc-no-recursion): the object was written before, which bounds its depth
  std::string find(const Value& value, const std::string& path) {
    if (value.is_string() && is_faulty(value.as_string())) return path;
    for (std::size_t i = 0; i < value.items().size(); ++i) {
      const auto found = find(value.items()[i], path + '[' + std::to_string(i) + ']');
      if (!found.empty()) return found;
    }
    for (const auto& [key, item] : value.entries()) {
      std::string inner = path + (path.empty() ? "" : ".") + std::string(key.as_string());
      if (is_faulty(key.as_string())) return inner;
      const auto found = find(item, inner);
      if (!found.empty()) return found;
    }
    return {};
  }

 private:
  bool is_faulty(std::string_view text) {
    return text.find('$') != std::string_view::npos &&
           !substitution::fill_flux_text(text, m_variables, m_undefined, m_budget);
  }

  const TextVariables& m_variables;
  UndefinedVariable m_undefined;
  Budget& m_budget;
};

}  // namespace

Result<Substitution> Substitution::make(const Stack& stack, Budget& budget) {
  Substitution made;
  const SubstitutionOptions& options = stack.substitution;
  if (options.mode == SubstitutionMode::none) return made;
  if (options.variables.size() == 0 && options.always == Enabled::no) return made;
  if (options.mode == SubstitutionMode::flux) {
    made.m_variables = make_text_variables(options.variables);
    made.m_undefined = options.undefined;
    return made;
  }
  auto variables = NativeVariables::make(options.variables, budget);
  if (!variables) {
    Error error = std::move(variables).error();
    error.where.file = stack.origin.file;
    return fail(std::move(error));
  }
  made.m_variables = std::move(*variables);
  return made;
}

Result<Value> Substitution::fill(const Value& value, FillWhat what, Budget& budget) const {
  if (const auto* native = std::get_if<NativeVariables>(&m_variables)) return native->fill(value, what, budget);
  const auto& texts = std::get<TextVariables>(m_variables);
  auto filled = substitution::fill_flux_object(value, texts, m_undefined, budget);
  if (filled || filled.error().kind != ErrorKind::render) return filled;
  Error error = std::move(filled).error();
  if (what == FillWhat::object && is_secret(value)) error.message = "it cannot be filled in, or is no YAML afterwards";
  error.where.key_path = FaultFinder(texts, m_undefined, budget).find(value, {});
  if (error.hint.empty()) error.hint = k_ways_out;
  return fail(std::move(error));
}

Result<Value> Substitution::fill_object(Value object, const Origin& origin, Budget& budget) const {
  if (!is_on() || is_left_out(object)) return object;
  auto filled = fill(object, FillWhat::object, budget);
  if (filled) return filled;
  Error error = std::move(filled).error();
  error.message = name_of(object) + ": " + error.message;
  error.where.file = origin.file;
  error.where.line = origin.line;
  return fail(std::move(error));
}

Result<Value> Substitution::fill_values(Value values, Budget& budget) const {
  if (!is_on()) return values;
  auto filled = fill(values, FillWhat::values, budget);
  if (filled) return filled;
  Error error = std::move(filled).error();
  error.message = "the values of the chart: " + error.message;
  return fail(std::move(error));
}

}  // namespace reconciled
