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
  bool is_known = true;  ///< false: it took too long, too much memory, or killed who was asked
  std::string text;
  bool operator==(const Outcome&) const = default;
};

class Oracle {
 public:
  static Result<Oracle> start(const std::string& program);
  /// Requests are lines of JSON; one outcome each, in order. A request that kills the process has no known outcome.
  Result<std::vector<Outcome>> ask(const std::vector<std::string>& requests);

 private:
  Oracle(std::string program, Process process) : m_program(std::move(program)), m_process(std::move(process)) {}
  /// Empty when the process has ended.
  std::string read_line();
  Status restart();

  std::string m_program;
  Process m_process;
  std::string m_buffer;
  std::size_t m_at = 0;
};

}  // namespace reconciled::parity
