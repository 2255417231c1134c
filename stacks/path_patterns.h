// Patterns on paths in the language of .gitignore: for .sourceignore files and for include and exclude lists.
#pragma once

#include "base/budget.h"
#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

enum class PathKind : bool { file, folder };

/// One line of a .gitignore: '*' and '?' stay within a name, "**" spans folders, [a-z] is a set, a leading '!' takes
/// back, a trailing '/' means folders only, and a slash elsewhere ties the pattern to its base folder.
struct PathPattern {
  std::string base;                   ///< the folder that it is relative to; empty: the root
  std::vector<std::string> segments;  ///< between slashes; "**" stands for any number of folders
  bool negated = false;
  bool folders_only = false;
  bool operator==(const PathPattern&) const = default;
};

/// Patterns in the order they were given: the last one that matches decides.
class PathPatterns {
 public:
  /// Adds the lines of an ignore file that lies in the folder `base`. At most 10,000 lines of 1,024 bytes.
  Status add_file(std::string_view base, std::string_view text, const std::string& file);
  /// Adds one pattern that is no comment and cannot be negated.
  Status add_pattern(std::string_view base, std::string_view pattern, const Where& where);

  /// Whether a path is named, by itself or because a folder above it is. As in Git, what lies in a named folder cannot
  /// be taken back. Each pattern tried is a step of the budget.
  Result<bool> matches(std::string_view path, PathKind kind, Budget& budget) const;
  [[nodiscard]] bool empty() const { return m_patterns.empty(); }

 private:
  [[nodiscard]] Result<bool> decides(std::string_view path, PathKind kind, Budget& budget) const;
  std::vector<PathPattern> m_patterns;
};

}  // namespace reconciled
