// How often what was asked: kinds of cases, functions in templates, verbs of printf.
#pragma once

#include "tests/parity/kinds.h"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace reconciled::parity {

struct Tally {
  std::size_t asked = 0;
  std::size_t errors = 0;   ///< of the oracle
  std::size_t unknown = 0;  ///< one side gave up
  std::size_t differ = 0;
};

class Counts {
 public:
  enum class Verdict : bool { agree, differ };
  void add(const Case& subject, const Outcome& ours, const Outcome& theirs, Verdict verdict);
  [[nodiscard]] std::size_t differ() const;
  /// Cases of which the oracle makes an error, in percent.
  [[nodiscard]] double error_share() const;
  void print() const;

 private:
  std::map<std::string_view, Tally> m_kinds;
  std::map<std::string, Tally, std::less<>> m_functions;
  std::map<char, Tally> m_verbs;
};

}  // namespace reconciled::parity
