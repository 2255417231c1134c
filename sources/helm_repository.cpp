#include "sources/helm_repository.h"

#include "sources/chart_limits.h"

#include <algorithm>

namespace reconciled {
namespace {

constexpr std::size_t k_max_known = 10'000;

std::string with_slash(std::string url) {
  if (!url.ends_with('/')) url += '/';
  return url;
}

/// What the index of a busy repository may cost to read.
Limits index_limits() {
  return {.steps = 200'000'000, .bytes = 1ULL << 30, .depth = 256, .time = std::chrono::seconds(60)};
}

}  // namespace

Result<ChartCache::Page> HelmRepository::fetch_index(const std::string& url, MonotonicTime deadline) const {
  auto known = m_cache.find_page(url);
  FetchRequest request;
  request.url = url;
  request.deadline = deadline;
  request.max_bytes = k_max_index_bytes;
  request.encoding = FetchRequest::Encoding::compressed;
  if (known && !known->etag.empty()) request.headers.push_back("If-None-Match: " + known->etag);
  if (known && !known->last_modified.empty()) request.headers.push_back("If-Modified-Since: " + known->last_modified);
  auto answer = fetch_url(m_options, request);
  if (!answer) {
    const ErrorKind kind = answer.error().kind;
    if (known && (kind == ErrorKind::source_transient || kind == ErrorKind::timeout)) return std::move(*known);
    return fail(std::move(answer).error());
  }
  if (answer->status == 401) return fail(unauthorized(*answer, url));
  if (answer->status == 304 && known) return std::move(*known);
  if (answer->status != 200) return fail(ErrorKind::source_integrity, "the server answers 304 to a plain request");
  ChartCache::Page page{std::move(answer->etag), std::move(answer->last_modified), std::move(answer->body)};
  TRY(m_cache.keep_page(url, page));
  return page;
}

Result<std::vector<IndexEntry>> HelmRepository::entries(const std::string& repository, const std::string& name,
                                                        MonotonicTime deadline) {
  TRY_ASSIGN(const ChartCache::Page page, fetch_index(with_slash(repository) + "index.yaml", deadline));
  const Digest digest = sha256(page.body);
  const std::pair key(repository, name);
  {
    const std::scoped_lock lock(m_mutex);
    const auto at = m_known.find(key);
    if (at != m_known.end() && at->second.index == digest) return at->second.entries;
  }
  Budget budget(index_limits());
  TRY_ASSIGN(auto found, read_helm_index(page.body, name, budget));
  const std::scoped_lock lock(m_mutex);
  if (m_known.size() >= k_max_known) m_known.clear();
  m_known[key] = {digest, found};
  return found;
}

Result<std::vector<std::string>> HelmRepository::list(const std::string& repository, const std::string& name,
                                                      MonotonicTime deadline) {
  TRY_ASSIGN(const auto found, entries(repository, name, deadline));
  if (found.empty()) {
    return fail(ErrorKind::source_missing, "the index of " + repository + " has no chart \"" + name + '"', {},
                "check the chart's name");
  }
  std::vector<std::string> versions;
  for (const auto& entry : found) versions.push_back(entry.version);
  return versions;
}

Result<ChartPin> HelmRepository::resolve(const ChartRef& ref, MonotonicTime deadline) {
  TRY_ASSIGN(const auto found, entries(ref.repository, ref.name, deadline));
  const auto at = std::ranges::find(found, ref.version, &IndexEntry::version);
  if (at == found.end()) {
    return fail(ErrorKind::source_missing,
                "the index of " + ref.repository + " has no chart \"" + ref.name + "\" of version " + ref.version);
  }
  TRY_ASSIGN(std::string url, join_url(with_slash(ref.repository), at->url));
  if (url.find('@') != std::string::npos && url.substr(0, url.find('?')).find('@') != std::string::npos)
    return fail(ErrorKind::source_integrity, "the index names an archive by a URL with user-info or a strange path");
  if (!at->digest.empty() && !Digest::parse(at->digest)) {
    return fail(ErrorKind::source_integrity, "the index of " + ref.repository + " has a digest for " + ref.name + ' ' +
                                                 ref.version + " that is none");
  }
  return ChartPin{ref.repository, ref.name, ref.version, at->digest, std::move(url)};
}

Result<std::string> HelmRepository::download(const ChartPin& pin, MonotonicTime deadline) const {
  FetchRequest request;
  request.url = pin.url;
  request.deadline = deadline;
  request.max_bytes = k_max_archive_bytes;
  TRY_ASSIGN(FetchAnswer answer, fetch_url(m_options, request));
  if (answer.status == 401) return fail(unauthorized(answer, pin.url));
  return std::move(answer.body);
}

}  // namespace reconciled
