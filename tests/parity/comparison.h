// Asks both sides, counts, and shows each difference as small as it gets.
#pragma once

#include "tests/parity/counts.h"
#include "tests/parity/kinds.h"
#include "tests/parity/oracle.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace reconciled::parity {

struct ComparisonOptions {
  std::uint64_t seed = 0;
  std::size_t count = 20'000;
  std::size_t most = 10;  ///< differences that are shown
  std::vector<const Kind*> kinds;
};

class Comparison {
 public:
  Comparison(ComparisonOptions options, Oracle oracle) : m_options(std::move(options)), m_oracle(std::move(oracle)) {}

  /// Fails when the oracle cannot be asked.
  Result<Counts> run();

 private:
  Result<std::vector<Outcome>> ask(const std::vector<Case>& cases);
  Status compare(const std::vector<Case>& cases, helm::Arena& arena);
  Status show(Case subject, helm::Arena& arena);
  /// Who of the two came to an output, and how the errors begin and end: a smaller case that differs in another way is
  /// another difference.
  struct Way {
    bool ours = false;
    bool theirs = false;
    std::string our_error, their_error;
    bool operator==(const Way&) const = default;
  };
  static Way way_of(const Outcome& ours, const Outcome& theirs);
  /// Whether a smaller case differs in the same way; it takes the place of the case.
  Result<bool> shrink(Case& subject, const Way& way, helm::Arena& arena);

  ComparisonOptions m_options;
  Oracle m_oracle;
  Counts m_counts;
  std::size_t m_shown = 0;
};

}  // namespace reconciled::parity
