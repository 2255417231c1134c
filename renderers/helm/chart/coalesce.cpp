#include "renderers/helm/chart/coalesce.h"

#include "renderers/helm/values/format.h"

#include <algorithm>
#include <array>

namespace reconciled::helm {
namespace {

constexpr std::string_view k_global = "global";

bool is_table(const GoValue* value) {
  return value != nullptr && value->type() == GoType::map;
}

/// The entries now: the map may change while they are walked.
std::vector<GoMap::Entry> entries_of(const GoMap& map) {
  return {map.entries().begin(), map.entries().end()};
}

std::string join(std::string_view prefix, std::string_view key) {
  return prefix.empty() ? std::string(key) : std::string(prefix).append(".").append(key);
}

class Coalescer {
 public:
  Coalescer(Nulls nulls, ValuesContext& context) : m_context(context), m_nulls(nulls) {}

  Status chart(const ChartNode& node, GoMap* values, const std::string& prefix) {
    own_values(node, *values, prefix);
    for (const auto& child : node.children) TRY(subchart(node, child, values, prefix));
    return {};
  }

  void tables(GoMap& target, GoMap& source, const std::string& prefix, Nulls nulls);

 private:
  Status subchart(const ChartNode& node, const ChartNode& child, GoMap* values, const std::string& prefix) {
    const auto* found = values->find(child.name);
    if (found != nullptr && !is_table(found)) {
      std::string message = "type mismatch on " + child.name + ": ";
      TRY(append_printf(message, "%t", std::array{*found}, m_context.arena));
      return fail(ErrorKind::render, message);
    }
    auto* own = found != nullptr ? found->as_map() : make_map(m_context.arena);
    values->set(child.name, GoValue::map(own));
    hand_down_globals(*own, *values, join(prefix, node.name));
    return chart(child, own, join(prefix, node.name));
  }

  void own_values(const ChartNode& node, GoMap& values, const std::string& prefix);
  void hand_down_globals(GoMap& target, const GoMap& source, const std::string& prefix);
  void hand_down_global(GoMap& globals, const GoMap::Entry& entry, const std::string& prefix);
  [[nodiscard]] Nulls nulls_below(const ChartNode& node, std::string_view key) const {
    const bool is_child = std::any_of(node.children.begin(), node.children.end(),
                                      [&](const ChartNode& child) { return child.name == key; });
    return is_child ? Nulls::keep : m_nulls;
  }

  ValuesContext& m_context;
  Nulls m_nulls;
};

/// The chart's own defaults below `values`.
void Coalescer::own_values(const ChartNode& node, GoMap& values, const std::string& prefix) {
  if (node.values == nullptr) return;
  const std::string here = join(prefix, node.name);
  for (const auto& [key, original] : node.values->entries()) {
    const auto* found = values.find(key);
    if (found == nullptr) {
      values.set_shared(key, copy_deeply(original, m_context.arena));
    } else if (found->is_nil() && m_nulls == Nulls::remove) {
      values.erase(key);
    } else if (is_table(found)) {
      if (is_table(&original)) {
        auto* defaults = copy_deeply(original.as_map(), m_context.arena);
        tables(*found->as_map(), *defaults, join(here, key), nulls_below(node, key));
      } else if (!original.is_nil()) {
        m_context.warn("skipped value for " + join(here, key) + ": Not a table.");
      }
    }
  }
}

/// The globals of the parent go into the child's, over what the child has.
void Coalescer::hand_down_globals(GoMap& target, const GoMap& source, const std::string& prefix) {
  const auto* own = target.find(k_global);
  if (own != nullptr && !is_table(own))
    return m_context.warn("skipping globals because destination global is not a table.");
  auto* globals = own != nullptr ? own->as_map() : make_map(m_context.arena);
  const auto* given = source.find(k_global);
  if (given != nullptr && !is_table(given))
    return m_context.warn("skipping globals because source global is not a table.");
  if (given != nullptr) {
    for (const auto& entry : entries_of(*given->as_map())) hand_down_global(*globals, entry, prefix);
  }
  target.set_shared(k_global, GoValue::map(globals));
}

void Coalescer::hand_down_global(GoMap& globals, const GoMap::Entry& entry, const std::string& prefix) {
  const auto* own = globals.find(entry.key);
  if (!is_table(&entry.value)) {
    if (is_table(own)) return m_context.warn("key " + std::string(entry.key) + " is table. Skipping");
    return globals.set_shared(entry.key, entry.value);
  }
  if (own != nullptr && !is_table(own))
    return m_context.warn("cannot merge map onto non-map for \"" + std::string(entry.key) + "\". Skipping.");
  auto* merged = entry.value.as_map()->clone();
  if (own != nullptr) tables(*merged, *own->as_map(), join(prefix, entry.key), Nulls::keep);
  globals.set_shared(entry.key, GoValue::map(merged));
}

void Coalescer::tables(GoMap& target, GoMap& source, const std::string& prefix, Nulls nulls) {
  const auto defaults = entries_of(source);
  const auto had_value = [&](std::string_view key) {
    const auto at = std::lower_bound(defaults.begin(), defaults.end(), key,
                                     [](const GoMap::Entry& entry, std::string_view k) { return entry.key < k; });
    return at != defaults.end() && at->key == key && !at->value.is_nil();
  };
  for (const auto& entry : entries_of(target)) {
    if (entry.value.is_nil()) source.set_shared(entry.key, GoValue::nil());
  }
  for (const auto& [key, value] : entries_of(source)) {
    const auto* found = target.find(key);
    if (found == nullptr) {
      target.set_shared(key, value);
    } else if (found->is_nil() && nulls == Nulls::remove && had_value(key)) {
      target.erase(key);
    } else if (is_table(&value)) {
      if (is_table(found)) {
        tables(*found->as_map(), *value.as_map(), join(prefix, key), nulls);
      } else {
        m_context.warn("cannot overwrite table with non table for " + join(prefix, key));
      }
    } else if (is_table(found) && !value.is_nil()) {
      m_context.warn("destination for " + join(prefix, key) + " is a table. Ignoring non-table value");
    }
  }
}

}  // namespace

void ValuesContext::warn(std::string text) {
  constexpr std::size_t k_max_warnings = 100;
  if (warnings.size() == k_max_warnings) return;
  if (std::find(warnings.begin(), warnings.end(), text) == warnings.end()) warnings.push_back(std::move(text));
}

GoValue copy_deeply(GoValue value, Arena& arena) {
  if (value.type() == GoType::map && value.as_map() != nullptr) return GoValue::map(copy_deeply(value.as_map(), arena));
  if (value.type() != GoType::list) return value;
  const auto items = value.items();
  auto* copies = make_items(arena, items.size());
  for (std::size_t i = 0; i < items.size(); ++i) copies[i] = copy_deeply(items[i], arena);
  return GoValue::list(arena.make<GoList>(GoList{copies, static_cast<std::uint32_t>(items.size())}));
}

GoMap* copy_deeply(const GoMap* values, Arena& arena) {
  auto* copy = make_map(arena);
  if (values == nullptr) return copy;
  for (const auto& [key, value] : values->entries()) copy->set_shared(key, copy_deeply(value, arena));
  return copy;
}

GoMap* merge_maps(const GoMap* a, const GoMap* b, Arena& arena) {
  auto* merged = make_map(arena);
  for (const auto& [key, value] : a->entries()) merged->set_shared(key, value);
  for (const auto& [key, value] : b->entries()) {
    const auto* below = merged->find(key);
    const bool both = is_table(&value) && is_table(below);
    merged->set_shared(key, both ? GoValue::map(merge_maps(below->as_map(), value.as_map(), arena)) : value);
  }
  return merged;
}

Result<GoMap*> coalesce_values(const ChartNode& chart, const GoMap* values, Nulls nulls, ValuesContext& context) {
  auto* target = copy_deeply(values, context.arena);
  TRY(Coalescer(nulls, context).chart(chart, target, ""));
  if (!context.arena.within_budget()) return fail(context.arena.budget().error("merging values"));
  return target;
}

GoMap* merge_tables(GoMap* target, GoMap* source, ValuesContext& context) {
  Coalescer(Nulls::keep, context).tables(*target, *source, "", Nulls::keep);
  return target;
}

}  // namespace reconciled::helm
