#include "renderers/helm/functions/ip_literal.h"

#include "renderers/helm/values/quote.h"

#include <string>

namespace reconciled::helm {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex(char c) {
  return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/// Reads the address from the left; its errors name all of the text and what is left of it.
class AddressReader {
 public:
  explicit AddressReader(std::string_view text) : m_text(text), m_rest(text) {}

  Status check() {
    const std::size_t mark = m_text.find_first_of(".:%");
    if (mark == std::string_view::npos) return refuse("unable to parse IP");
    if (m_text[mark] == '%') return refuse("missing IPv6 address");
    if (m_text[mark] == '.') {
      TRY(check_version_4(m_text));
      return fail(ErrorKind::render, "invalid IP-literal");
    }
    return check_version_6();
  }

 private:
  [[nodiscard]] tl::unexpected<Error> refuse(std::string_view reason) const {
    return fail(ErrorKind::render, "invalid host: ParseAddr(" + quoted(m_text) + "): " + std::string(reason));
  }
  [[nodiscard]] tl::unexpected<Error> refuse_at(std::string_view reason, std::string_view at) const {
    return refuse(std::string(reason) + " (at " + quoted(at) + ")");
  }

  [[nodiscard]] Status check_version_4(std::string_view text) const {
    int value = 0;
    int dots = 0;
    int digits = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (is_digit(text[i])) {
        if (digits == 1 && value == 0) return refuse("IPv4 field has octet with leading zero");
        value = value * 10 + (text[i] - '0');
        ++digits;
        if (value > 255) return refuse("IPv4 field has value >255");
      } else if (text[i] == '.') {
        if (digits == 0 || i + 1 == text.size()) {
          return refuse_at("IPv4 field must have at least one digit", text.substr(i));
        }
        if (dots == 3) return refuse("IPv4 address too long");
        ++dots;
        value = digits = 0;
      } else {
        return refuse_at("unexpected character", text.substr(i));
      }
    }
    if (dots < 3) return refuse("IPv4 address too short");
    return {};
  }

  Status check_version_6() {
    if (const std::size_t mark = m_text.find('%'); mark != std::string_view::npos) {
      if (mark + 1 == m_text.size()) return refuse("zone must be a non-empty string");
      m_rest = m_text.substr(0, mark);
    }
    if (m_rest.starts_with("::")) {
      m_has_gap = true;
      m_rest.remove_prefix(2);
      if (m_rest.empty()) return {};
    }
    while (m_bytes < 16 && !m_done) TRY(take_group());
    if (!m_rest.empty()) return refuse_at("trailing garbage after address", m_rest);
    if (m_bytes < 16 && !m_has_gap) return refuse("address string too short");
    if (m_bytes == 16 && m_has_gap) return refuse("the :: must expand to at least one field of zeros");
    return {};
  }

  /// A group of digits, and the colons behind it.
  Status take_group() {
    std::size_t digits = 0;
    for (; digits < m_rest.size() && is_hex(m_rest[digits]); ++digits) {
      if (digits > 3) return refuse_at("each group must have 4 or less digits", m_rest);
    }
    if (digits == 0) return refuse_at("each colon-separated field must have at least one digit", m_rest);
    if (m_rest.substr(digits).starts_with('.')) return take_version_4();
    m_bytes += 2;
    m_rest.remove_prefix(digits);
    m_done = m_rest.empty();
    if (m_done) return {};
    if (m_rest.front() != ':') return refuse_at("unexpected character, want colon", m_rest);
    if (m_rest.size() == 1) return refuse_at("colon must be followed by more characters", m_rest);
    m_rest.remove_prefix(1);
    if (m_rest.front() != ':') return {};
    if (m_has_gap) return refuse_at("multiple :: in address", m_rest);
    m_has_gap = true;
    m_rest.remove_prefix(1);
    m_done = m_rest.empty();
    return {};
  }

  Status take_version_4() {
    if (!m_has_gap && m_bytes != 12) {
      return refuse_at("embedded IPv4 address must replace the final 2 fields of the address", m_rest);
    }
    if (m_bytes + 4 > 16) {
      return refuse_at("too many hex fields to fit an embedded IPv4 at the end of the address", m_rest);
    }
    TRY(check_version_4(m_rest));
    m_rest = {};
    m_bytes += 4;
    m_done = true;
    return {};
  }

  std::string_view m_text;
  std::string_view m_rest;
  int m_bytes = 0;
  bool m_has_gap = false;  // a :: was there
  bool m_done = false;
};

}  // namespace

Status check_ip_literal(std::string_view text) {
  return AddressReader(text).check();
}

}  // namespace reconciled::helm
