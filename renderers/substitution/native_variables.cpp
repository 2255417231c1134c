#include "renderers/substitution/native_variables.h"

#include "base/suggest.h"
#include "renderers/substitution/native_filler.h"

#include <algorithm>
#include <vector>

namespace reconciled::substitution {
namespace {

constexpr std::string_view k_prefix = "variables.";

/// Fills in variables by variables, each when it is asked for first.
class Resolution final : public VariableLookup {
 public:
  Resolution(const Value& variables, Budget& budget) : m_raw(variables), m_budget(budget) {}

  // NOLINTNEXTLINE(misc-no-recursion): no deeper than the budget allows
  Result<const MeasuredValue*> find(std::string_view name) override {
    if (const auto done = m_done.find(name); done != m_done.end()) return &done->second;
    const Value* raw = m_raw.find(name);
    if (raw == nullptr) return nullptr;
    TRY(check_circle(name));
    if (m_open.size() >= m_budget.max_depth())
      return fail(ErrorKind::limit,
                  "variables refer to each other deeper than " + std::to_string(m_budget.max_depth()) + " times");
    m_open.emplace_back(name);
    auto filled = NativeFiller(*this, FillWhat::values, m_budget).fill(*raw);
    m_open.pop_back();
    if (!filled) {
      Error error = std::move(filled).error();
      std::string& path = error.where.key_path;
      if (!path.starts_with(k_prefix))
        path = std::string(k_prefix).append(name).append(path.empty() || path[0] == '[' ? "" : ".") + path;
      return fail(std::move(error));
    }
    return &m_done.emplace(name, std::move(*filled)).first->second;
  }
  [[nodiscard]] std::string suggestion(std::string_view name) const override {
    std::vector<std::string> names;
    for (const auto& entry : m_raw.entries()) names.emplace_back(entry.key.as_string());
    return did_you_mean(name, names);
  }

  std::map<std::string, MeasuredValue, std::less<>> take() && { return std::move(m_done); }

 private:
  Status check_circle(std::string_view name) const {
    const auto at = std::ranges::find(m_open, name);
    if (at == m_open.end()) return {};
    std::string way;
    for (auto open = at; open != m_open.end(); ++open) way += *open + " → ";
    return fail(ErrorKind::render, "variables refer to each other: " + way + std::string(name), {},
                "give one of them a value of its own");
  }

  const Value& m_raw;
  Budget& m_budget;
  std::map<std::string, MeasuredValue, std::less<>> m_done;
  std::vector<std::string> m_open;  // being filled in, outermost first
};

class Table final : public VariableLookup {
 public:
  explicit Table(const std::map<std::string, MeasuredValue, std::less<>>& variables) : m_variables(variables) {}

  Result<const MeasuredValue*> find(std::string_view name) override {
    const auto found = m_variables.find(name);
    return found == m_variables.end() ? nullptr : &found->second;
  }
  [[nodiscard]] std::string suggestion(std::string_view name) const override {
    std::vector<std::string> names;
    for (const auto& entry : m_variables) names.push_back(entry.first);
    return did_you_mean(name, names);
  }

 private:
  const std::map<std::string, MeasuredValue, std::less<>>& m_variables;
};

}  // namespace

Result<NativeVariables> NativeVariables::make(const Value& variables, Budget& budget) {
  Resolution resolution(variables, budget);
  for (const auto& entry : variables.entries()) TRY(resolution.find(entry.key.as_string()));
  NativeVariables made;
  made.m_variables = std::move(resolution).take();
  return made;
}

Result<Value> NativeVariables::fill(const Value& value, FillWhat what, Budget& budget) const {
  Table table(m_variables);
  TRY_ASSIGN(auto filled, NativeFiller(table, what, budget).fill(value));
  return std::move(filled.value);
}

}  // namespace reconciled::substitution
