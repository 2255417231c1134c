#include "base/log.h"

#include "base/json.h"
#include "base/redact.h"
#include "base/utf8.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

namespace reconciled {
namespace {

constexpr std::size_t k_shortest_secret = 6;
constexpr std::size_t k_longest_text = 16 << 10;  ///< of one message or field

constexpr std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warn: return "warn";
    case LogLevel::error: return "error";
  }
  return "error";
}

/// Characters that could rewrite what a terminal shows: C0 and C1 controls, marks that turn the direction of text or
/// take no room, and line separators.
constexpr bool deceives(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) ||
         (c >= 0xE0000 && c <= 0xE007F);
}

void append_unit(std::string& out, std::uint32_t unit) {
  constexpr std::string_view k_hex = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += k_hex[unit >> shift & 15U];
}

/// The inside of a quoted string, in escapes that JSON and logfmt readers both know.
void append_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const auto point = first_code_point(text);
    if (point.length == 0) {
      append_unit(out, 0xFFFD);
      text.remove_prefix(1);
      continue;
    }
    switch (point.value) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (!deceives(point.value)) {
          out += text.substr(0, point.length);
        } else if (point.value < 0x10000) {
          append_unit(out, point.value);
        } else {
          append_unit(out, 0xD800 + ((point.value - 0x10000) >> 10));
          append_unit(out, 0xDC00 + ((point.value - 0x10000) & 0x3FFU));
        }
    }
    text.remove_prefix(point.length);
  }
}

bool needs_quotes(std::string_view text) {
  if (text.empty() || !is_utf8(text)) return true;
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= ' ' || byte == '"' || byte == '=' || byte == '\\' || byte >= 0x7F;
  });
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  append_escaped(out, text);
  out += '"';
}

/// Keys are ours; what is no word becomes one.
std::string clean_key(std::string_view key) {
  std::string text(key.empty() ? "field" : key);
  for (char& c : text) {
    const bool word =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    if (!word) c = '_';
  }
  return text;
}

class Line {
 public:
  explicit Line(LogFormat format) : m_json(format == LogFormat::json) {
    if (m_json) m_text = "{";
  }
  void add(std::string_view key, std::string_view value) {
    if (!m_first) m_text += m_json ? ',' : ' ';
    m_first = false;
    if (m_json)
      append_quoted(m_text, key);
    else
      m_text += key;
    m_text += m_json ? ':' : '=';
    if (m_json || needs_quotes(value))
      append_quoted(m_text, value);
    else
      m_text += value;
  }
  std::string finish() && {
    if (m_json) m_text += '}';
    m_text += '\n';
    return std::move(m_text);
  }

 private:
  bool m_json;
  bool m_first = true;
  std::string m_text;
};

/// Bounds a text after it was redacted: a cut through a secret would hide it from the search.
std::string bounded(std::string text) {
  if (text.size() <= k_longest_text) return text;
  std::size_t cut = k_longest_text;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
  const std::size_t lost = text.size() - cut;
  text.resize(cut);
  return text + "... (" + std::to_string(lost) + " more bytes)";
}

}  // namespace

Logger::Logger(LogFormat format, LogLevel level, Sink sink, WallTime (*now)())
    : m_format(format), m_level(level), m_sink(std::move(sink)), m_now(now) {}

Logger::~Logger() = default;

void Logger::log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (!enabled(level)) return;
  const std::lock_guard lock(m_mutex);
  const auto clean = [&](std::string_view text) { return bounded(redact_text(replace_forms(text, m_secrets))); };
  Line line(m_format);
  line.add("ts", format_time(m_now()));
  line.add("level", name_of(level));
  line.add("msg", clean(message));
  for (const auto& field : fields) line.add(clean_key(field.key), clean(field.value));
  m_sink(std::move(line).finish());
}

void Logger::redact(std::string_view secret) {
  if (secret.size() < k_shortest_secret) return;
  auto forms = forms_of_secret(secret);
  const std::lock_guard lock(m_mutex);
  for (auto& form : forms) {
    if (std::ranges::find(m_secrets, form) == m_secrets.end()) m_secrets.push_back(std::move(form));
  }
  std::ranges::sort(m_secrets,
                    [](const auto& a, const auto& b) { return a.size() != b.size() ? a.size() > b.size() : a < b; });
}

std::unique_ptr<Logger> make_stderr_logger(LogLevel level) {
  const LogFormat format = ::isatty(STDERR_FILENO) == 1 ? LogFormat::logfmt : LogFormat::json;
  return std::make_unique<Logger>(format, level, [](std::string_view line) {
    while (!line.empty()) {
      const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return;  // nobody reads it: there is nowhere to say so
      line.remove_prefix(static_cast<std::size_t>(written));
    }
  });
}

}  // namespace reconciled
