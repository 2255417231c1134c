#include "renderers/helm/chart/template_tree.h"

#include "base/go_path.h"
#include "renderers/helm/chart/chart_object.h"
#include "renderers/helm/chart/files_object.h"

#include <algorithm>
#include <map>

namespace reconciled::helm {
namespace {

std::string_view last_name(std::string_view path) {
  return path.substr(path.find_last_of('/') + 1);
}

class TreeMaker {
 public:
  TreeMaker(const TopLevel& top, HelmProfile profile, Arena& arena) : m_top(top), m_profile(profile), m_arena(arena) {}

  /// `parent` is null for the root.
  GoMap* add(const ChartNode& node, GoMap* parent, const std::string& path) {
    auto* context = make_map(m_arena);
    auto* subcharts = make_map(m_arena);
    context->set_shared("Chart", make_chart_object(node, parent == nullptr ? ChartPlace::root : ChartPlace::subchart,
                                                   m_profile, m_arena));
    context->set_shared("Files", make_files(node.chart->files, m_arena));
    context->set_shared("Release", m_top.release);
    context->set_shared("Capabilities", m_top.capabilities);
    context->set_shared("Values", GoValue::map(values_of(node, parent), GoType::values));
    context->set_shared("Subcharts", GoValue::map(subcharts));
    for (const auto& child : node.children)
      subcharts->set(child.name, GoValue::map(add(child, context, path + "/charts/" + child.name)));
    const bool partials_only = node.chart->metadata.type == "library";
    for (const auto& file : node.chart->templates) {
      if (partials_only && !last_name(file.name).starts_with('_')) continue;
      const auto name = clean_go_path(path + "/" + file.name);
      templates[name] = {name, path + "/templates", &file, context};
    }
    return context;
  }

  std::map<std::string, RenderTemplate> templates;

 private:
  GoMap* values_of(const ChartNode& node, GoMap* parent) {
    if (parent == nullptr) return m_top.values;
    auto* table = find_table(parent->find("Values")->as_map(), node.name);
    return table != nullptr ? table : make_map(m_arena);
  }

  const TopLevel& m_top;
  HelmProfile m_profile;
  Arena& m_arena;
};

}  // namespace

std::vector<RenderTemplate> make_template_tree(const ChartNode& root, const TopLevel& top, HelmProfile profile,
                                               Arena& arena) {
  TreeMaker maker(top, profile, arena);
  maker.add(root, nullptr, root.name);
  std::vector<RenderTemplate> templates;
  for (auto& [path, found] : maker.templates) templates.push_back(std::move(found));
  // The map has them by path already.
  std::reverse(templates.begin(), templates.end());
  const auto depth = [](const RenderTemplate& t) { return std::count(t.path.begin(), t.path.end(), '/'); };
  std::stable_sort(templates.begin(), templates.end(),
                   [&](const RenderTemplate& a, const RenderTemplate& b) { return depth(a) > depth(b); });
  return templates;
}

GoValue make_release_object(const Release& release, Arena& arena) {
  auto* map = make_map(arena);
  map->set_shared("Name", GoValue::string(arena.copy(release.name)));
  map->set_shared("Namespace", GoValue::string(arena.copy(release.namespace_)));
  map->set_shared("Revision", GoValue::integer(release.revision));
  map->set_shared("IsInstall", GoValue::boolean(!release.is_upgrade));
  map->set_shared("IsUpgrade", GoValue::boolean(release.is_upgrade));
  map->set_shared("Service", GoValue::string("Helm"));
  return GoValue::map(map);
}

}  // namespace reconciled::helm
