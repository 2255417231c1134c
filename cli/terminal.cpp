#include "cli/terminal.h"

#include "base/log.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace reconciled {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view(value);
}

bool utf8_locale() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (const auto value = variable(name); !value.empty()) {
      return value.find("UTF-8") != std::string_view::npos || value.find("utf8") != std::string_view::npos;
    }
  }
  return false;
}

}  // namespace

Terminal::Terminal()
    : m_ascii(!utf8_locale()), m_error_terminal(isatty(STDERR_FILENO) == 1 && variable("TERM") != "dumb") {}

void Terminal::configure(const CommandLine& line) {
  const bool may = isatty(STDOUT_FILENO) == 1 && variable("NO_COLOR").empty() && variable("TERM") != "dumb";
  m_colour = line.colour == "always" || (line.colour == "auto" && may);
  m_quiet = line.quiet;
}

void Terminal::out(std::string_view text) {
  clear_progress();
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void Terminal::say(std::string_view line) {
  clear_progress();
  fmt::print(stderr, "{}\n", line);
}

void Terminal::progress(Progress kind, std::string_view line) {
  if (m_quiet || (!m_error_terminal && kind == Progress::step)) return;
  clear_progress();
  if (m_error_terminal && kind == Progress::step) {
    fmt::print(stderr, "\r\x1b[K{}", line);
    std::fflush(stderr);
    m_shown = true;
  } else {
    fmt::print(stderr, "{}\n", line);
  }
}

int Terminal::fail(const Error& error) {
  say("error: " + redact_text(format_error(error)));
  return exit_code(error.kind);
}

void Terminal::clear_progress() {
  if (!m_shown) return;
  fmt::print(stderr, "\r\x1b[K");
  m_shown = false;
}

OutputSpec parse_output(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return {std::string(text), ""};
  return {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

}  // namespace reconciled
