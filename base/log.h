// Structured log lines: logfmt on a terminal, JSON otherwise, redacted where they are written.
#pragma once

#include "base/clock.h"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reconciled {

enum class LogLevel : std::uint8_t { debug, info, warn, error };
enum class LogFormat : std::uint8_t { logfmt, json };

struct LogField {
  std::string_view key;
  std::string value;
};

/// Takes lines from any thread and hands whole lines to its sink, one at a time. Texts that `redact` was told are
/// replaced by [secret] in every line, also in their base64, percent-encoded and hex forms; user-info in URLs and
/// Authorization headers are replaced without being told.
class Logger {
 public:
  using Sink = std::function<void(std::string_view line)>;

  Logger(LogFormat format, LogLevel level, Sink sink, WallTime (*now)() = &wall_now);
  ~Logger();
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});
  void debug(std::string_view message, std::initializer_list<LogField> fields = {}) {
    log(LogLevel::debug, message, fields);
  }
  void info(std::string_view message, std::initializer_list<LogField> fields = {}) {
    log(LogLevel::info, message, fields);
  }
  void warn(std::string_view message, std::initializer_list<LogField> fields = {}) {
    log(LogLevel::warn, message, fields);
  }
  void error(std::string_view message, std::initializer_list<LogField> fields = {}) {
    log(LogLevel::error, message, fields);
  }

  /// Texts shorter than 6 bytes are ignored: they would redact words.
  void redact(std::string_view secret);
  [[nodiscard]] bool enabled(LogLevel level) const { return level >= m_level; }

 private:
  LogFormat m_format;
  LogLevel m_level;
  Sink m_sink;
  WallTime (*m_now)();
  std::mutex m_mutex;
  std::vector<std::string> m_secrets;  // guarded by m_mutex
};

/// The program's own redaction rules on any text: URL user-info and bearer tokens become [secret].
std::string redact_text(std::string_view text);

/// Writes to standard error; logfmt when that is a terminal, JSON otherwise.
std::unique_ptr<Logger> make_stderr_logger(LogLevel level);

}  // namespace reconciled
