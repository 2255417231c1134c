// Regular expressions of kustomizations: RE2, in time linear to the text.
#pragma once

#include "base/result.h"

#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace reconciled::kustomize {

/// Empty patterns match everything.
class Pattern {
 public:
  Pattern() = default;
  static Result<Pattern> make(const std::string& text);
  /// "^(?:text)$"; an empty text matches everything.
  static Result<Pattern> make_anchored(const std::string& text);
  /// Whether it matches somewhere in a text.
  [[nodiscard]] bool matches(std::string_view text) const;

 private:
  std::shared_ptr<const re2::RE2> m_expression;
};

}  // namespace reconciled::kustomize
