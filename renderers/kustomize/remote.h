// Bases, files and charts that lie elsewhere: what their URLs mean, and those that a build was given.
#pragma once

#include "base/result.h"
#include "ports/chart.h"
#include "ports/source_tree.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::kustomize {

/// A URL of a base taken apart as kustomize 5.7 does.
struct RepositoryUrl {
  std::string host;        ///< with scheme and user: "https://github.com/", "git@host:"
  std::string repository;  ///< path of the repository: "org/repo"
  std::string path;        ///< of the base in it; may be empty
  std::string ref;         ///< branch, tag or commit; empty: the default branch
  bool submodules = true;
  [[nodiscard]] std::string clone_url() const { return host + repository; }
};

/// An error for what is a path, not a URL.
Result<RepositoryUrl> parse_repository_url(std::string_view text);
/// Whether a file is to be fetched by HTTP.
bool is_remote_file(std::string_view path);

/// What a build needs from elsewhere and is given by its caller; what is not there is noted, so that the caller can
/// bring it and build again.
class Remotes {
 public:
  virtual ~Remotes() = default;
  /// The tree of a repository at a ref, or nullptr when it was not brought.
  [[nodiscard]] virtual std::shared_ptr<const SourceTree> find_repository(const RepositoryUrl& url) const = 0;
  /// The content of a file, or nothing.
  [[nodiscard]] virtual std::optional<std::string> find_file(std::string_view url) const = 0;
  /// A chart of a chart repository, its files at the root, or nullptr.
  [[nodiscard]] virtual std::shared_ptr<const SourceTree> find_chart(const ChartRef& chart) const = 0;
};

/// Has nothing and remembers what was asked for.
class NoRemotes final : public Remotes {
 public:
  [[nodiscard]] std::shared_ptr<const SourceTree> find_repository(const RepositoryUrl& url) const override;
  [[nodiscard]] std::optional<std::string> find_file(std::string_view url) const override;
  [[nodiscard]] std::shared_ptr<const SourceTree> find_chart(const ChartRef& chart) const override;
  [[nodiscard]] const std::vector<RepositoryUrl>& missing_repositories() const { return m_repositories; }
  [[nodiscard]] const std::vector<std::string>& missing_files() const { return m_files; }
  [[nodiscard]] const std::vector<ChartRef>& missing_charts() const { return m_charts; }

 private:
  mutable std::vector<RepositoryUrl> m_repositories;
  mutable std::vector<std::string> m_files;
  mutable std::vector<ChartRef> m_charts;
};

}  // namespace reconciled::kustomize
