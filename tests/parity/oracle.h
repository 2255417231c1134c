// The program in oracle/, asked in batches.
#pragma once

#include "base/process.h"
#include "base/result.h"

#include <string>
#include <vector>

namespace reconciled::parity {

/// What one request comes to: the output, or the text of an error.
struct Outcome {
  bool ok = false;
  std::string text;
  bool operator==(const Outcome&) const = default;
};

class Oracle {
 public:
  static Result<Oracle> start(const std::string& program);
  /// Requests are lines of JSON; one outcome each, in order.
  Result<std::vector<Outcome>> ask(const std::vector<std::string>& requests);

 private:
  explicit Oracle(Process process) : m_process(std::move(process)) {}
  Result<std::string> read_line();

  Process m_process;
  std::string m_buffer;
  std::size_t m_at = 0;
};

}  // namespace reconciled::parity
