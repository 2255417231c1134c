#include "engine/pinned_source.h"

#include <algorithm>

namespace reconciled {

Result<Revision> PinnedSource::resolve(const SourceRef& ref, MonotonicTime deadline) {
  auto at = m_pins.find(ref);
  if (at == m_pins.end()) at = m_pins.emplace(ref, m_source.resolve(ref, deadline)).first;
  return at->second;
}

Result<std::vector<std::string>> PinnedSource::list_charts(const std::string& repository, const std::string& name,
                                                           MonotonicTime deadline) {
  const ChartRef key{repository, name, ""};
  auto at = m_charts.lists.find(key);
  if (at == m_charts.lists.end())
    at = m_charts.lists.emplace(key, m_source.list_charts(repository, name, deadline)).first;
  return at->second;
}

Result<ChartPin> PinnedSource::resolve_chart(const ChartRef& ref, MonotonicTime deadline) {
  auto at = m_charts.pins.find(ref);
  if (at == m_charts.pins.end()) at = m_charts.pins.emplace(ref, m_source.resolve_chart(ref, deadline)).first;
  return at->second;
}

Result<ChartArchive> PinnedSource::open_chart(const ChartPin& pin, MonotonicTime deadline) {
  auto at = m_archives.find(pin);
  if (at == m_archives.end()) at = m_archives.emplace(pin, m_source.open_chart(pin, deadline)).first;
  return at->second;
}

bool PinnedSource::charts_are(const Charts& before, MonotonicTime deadline) {
  return std::ranges::all_of(before.lists,
                             [&](const auto& entry) {
                               return list_charts(entry.first.repository, entry.first.name, deadline) == entry.second;
                             }) &&
         std::ranges::all_of(before.pins,
                             [&](const auto& entry) { return resolve_chart(entry.first, deadline) == entry.second; });
}

Result<std::shared_ptr<const SourceTree>> PinnedSource::open(const Revision& revision) {
  const Place place{{revision.url, revision.ref}, revision.tree + '@' + revision.commit};
  auto at = m_trees.find(place);
  if (at == m_trees.end()) at = m_trees.emplace(place, m_source.open(revision)).first;
  return at->second;
}

}  // namespace reconciled
