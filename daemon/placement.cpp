#include "daemon/placement.h"

#include "base/suggest.h"

#include <algorithm>

namespace reconciled {
namespace {

Result<const SourceSettings*> choose_source(const Settings& settings, const EnvironmentSettings& environment) {
  const auto& all = settings.sources;
  std::vector<std::string> names;
  for (const auto& source : all) names.push_back(source.name);
  if (!environment.source.empty()) {
    const auto at = std::ranges::find(all, environment.source, &SourceSettings::name);
    if (at != all.end()) return &*at;
    return fail(ErrorKind::config,
                "environment " + environment.name + " names the source \"" + environment.source +
                    "\", which the settings do not define" + did_you_mean(environment.source, names),
                {.key_path = "environments." + environment.name + ".source"}, "add it under sources");
  }
  std::vector<const SourceSettings*> candidates;
  for (const auto& source : all) {
    if (std::ranges::find(source.environments, environment.name) != source.environments.end()) return &source;
    if (source.environments.empty()) candidates.push_back(&source);
  }
  if (candidates.size() == 1) return candidates.front();
  return fail(
      ErrorKind::config,
      "environment " + environment.name + " names no source, and " + std::to_string(candidates.size()) + " may hold it",
      {.key_path = "environments." + environment.name}, "give it a source, or list it under one source");
}

Result<std::string> choose_cluster(const Settings& settings, const EnvironmentSettings& environment) {
  if (!environment.cluster.empty()) return environment.cluster;
  const auto named = std::ranges::find(settings.clusters, environment.name, &ClusterSettings::name);
  if (named != settings.clusters.end()) return named->name;
  if (settings.clusters.size() <= 1) return settings.clusters.empty() ? "" : settings.clusters.front().name;
  return fail(ErrorKind::config,
              "environment " + environment.name + " names no cluster, and the settings define " +
                  std::to_string(settings.clusters.size()),
              {.key_path = "environments." + environment.name}, "give it a cluster");
}

}  // namespace

Result<std::vector<Placement>> place_environments(const Settings& settings) {
  if (settings.environments.empty()) {
    return fail(ErrorKind::config, "the settings name no environment, so there is nothing to keep", {},
                "name at least one under environments; the daemon acts on no other");
  }
  std::vector<Placement> placements;
  for (const auto& environment : settings.environments) {
    TRY_ASSIGN(const SourceSettings* source, choose_source(settings, environment));
    TRY_ASSIGN(const std::string cluster, choose_cluster(settings, environment));
    placements.push_back({environment.name, source->name, {source->url, source->ref}, source->interval, cluster});
  }
  return placements;
}

}  // namespace reconciled
