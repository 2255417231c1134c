#include "renderers/helm/functions/regex_pattern.h"

#include <algorithm>

namespace reconciled::helm {
namespace {

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

/// Moves what the pattern begins with to `out`, one construct at a time.
class Preparation {
 public:
  explicit Preparation(std::string_view pattern) : m_rest(pattern) { m_prepared.group_names.emplace_back(); }

  Result<RegexPattern> run() {
    while (!m_rest.empty()) {
      if (m_rest.front() == '\\') {
        TRY(pass_escape());
      } else if (m_rest.front() == '[') {
        pass_class();
      } else if (m_rest.front() == '(') {
        TRY(pass_group());
      } else {
        pass(1);
      }
    }
    return std::move(m_prepared);
  }

 private:
  void pass(std::size_t count) {
    count = std::min(count, m_rest.size());
    m_prepared.text += m_rest.substr(0, count);
    m_rest.remove_prefix(count);
  }

  Status pass_escape() {
    if (m_rest.starts_with("\\C")) return fail(regex_error("invalid escape sequence", "\\C"));  // RE2: any byte
    if (m_rest.starts_with("\\Q")) {
      const std::size_t end = m_rest.find("\\E", 2);
      pass(end == std::string_view::npos ? m_rest.size() : end + 2);
    } else {
      pass(2);
    }
    return {};
  }

  void pass_class() {
    pass(m_rest.starts_with("[^") ? 2 : 1);
    bool first = true;  // then even a ] is a character of the class
    while (!m_rest.empty() && (first || m_rest.front() != ']')) {
      first = false;
      const std::size_t end = m_rest.starts_with("[:") ? m_rest.find(":]", 2) : std::string_view::npos;
      if (end != std::string_view::npos) {
        pass(end + 2);
      } else {
        pass(m_rest.front() == '\\' ? 2 : 1);
      }
    }
    pass(1);
  }

  Status pass_group() {
    if (!m_rest.starts_with("(?")) {
      m_prepared.group_names.emplace_back();
      pass(1);
      return {};
    }
    const bool with_p = m_rest.size() > 4 && m_rest.starts_with("(?P<");
    if (!with_p && !(m_rest.size() > 3 && m_rest.starts_with("(?<"))) {
      pass(2);
      return {};
    }
    const std::size_t begin = with_p ? 4 : 3;
    const std::size_t end = m_rest.find('>');
    if (end == std::string_view::npos) return fail(regex_error("invalid named capture", m_rest));
    const std::string_view name = m_rest.substr(begin, end - begin);
    if (!is_name(name)) return fail(regex_error("invalid named capture", m_rest.substr(0, end + 1)));
    m_prepared.text += "(?P<g" + std::to_string(m_prepared.group_names.size()) + '>';
    m_prepared.group_names.emplace_back(name);
    m_rest.remove_prefix(end + 1);
    return {};
  }

  std::string_view m_rest;
  RegexPattern m_prepared;
};

}  // namespace

Error regex_error(std::string_view reason, std::string_view part) {
  return {ErrorKind::render, "error parsing regexp: " + std::string(reason) + ": `" + std::string(part) + '`'};
}

Result<RegexPattern> prepare_pattern(std::string_view pattern) {
  return Preparation(pattern).run();
}

}  // namespace reconciled::helm
