#include "renderers/helm/chart/chart_tree.h"

#include "base/go_text.h"
#include "base/split.h"
#include "renderers/helm/chart/coalesce.h"
#include "renderers/helm/semver/constraint.h"

#include <algorithm>

namespace reconciled::helm {
namespace {

bool is_compatible(std::string_view range, std::string_view version) {
  const auto parsed = parse_version(version);
  const auto constraints = parse_constraints(range);
  return parsed && constraints && satisfies(*parsed, *constraints);
}

bool declares(const Dependency& dependency, const ChartNode& chart) {
  return dependency.name == chart.name && is_compatible(dependency.version, chart.chart->metadata.version);
}

/// A value that is no table at a path of names, or null.
const GoValue* find_scalar(GoMap* values, std::string_view path) {
  const auto dot = path.find_last_of('.');
  auto* table = dot == std::string_view::npos ? values : find_table(values, path.substr(0, dot));
  const auto* found = table == nullptr ? nullptr : table->find(path.substr(dot + 1));
  return found != nullptr && found->type() != GoType::map ? found : nullptr;
}

class DependencyProcessor {
 public:
  explicit DependencyProcessor(ValuesContext& context) : m_context(context) {}
  Status enable(ChartNode& node, const GoMap* values, const std::string& path);
  Status import_values(ChartNode& node);

 private:
  static void apply_aliases(ChartNode& node);
  void apply_tags(ChartNode& node, GoMap* values);
  void apply_conditions(ChartNode& node, GoMap* values, const std::string& path);
  void import_value(const Dependency& dependency, const ImportTable& import, GoMap* values, GoMap* imported);

  ValuesContext& m_context;
};

/// Puts the declared subcharts behind the others, in the order of their declarations and once an alias.
void DependencyProcessor::apply_aliases(ChartNode& node) {
  std::vector<ChartNode> children;
  for (const auto& child : node.children) {
    const bool declared = std::any_of(node.dependencies.begin(), node.dependencies.end(),
                                      [&](const Dependency& dependency) { return declares(dependency, child); });
    if (!declared) children.push_back(child);
  }
  for (auto& dependency : node.dependencies) {
    const auto child = std::find_if(node.children.begin(), node.children.end(),
                                    [&](const ChartNode& chart) { return declares(dependency, chart); });
    if (child != node.children.end()) {
      children.push_back(*child);
      if (!dependency.alias.empty()) children.back().name = dependency.alias;
    }
    if (!dependency.alias.empty()) dependency.name = dependency.alias;
    dependency.enabled = true;
  }
  node.children = std::move(children);
}

void DependencyProcessor::apply_tags(ChartNode& node, GoMap* values) {
  const auto* tags = find_table(values, "tags");
  if (tags == nullptr) return;
  for (auto& dependency : node.dependencies) {
    bool any_true = false;
    bool any_false = false;
    for (const auto& tag : dependency.tags) {
      const auto* value = tags->find(tag);
      if (value == nullptr) continue;
      if (value->type() == GoType::boolean) {
        (value->as_bool() ? any_true : any_false) = true;
      } else {
        m_context.warn("tag " + tag + " of chart " + dependency.name + " is not true or false");
      }
    }
    dependency.enabled = any_true || !any_false;
  }
}

void DependencyProcessor::apply_conditions(ChartNode& node, GoMap* values, const std::string& path) {
  for (auto& dependency : node.dependencies) {
    for (const auto condition : split(trim_space(dependency.condition), ',')) {
      if (condition.empty()) continue;
      const auto* value = find_scalar(values, path + std::string(condition));
      if (value == nullptr) continue;
      if (value->type() == GoType::boolean) {
        dependency.enabled = value->as_bool();
        break;
      }
      m_context.warn("condition " + path + std::string(condition) + " of chart " + dependency.name +
                     " is not true or false");
    }
  }
}

Status DependencyProcessor::enable(ChartNode& node, const GoMap* values, const std::string& path) {
  if (!node.declares_dependencies) return {};
  apply_aliases(node);
  TRY_ASSIGN(auto* coalesced, coalesce_values(node, values, Nulls::remove, m_context));
  apply_tags(node, coalesced);
  apply_conditions(node, coalesced, path);
  const auto is_disabled = [&](std::string_view name) {
    return std::any_of(node.dependencies.begin(), node.dependencies.end(),
                       [&](const Dependency& dependency) { return !dependency.enabled && dependency.name == name; });
  };
  std::erase_if(node.children, [&](const ChartNode& child) { return is_disabled(child.name); });
  for (auto& child : node.children) TRY(enable(child, coalesced, path + child.name + "."));
  std::vector<Dependency> enabled;
  for (auto& dependency : node.dependencies) {
    if (!is_disabled(dependency.name)) enabled.push_back(std::move(dependency));
  }
  node.dependencies = std::move(enabled);
  node.declares_dependencies = !node.dependencies.empty();
  return {};
}

void DependencyProcessor::import_value(const Dependency& dependency, const ImportTable& import, GoMap* values,
                                       GoMap* imported) {
  auto* table = find_table(values, dependency.name + "." + import.child);
  if (table == nullptr)
    return m_context.warn("import-values: chart " + dependency.name + " has no table " + import.child);
  if (import.parent != ".") {
    const auto names = split(import.parent, '.');
    for (auto name = names.rbegin(); name != names.rend(); ++name) {
      auto* outer = make_map(m_context.arena);
      outer->set(*name, GoValue::map(table));
      table = outer;
    }
  }
  merge_tables(imported, table, m_context);
}

Status DependencyProcessor::import_values(ChartNode& node) {
  for (auto& child : node.children) TRY(import_values(child));
  if (!node.declares_dependencies) return {};
  TRY_ASSIGN(auto* values, coalesce_values(node, nullptr, Nulls::keep, m_context));
  auto* imported = make_map(m_context.arena);
  for (auto& dependency : node.dependencies) {
    for (auto& import : dependency.import_values) {
      if (const auto* name = std::get_if<std::string>(&import)) import = ImportTable{"exports." + *name, "."};
      import_value(dependency, std::get<ImportTable>(import), values, imported);
    }
  }
  node.values = merge_tables(copy_deeply(values, m_context.arena), imported, m_context);
  return {};
}

}  // namespace

ChartNode make_chart_tree(const Chart& chart) {
  ChartNode node{&chart, chart.metadata.name, chart.metadata.declares_dependencies, chart.metadata.dependencies,
                 {},     chart.values};
  for (const auto& child : chart.dependencies) node.children.push_back(make_chart_tree(child));
  return node;
}

Status process_dependencies(ChartNode& root, GoMap* values, ValuesContext& context) {
  DependencyProcessor processor(context);
  TRY(processor.enable(root, values, ""));
  return processor.import_values(root);
}

GoMap* find_table(GoMap* values, std::string_view path) {
  for (const auto name : split(path, '.')) {
    const auto* found = values == nullptr ? nullptr : values->find(name);
    if (found == nullptr || (found->type() != GoType::map && found->type() != GoType::values)) return nullptr;
    values = found->as_map();
  }
  return values;
}

}  // namespace reconciled::helm
