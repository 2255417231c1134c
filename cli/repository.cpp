#include "cli/repository.h"

#include "base/process.h"
#include "base/suggest.h"
#include "config/disk.h"
#include "config/limits.h"
#include "sources/local_tree.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace reconciled {
namespace {

/// Loads the network when it is asked for the first time.
class LazySource final : public Source {
 public:
  /// `asked`: the repository or folder that the command line names.
  LazySource(const Settings& settings, std::string cache, std::string asked)
      : m_settings(settings), m_cache(std::move(cache)), m_asked(std::move(asked)) {}

  Result<Revision> resolve(const SourceRef& ref, MonotonicTime deadline) override {
    TRY(load());
    return m_source->resolve(ref, deadline);
  }
  Result<std::shared_ptr<const SourceTree>> open(const Revision& revision) override {
    TRY(load());
    return m_source->open(revision);
  }
  Status check_base(const std::string& url) override {
    TRY(load());
    return m_source->check_base(url);
  }
  Result<std::string> find_charts(std::string_view name) override {
    TRY(load());
    return m_source->find_charts(name);
  }
  Result<std::vector<std::string>> list_charts(const std::string& repository, const std::string& name,
                                               MonotonicTime deadline) override {
    TRY(load());
    return m_source->list_charts(repository, name, deadline);
  }
  Result<ChartPin> resolve_chart(const ChartRef& ref, MonotonicTime deadline) override {
    TRY(load());
    return m_source->resolve_chart(ref, deadline);
  }
  Result<ChartArchive> open_chart(const ChartPin& pin, MonotonicTime deadline) override {
    TRY(load());
    return m_source->open_chart(pin, deadline);
  }

 private:
  Status load() {
    if (m_source) return {};
    TRY_ASSIGN(const Network* network, load_network());
    m_source = network->make_source(m_settings, m_cache, m_asked);
    return {};
  }
  const Settings& m_settings;
  std::string m_cache;
  std::string m_asked;
  std::unique_ptr<Source> m_source;
};

bool is_url(const std::string& text) {
  return text.find("://") != std::string::npos ||
         (text.find('@') != std::string::npos && text.find(':') != std::string::npos);
}

/// The folder itself as a tree: what is on the disk now, committed or not.
Result<OpenTree> open_folder(const std::string& folder) {
  std::error_code error;
  const auto absolute = std::filesystem::weakly_canonical(folder, error).string();
  TRY_ASSIGN(auto tree, make_local_tree(absolute));
  OpenTree open;
  open.revision.url = absolute;
  open.tree = std::move(tree);
  return open;
}

}  // namespace

Result<Settings> open_settings_for(const CommandLine& line) {
  const auto environment = current_environment();
  TRY_ASSIGN(const auto input, open_settings(Program::reconcile,
                                             settings_path(Program::reconcile, line.config, environment), environment));
  return load_settings(input);
}

CommandLine with_stack_arguments(const CommandLine& line) {
  CommandLine result = line;
  result.stacks.insert(result.stacks.end(), line.arguments.begin(), line.arguments.end());
  return result;
}

Result<OpenRepository> open_repository(const CommandLine& line, const Settings& settings) {
  OpenRepository open;
  open.request.environment = line.environment;
  open.request.stacks = line.stacks;
  open.request.layers = line.layers;
  open.request.limits = render_limits(settings);
  Duration fetch = settings.timeouts.fetch;
  if (!line.fetch_timeout.empty()) {
    TRY_ASSIGN(fetch, parse_duration(line.fetch_timeout));
  }
  open.request.deadline = monotonic_now() + fetch;

  const auto named = std::ranges::find(settings.sources, line.source, &SourceSettings::name);
  if (named != settings.sources.end()) {
    open.request.root = {named->url, line.ref.empty() ? named->ref : line.ref};
  } else if (is_url(line.source) || !line.ref.empty()) {
    std::error_code error;
    open.request.root = {
        is_url(line.source) ? line.source : std::filesystem::weakly_canonical(line.source, error).string(), line.ref};
  } else if (line.source == "." && settings.sources.size() == 1 && !std::filesystem::exists("reconcile.yaml")) {
    open.request.root = {settings.sources.front().url, settings.sources.front().ref};
  } else {
    TRY_ASSIGN(open.request.local, open_folder(line.source));
  }
  open.source = std::make_unique<LazySource>(
      settings, line.cache.empty() ? cache_folder(Program::reconcile, settings, current_environment()) : line.cache,
      open.request.local ? open.request.local->revision.url : open.request.root.url);
  return open;
}

}  // namespace reconciled
