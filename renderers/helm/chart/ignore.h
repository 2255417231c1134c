// .helmignore: which files of a chart's folder do not belong to the chart.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace reconciled::helm {

enum class PathKind : bool { file, folder };

/// The rules of a .helmignore, then Helm's own ("templates/.?*"). Without "**", which is an error. A rule with '!' does
/// not bring files back: it ignores all that it does not match.
class IgnoreRules {
 public:
  /// `text` of a .helmignore; empty when there is none.
  static Result<IgnoreRules> parse(std::string_view text);
  /// `path` is relative to the chart. What is in an ignored folder is ignored.
  [[nodiscard]] bool ignores(std::string_view path, PathKind kind) const;

 private:
  struct Rule {
    std::string pattern;
    bool negated = false;
    bool folders_only = false;
    bool whole_path = false;  ///< else the last name of the path alone
    enum class Shape : std::uint8_t { pattern, name, ending };
    Shape shape = Shape::pattern;  ///< name: nothing in it is special; ending: nothing but a star before it
    [[nodiscard]] bool matches(std::string_view path) const;
  };
  Status add(std::string_view line);
  std::vector<Rule> m_rules;
};

}  // namespace reconciled::helm
