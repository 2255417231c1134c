#include "renderers/kustomize/go_sort.h"
#include "renderers/kustomize/node_edit.h"
#include "renderers/kustomize/transformers.h"

#include <map>

namespace reconciled::kustomize {
namespace {

struct Ranked {
  Resource* resource = nullptr;
  ResourceId id;
  int rank = 0;
  std::string kind_key;
  std::string id_key;
};

std::string id_sort_key(const ResourceId& id) {
  return format_gvk(id.gvk) + "|" + std::string(id.name_space.empty() ? "~X" : id.name_space) + "|" +
         std::string(id.name.empty() ? "~N" : id.name);
}

bool is_less(const Ranked& a, const Ranked& b) {
  if (a.id.gvk == b.id.gvk) return a.id_key < b.id_key;
  if (a.rank != b.rank) return a.rank < b.rank;
  const bool both_namespaces = a.id.gvk.kind == "Namespace" && b.id.gvk.kind == "Namespace";
  if (both_namespaces && (a.id.gvk.group.empty() || b.id.gvk.group.empty())) return a.kind_key > b.kind_key;
  return a.kind_key < b.kind_key;
}

}  // namespace

Status sort_resources(ResourceMap& map, const SortOptions& options) {
  if (options.order != "fifo" && options.order != "legacy")
    return fail_render("the field 'sortOptions.order' must be one of [fifo, legacy]");
  if (options.order == "fifo") {
    if (!options.legacy) return {};
    return fail_render(
        "the field 'sortOptions.legacySortOptions' is set but the selected sort order is 'fifo', not 'legacy'");
  }
  std::map<std::string, int, std::less<>> ranks;
  if (options.legacy) {
    const auto count = static_cast<int>(options.legacy->first.size());
    for (int i = 0; i < count; ++i) ranks[options.legacy->first[static_cast<std::size_t>(i)]] = i - count;
    for (std::size_t i = 0; i < options.legacy->last.size(); ++i)
      ranks[options.legacy->last[i]] = 1 + static_cast<int>(i);
  }
  std::vector<Ranked> ranked;
  ranked.reserve(map.size());
  for (Resource* resource : map.all()) {
    Ranked entry{resource, resource->current_id(), 0, {}, {}};
    if (options.legacy) {
      const auto it = ranks.find(entry.id.gvk.kind);
      entry.rank = it == ranks.end() ? 0 : it->second;
    } else {
      entry.rank = legacy_rank(entry.id.gvk.kind);
    }
    entry.kind_key = sort_key_of(entry.id.gvk);
    entry.id_key = id_sort_key(entry.id);
    ranked.push_back(std::move(entry));
  }
  go_sort(ranked, is_less);
  std::vector<Resource*> sorted;
  sorted.reserve(ranked.size());
  for (const auto& entry : ranked) sorted.push_back(entry.resource);
  map.replace_all({});
  auto done = map.append_all(sorted);
  if (!done) return fail(wrap(std::move(done.error()), "SortOrderTransformer: Failed to append to resources"));
  return {};
}

}  // namespace reconciled::kustomize
