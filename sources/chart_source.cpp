#include "sources/chart_source.h"

#include "base/digest.h"
#include "base/suggest.h"
#include "sources/chart_cache.h"
#include "sources/helm_repository.h"
#include "sources/oci_registry.h"

namespace reconciled {
namespace {

bool is_registry(std::string_view repository) {
  return repository.starts_with("oci://");
}

FetchOptions fetch_options(ChartSourceOptions& options) {
  return {std::make_shared<const std::vector<GitCredential>>(std::move(options.credentials)), options.limits,
          options.plain_http};
}

class ChartSource final : public Source {
 public:
  ChartSource(std::unique_ptr<Source> git, ChartSourceOptions options)
      : m_git(std::move(git)),
        m_named(std::move(options.named)),
        m_log(options.log),
        m_cache(options.cache_folder + "/charts"),
        m_fetch(fetch_options(options)),
        m_repository(m_fetch, m_cache),
        m_registry(m_fetch) {}

  Result<Revision> resolve(const SourceRef& ref, MonotonicTime deadline) override {
    return m_git->resolve(ref, deadline);
  }
  Result<std::shared_ptr<const SourceTree>> open(const Revision& revision) override { return m_git->open(revision); }
  Status check_base(const std::string& url) override { return m_git->check_base(url); }
  Result<std::string> find_charts(std::string_view name) override;
  Result<std::vector<std::string>> list_charts(const std::string& repository, const std::string& name,
                                               MonotonicTime deadline) override;
  Result<ChartPin> resolve_chart(const ChartRef& ref, MonotonicTime deadline) override;
  Result<ChartArchive> open_chart(const ChartPin& pin, MonotonicTime deadline) override;

 private:
  Result<ChartPin> look_up(const ChartRef& ref, MonotonicTime deadline);
  Result<std::string> download(const ChartPin& pin, MonotonicTime deadline) {
    return is_registry(pin.repository) ? m_registry.download(pin, deadline) : m_repository.download(pin, deadline);
  }

  std::unique_ptr<Source> m_git;
  std::map<std::string, std::string> m_named;
  Logger* m_log;
  ChartCache m_cache;
  FetchOptions m_fetch;
  HelmRepository m_repository;
  OciRegistry m_registry;
};

Result<std::string> ChartSource::find_charts(std::string_view name) {
  const auto at = m_named.find(std::string(name));
  if (at != m_named.end()) return at->second;
  std::vector<std::string> names;
  for (const auto& [known, url] : m_named) names.push_back(known);
  return fail(ErrorKind::config,
              "the settings define no place of charts \"" + std::string(name) + '"' + did_you_mean(name, names), {},
              "add it under charts, or write the URL of the chart's repository");
}

Result<std::vector<std::string>> ChartSource::list_charts(const std::string& repository, const std::string& name,
                                                          MonotonicTime deadline) {
  auto versions = is_registry(repository) ? m_registry.list(repository, name, deadline)
                                          : m_repository.list(repository, name, deadline);
  if (!versions) return fail(std::move(versions).error().in("list the versions of chart " + name));
  return versions;
}

Result<ChartPin> ChartSource::look_up(const ChartRef& ref, MonotonicTime deadline) {
  if (is_registry(ref.repository)) return m_registry.resolve(ref, deadline);
  TRY_ASSIGN(ChartPin pin, m_repository.resolve(ref, deadline));
  if (!pin.digest.empty()) return pin;
  // The index does not say: the archive tells, whatever it is today.
  TRY_ASSIGN(const std::string archive, m_repository.download(pin, deadline));
  pin.digest = sha256(archive).hex();
  TRY(m_cache.keep_archive(pin.digest, archive));
  return pin;
}

Result<ChartPin> ChartSource::resolve_chart(const ChartRef& ref, MonotonicTime deadline) {
  auto pin = look_up(ref, deadline);
  if (pin) {
    if (const auto kept = m_cache.keep_pin(ref, *pin); !kept && m_log != nullptr)
      m_log->warn("a chart's pin cannot be kept", {{"error", format_error(kept.error())}});
    return pin;
  }
  const ErrorKind kind = pin.error().kind;
  if (kind == ErrorKind::source_transient || kind == ErrorKind::timeout) {
    if (auto known = m_cache.find_pin(ref)) {
      if (m_log != nullptr)
        m_log->warn("a chart's server cannot be reached; what it said last counts",
                    {{"chart", format_chart(*known)}, {"error", format_error(pin.error())}});
      return std::move(*known);
    }
  }
  return fail(std::move(pin).error().in("look for chart " + ref.name + ' ' + ref.version));
}

Result<ChartArchive> ChartSource::open_chart(const ChartPin& pin, MonotonicTime deadline) {
  if (auto bytes = m_cache.find_archive(pin.digest)) return std::make_shared<const std::string>(std::move(*bytes));
  auto bytes = download(pin, deadline);
  if (!bytes) return fail(std::move(bytes).error().in("fetch chart " + format_chart(pin)));
  const std::string digest = sha256(*bytes).hex();
  if (digest != pin.digest) {
    return fail(ErrorKind::source_integrity,
                "the archive of chart " + format_chart(pin) + " has the digest sha256:" + digest +
                    ", and sha256:" + pin.digest + " was expected",
                {}, "ask who publishes the chart why the archive changed");
  }
  TRY(m_cache.keep_archive(pin.digest, *bytes));
  return std::make_shared<const std::string>(std::move(*bytes));
}

}  // namespace

std::unique_ptr<Source> make_chart_source(std::unique_ptr<Source> git, ChartSourceOptions options) {
  return std::make_unique<ChartSource>(std::move(git), std::move(options));
}

}  // namespace reconciled
