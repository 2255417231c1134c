// Label and field selectors.
#pragma once

#include "sandbox/failure.h"

#include <string>
#include <string_view>
#include <vector>

namespace reconciled::sandbox {

/// A parsed labelSelector: every requirement must hold. Empty: everything.
class LabelSelector {
 public:
  static Outcome<LabelSelector> parse(std::string_view text);
  [[nodiscard]] bool matches(const Value& object) const;

 private:
  enum class Operator { exists, absent, in, not_in, greater, less };
  struct Requirement {
    std::string key;
    Operator op = Operator::exists;
    std::vector<std::string> values;
  };
  class Parser;
  static bool holds(const Requirement& requirement, const Value& labels);
  std::vector<Requirement> m_requirements;
};

/// A parsed fieldSelector over metadata.name, metadata.namespace and the few fields a kind offers.
class FieldSelector {
 public:
  static Outcome<FieldSelector> parse(std::string_view text, std::string_view kind);
  [[nodiscard]] bool matches(const Value& object) const;

 private:
  struct Requirement {
    std::vector<std::string> path;
    std::string value;
    bool equal = true;
  };
  std::vector<Requirement> m_requirements;
};

}  // namespace reconciled::sandbox
