// Standard output and error, and what they can show.
#pragma once

#include "base/error.h"
#include "cli/command_line.h"

#include <string>
#include <string_view>

namespace reconciled {

/// Data goes to `out`, talk to `say` and `progress`. Built once by main.
class Terminal {
 public:
  Terminal();
  /// Takes what the command line says about colour and quiet.
  void configure(const CommandLine& line);

  [[nodiscard]] bool colour() const { return m_colour; }
  [[nodiscard]] bool ascii() const { return m_ascii; }

  void out(std::string_view text);
  /// One line on standard error.
  void say(std::string_view line);
  /// What is going on: on a terminal a line that the next one replaces, otherwise a line of its own. With
  /// `Progress::step` off a terminal nothing is printed: only whole phases are.
  enum class Progress : bool { step, phase };
  void progress(Progress kind, std::string_view line);
  /// Prints "error: ..." and answers the exit code.
  int fail(const Error& error);

 private:
  void clear_progress();
  bool m_colour = false;
  bool m_ascii = true;
  bool m_quiet = false;
  bool m_error_terminal = false;
  bool m_shown = false;
};

/// Writes a report to standard output or into the file that FORMAT=FILE names.
struct OutputSpec {
  std::string format;
  std::string file;  ///< empty: standard output
};
OutputSpec parse_output(std::string_view text);

}  // namespace reconciled
