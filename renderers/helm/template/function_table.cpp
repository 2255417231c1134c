#include "renderers/helm/template/function_table.h"

#include "renderers/helm/template/builtins.h"

#include <algorithm>
#include <array>

namespace reconciled::helm {
namespace {

/// The engine does `and`, `or` and `call` itself.
Result<GoValue> call_nothing(FunctionCall& call) {
  return fail(ErrorKind::internal, "a function of the engine was called with " + std::to_string(call.arguments.size()) +
                                       " arguments from outside of it");
}

using Parameters = std::array<GoParameter, 2>;
constexpr Parameters k_anything{GoParameter::reflect_value, GoParameter::reflect_value};
constexpr std::array k_values{GoParameter::any};
constexpr Parameters k_format{GoParameter::string, GoParameter::any};
constexpr std::span<const GoParameter> k_one = std::span(k_anything).first(1);

constexpr std::array k_builtins{
    GoFunction{"and", k_anything, true, &call_nothing},
    GoFunction{"call", k_anything, true, &call_nothing},
    GoFunction{"eq", k_anything, true, &call_eq},
    GoFunction{"ge", k_anything, false, &call_ge},
    GoFunction{"gt", k_anything, false, &call_gt},
    GoFunction{"html", k_values, true, &call_html},
    GoFunction{"index", k_anything, true, &call_index},
    GoFunction{"js", k_values, true, &call_js},
    GoFunction{"le", k_anything, false, &call_le},
    GoFunction{"len", k_one, false, &call_len},
    GoFunction{"lt", k_anything, false, &call_lt},
    GoFunction{"ne", k_anything, false, &call_ne},
    GoFunction{"not", k_one, false, &call_not},
    GoFunction{"or", k_anything, true, &call_nothing},
    GoFunction{"print", k_values, true, &call_print},
    GoFunction{"printf", k_format, true, &call_printf},
    GoFunction{"println", k_values, true, &call_println},
    GoFunction{"slice", k_anything, true, &call_slice},
    GoFunction{"urlquery", k_values, true, &call_urlquery},
};

bool comes_before(const FunctionTable::Entry& entry, std::string_view name) {
  return entry.function->name < name;
}

}  // namespace

std::span<const GoFunction> builtin_functions() {
  return k_builtins;
}

FunctionTable::FunctionTable() {
  add(builtin_functions());
  for (Entry& entry : m_entries) {
    if (entry.function->name == "and") entry.special = Special::and_;
    if (entry.function->name == "or") entry.special = Special::or_;
    if (entry.function->name == "call") entry.special = Special::call;
  }
}

void FunctionTable::add(std::span<const GoFunction> functions) {
  for (const GoFunction& function : functions) {
    const auto at = std::lower_bound(m_entries.begin(), m_entries.end(), function.name, comes_before);
    if (at != m_entries.end() && at->function->name == function.name) {
      *at = Entry{&function, Special::none};
    } else {
      m_entries.insert(at, Entry{&function, Special::none});
    }
  }
}

void FunctionTable::remove(std::string_view name) {
  std::erase_if(m_entries, [name](const Entry& entry) { return entry.function->name == name; });
}

void FunctionTable::add_methods(GoType type, std::span<const GoFunction> methods) {
  m_methods.push_back({type, methods});
}

const FunctionTable::Entry* FunctionTable::find(std::string_view name) const {
  const auto at = std::lower_bound(m_entries.begin(), m_entries.end(), name, comes_before);
  return at != m_entries.end() && at->function->name == name ? &*at : nullptr;
}

const GoFunction* FunctionTable::find_method(GoType type, std::string_view name) const {
  for (const Methods& methods : m_methods) {
    if (methods.type != type) continue;
    for (const GoFunction& function : methods.functions) {
      if (function.name == name) return &function;
    }
  }
  return nullptr;
}

}  // namespace reconciled::helm
