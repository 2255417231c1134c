#include "renderers/helm/functions/merge.h"

#include "renderers/helm/functions/emptiness.h"

#include <cstdint>
#include <string>
#include <vector>

namespace reconciled::helm {
namespace {

/// mergo's idea of empty is sprig's, except that what a pointer points to counts.
bool is_absent_or_empty(const GoValue* value) {
  return value == nullptr || is_empty(*value);
}

class Merger {
 public:
  Merger(MergeMode mode, Budget& budget) : m_overwrite(mode == MergeMode::overwrite), m_budget(budget) {}
  Status merge(GoMap& destination, const GoMap& source, std::uint32_t depth);

 private:
  Status merge_entry(GoMap& destination, const GoMap::Entry& entry, std::uint32_t depth);
  Status merge_into(GoValue destination, GoValue source, std::uint32_t depth);

  bool m_overwrite;
  Budget& m_budget;
};

/// What is under the key already is itself merged, where both are maps; everything else is replaced as a whole.
Status Merger::merge_into(GoValue destination, GoValue source, std::uint32_t depth) {
  if (source.kind() == GoKind::map && destination.kind() == GoKind::map) {
    if (destination.as_map() == nullptr || source.as_map() == nullptr) return {};
    return merge(*destination.as_map(), *source.as_map(), depth + 1);
  }
  // a pointer cannot take a map, and says so only when it is not simply replaced
  if (source.kind() == GoKind::map && destination.kind() == GoKind::pointer && !m_overwrite &&
      source.as_map() != nullptr) {
    return fail(ErrorKind::render, "src and dst must be of same type");
  }
  return {};
}

Status Merger::merge_entry(GoMap& destination, const GoMap::Entry& entry, std::uint32_t depth) {
  if (entry.value.is_nil()) {
    if (m_overwrite) destination.set_shared(entry.key, GoValue::nil());
    return {};
  }
  const GoValue* found = destination.find(entry.key);
  const GoValue before = found == nullptr ? GoValue() : *found;
  if (found != nullptr) TRY(merge_into(before, entry.value, depth));
  // the emptiness of a map is looked at after it was merged into
  const bool both_maps = before.kind() == GoKind::map && entry.value.kind() == GoKind::map;
  const bool replace = is_absent_or_empty(found == nullptr ? nullptr : &before) || (m_overwrite && !both_maps);
  if (replace) destination.set_shared(entry.key, entry.value);
  return {};
}

Status Merger::merge(GoMap& destination, const GoMap& source, std::uint32_t depth) {
  if (depth > m_budget.max_depth())
    return fail(ErrorKind::limit,
                "merged maps are nested deeper than " + std::to_string(m_budget.max_depth()) + " levels");
  // a copy, as the source may be the destination or lie in it
  const std::vector<GoMap::Entry> entries(source.entries().begin(), source.entries().end());
  if (!m_budget.step(entries.size() + 1)) return fail(m_budget.error("merge maps"));
  for (const GoMap::Entry& entry : entries) TRY(merge_entry(destination, entry, depth));
  return {};
}

}  // namespace

Status merge_maps(GoMap& destination, const GoMap& source, MergeMode mode, Budget& budget) {
  return Merger(mode, budget).merge(destination, source, 0);
}

}  // namespace reconciled::helm
