#include "engine/lock_chart.h"

#include "base/yaml.h"
#include "engine/open_environment.h"
#include "renderers/helm/semver/constraint.h"
#include "renderers/helm/semver/version.h"
#include "stacks/helm_options.h"

#include <algorithm>

namespace reconciled {
namespace {

constexpr std::uint64_t k_max_chart_file = 1U << 20;

Where helm_where(const Stack& stack, std::string_view key) {
  Where where = stack.origin;
  where.key_path = key;
  return where;
}

/// Whether a text is one version in full: then nothing needs to be listed.
bool is_exact(const std::string& version) {
  return helm::parse_strict_version(version).has_value();
}

Result<ChartRef> with_url(ChartRef ref, Source& source) {
  if (is_named_place(ref)) {
    TRY_ASSIGN(ref.repository, source.find_charts(ref.repository));
  }
  return ref;
}

Result<ChartPin> pin_chart(const ChartRef& ref, Source& source, MonotonicTime deadline) {
  if (is_exact(ref.version)) {
    auto pin = source.resolve_chart(ref, deadline);
    if (pin || pin.error().kind != ErrorKind::source_missing) return pin;
  }
  TRY_ASSIGN(const auto versions, source.list_charts(ref.repository, ref.name, deadline));
  const std::string version = choose_version(versions, ref.version);
  if (version.empty()) {
    return fail(ErrorKind::source_missing,
                "none of the " + std::to_string(versions.size()) + " versions of chart " + ref.name + " in " +
                    ref.repository + " is " + (ref.version.empty() ? "a release" : '"' + ref.version + '"'),
                {}, "correct the version");
  }
  return source.resolve_chart({ref.repository, ref.name, version}, deadline);
}

Result<ChartInput> lock_archive(const Stack& stack, const ChartRef& ref, const HelmBlock& options, Source& source,
                                MonotonicTime deadline) {
  auto chart = fetch_chart(ref, source, deadline);
  if (!chart) {
    Error error = std::move(chart).error();
    if (error.where.empty()) error.where = helm_where(stack, "helm.chart");
    return fail(std::move(error));
  }
  if (!options.digest.empty() && options.digest != chart->pin.digest) {
    return fail(ErrorKind::source_integrity,
                "chart " + format_chart(chart->pin) + " has the digest sha256:" + chart->pin.digest +
                    ", and helm.digest says sha256:" + options.digest,
                helm_where(stack, "helm.digest"), "look at what changed in the chart, then correct helm.digest");
  }
  return ChartInput{nullptr, chart->archive, chart->pin.name + '-' + chart->pin.version + ".tgz", chart->pin};
}

Result<ChartInput> lock_git(const Stack& stack, const ChartPlace& place, Source& source, MonotonicTime deadline) {
  TRY_ASSIGN(const OpenTree own, open_ref(place.git, source, deadline));
  const std::string commit = own.revision.commit.substr(0, 12);
  TRY_ASSIGN(const auto entry, own.tree->stat(place.path));
  if (!entry || entry->kind != TreeEntry::Kind::folder) {
    return fail(ErrorKind::source_missing,
                "the repository " + own.revision.url + " has no folder \"" + place.path + "\" at " + commit,
                helm_where(stack, "helm.chart"), "correct helm.chart: with a Git repository it is a folder there");
  }
  const std::string ref = place.git.ref.empty() ? "HEAD" : place.git.ref;
  return ChartInput{make_subtree(own.tree, place.path), nullptr, join_path(own.revision.url + "@" + commit, place.path),
                    ChartPin{own.revision.url, place.path, ref + '@' + commit, "", own.revision.url}};
}

/// The version in a chart's Chart.yaml; empty when it has none.
Result<std::string> version_of(const SourceTree& tree, const std::string& folder) {
  TRY_ASSIGN(const auto text, tree.read(join_path(folder, "Chart.yaml"), k_max_chart_file));
  if (!text) return std::string();
  Budget budget;
  const auto documents = read_yaml(*text, join_path(folder, "Chart.yaml"), budget);
  if (!documents || documents->empty()) return std::string();
  return std::string(documents->front().value["version"].as_string());
}

Result<ChartInput> open_local(const Stack& stack, const std::string& path, const OpenTree& environment) {
  TRY_ASSIGN(const auto entry, environment.tree->stat(path));
  if (entry && entry->kind == TreeEntry::Kind::folder)
    return ChartInput{make_subtree(environment.tree, path), nullptr, path, std::nullopt};
  if (entry && entry->kind == TreeEntry::Kind::file) {
    TRY_ASSIGN(auto bytes, environment.tree->read(path, k_max_file_bytes));
    if (bytes) return ChartInput{nullptr, std::make_shared<const std::string>(std::move(*bytes)), path, std::nullopt};
  }
  return fail(ErrorKind::render, "there is no chart at \"" + path + "\" in this repository",
              helm_where(stack, "helm.chart"), "write ./FOLDER from the root of the repository");
}

Result<ChartInput> lock_folder(const Stack& stack, const ChartPlace& place, const HelmBlock& options,
                               const OpenTree& environment) {
  TRY_ASSIGN(ChartInput chart, open_local(stack, place.path, environment));
  if (options.version.empty() || !chart.tree) return chart;
  TRY_ASSIGN(const std::string version, version_of(*chart.tree, ""));
  if (!choose_version({version}, options.version).empty()) return chart;
  return fail(ErrorKind::render,
              "the chart in " + place.path + " is version " + version + ", and helm.version says " + options.version,
              helm_where(stack, "helm.version"), "correct one of them, or keep several versions below helm.repository");
}

/// A folder with several charts: NAME, NAME-VERSION and NAME-VERSION.tgz.
Result<ChartInput> lock_folder_of(const Stack& stack, const ChartPlace& place, const HelmBlock& options,
                                  const OpenTree& environment) {
  TRY_ASSIGN(const auto entries, environment.tree->list(place.path));
  std::vector<std::pair<std::string, std::string>> found;  // version and path
  for (const auto& entry : entries) {
    const std::string path = join_path(place.path, entry.name);
    std::string_view name = entry.name;
    const bool folder = entry.kind == TreeEntry::Kind::folder;
    if (!folder && (entry.kind != TreeEntry::Kind::file || !name.ends_with(".tgz"))) continue;
    if (!folder) name.remove_suffix(4);
    if (!name.starts_with(place.name)) continue;
    name.remove_prefix(place.name.size());
    std::string version(name.starts_with('-') ? name.substr(1) : "");
    if (name.empty() && folder) {
      TRY_ASSIGN(version, version_of(*environment.tree, path));
    }
    if (helm::parse_version(version)) found.emplace_back(std::move(version), path);
  }
  std::vector<std::string> versions;
  for (const auto& [version, path] : found) versions.push_back(version);
  const std::string chosen = choose_version(versions, options.version);
  const auto at = std::ranges::find(found, chosen, &std::pair<std::string, std::string>::first);
  if (!chosen.empty() && at != found.end()) return open_local(stack, at->second, environment);
  std::string list;
  for (const auto& version : versions) list += (list.empty() ? "" : ", ") + version;
  return fail(ErrorKind::render,
              place.path + " has no chart " + place.name + ' ' + options.version +
                  (list.empty() ? std::string() : "; there are " + list),
              helm_where(stack, "helm.version"));
}

}  // namespace

std::string choose_version(const std::vector<std::string>& versions, const std::string& range) {
  if (std::ranges::find(versions, range) != versions.end()) return range;
  const auto constraints = helm::parse_constraints(range.empty() ? "*" : range);
  if (!constraints) return {};
  const std::string* best = nullptr;
  std::optional<helm::Version> best_version;
  for (const auto& text : versions) {
    const auto version = helm::parse_version(text);
    if (!version || !helm::satisfies(*version, *constraints)) continue;
    if (best_version && helm::compare_versions(*version, *best_version) <= 0) continue;
    best = &text;
    best_version = *version;
  }
  return best == nullptr ? std::string() : *best;
}

Result<FetchedChart> fetch_chart(const ChartRef& ref, Source& source, MonotonicTime deadline) {
  TRY_ASSIGN(const ChartRef asked, with_url(ref, source));
  TRY_ASSIGN(ChartPin pin, pin_chart(asked, source, deadline));
  TRY_ASSIGN(ChartArchive archive, source.open_chart(pin, deadline));
  return FetchedChart{ref, std::move(pin), std::move(archive)};
}

Result<std::optional<ChartInput>> lock_chart(const Stack& stack, const OpenTree& environment, Source& source,
                                             MonotonicTime deadline) {
  const HelmBlock options = read_helm_block(stack.helm);
  TRY_ASSIGN(ChartPlace place, find_chart_place(options, helm_where(stack, "helm.chart")));
  if (place.kind == ChartPlace::Kind::archive && is_named_place(place.chart)) {
    TRY_ASSIGN(const ChartRef ref, with_url(place.chart, source));
    place = place_in_repository(ref.repository, ref.name, ref.version);
  }
  const auto lock = [&]() -> Result<ChartInput> {
    switch (place.kind) {
      case ChartPlace::Kind::folder: return lock_folder(stack, place, options, environment);
      case ChartPlace::Kind::folder_of: return lock_folder_of(stack, place, options, environment);
      case ChartPlace::Kind::git: return lock_git(stack, place, source, deadline);
      case ChartPlace::Kind::archive: return lock_archive(stack, place.chart, options, source, deadline);
      case ChartPlace::Kind::own_folder: break;
    }
    return fail(ErrorKind::internal, "the stack's own folder is no chart to lock");
  };
  if (place.kind == ChartPlace::Kind::own_folder) return std::nullopt;
  TRY_ASSIGN(ChartInput chart, lock());
  return std::optional(std::move(chart));
}

}  // namespace reconciled
