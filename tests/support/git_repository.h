// A Git repository that a test fills with the git program.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

/// Runs git without the machine's and user's configuration; standard output without its last line break.
Result<std::string> run_git(const std::string& folder, const std::vector<std::string>& arguments,
                            std::string_view input = {});

/// A work tree with the branch "main", and commands on it. Commits have fixed authors and rising times.
class GitRepository {
 public:
  static Result<GitRepository> make(const std::string& folder);

  [[nodiscard]] const std::string& folder() const { return m_folder; }
  [[nodiscard]] std::string file_url() const { return "file://" + m_folder; }
  Status write(const std::string& path, std::string_view content) const;
  Status remove(const std::string& path) const;
  /// Everything in the work tree; the commit's id.
  Result<std::string> commit(const std::string& message);
  Result<std::string> git(const std::vector<std::string>& arguments, std::string_view input = {}) const {
    return run_git(m_folder, arguments, input);
  }
  /// Makes the bare repository `target`, or brings it to the same branches and tags as this one (also backwards).
  Status push_to(const std::string& target) const;

 private:
  explicit GitRepository(std::string folder) : m_folder(std::move(folder)) {}
  std::string m_folder;
  int m_commits = 0;
};

}  // namespace reconciled
