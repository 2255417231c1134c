#include "renderers/helm/values/format.h"

#include "renderers/helm/values/value_printer.h"

namespace reconciled::helm {
namespace {

constexpr int k_largest_number = 1'000'000;

Status finished(ValuePrinter& printer) {
  if (!printer.good()) return fail(printer.error());
  return {};
}

/// Reads a format and prints its operands one by one.
class FormatRun {
 public:
  FormatRun(std::string& out, std::string_view format, std::span<const GoValue> values, Arena& arena)
      : m_out(out), m_format(format), m_values(values), m_printer(out, arena) {}

  Status run() {
    while (m_at < m_format.size() && m_printer.good()) {
      const std::size_t percent = std::min(m_format.find('%', m_at), m_format.size());
      m_out += m_format.substr(m_at, percent - m_at);
      m_at = percent;
      if (m_at == m_format.size()) break;
      ++m_at;
      directive();
    }
    if (!m_reordered && m_next < m_values.size()) extra();
    return finished(m_printer);
  }

 private:
  FormatFlags& flags() { return m_printer.text().flags; }
  [[nodiscard]] bool at(char c) const { return m_at < m_format.size() && m_format[m_at] == c; }

  void directive() {
    flags() = FormatFlags{};
    m_good_index = true;
    read_flags();
    bool after_index = read_index();
    after_index = read_width(after_index);
    after_index = read_precision(after_index);
    if (!after_index) read_index();
    if (m_at >= m_format.size()) {
      m_out += "%!(NOVERB)";
      return;
    }
    const Rune verb = first_rune(m_format.substr(m_at));
    m_at += verb.length;
    if (verb.value == '%') {
      m_out += '%';
    } else if (!m_good_index) {
      complain(verb.value, "(BADINDEX)");
    } else if (m_next >= m_values.size()) {
      complain(verb.value, "(MISSING)");
    } else {
      if (verb.value == 'v' || verb.value == 'w') {
        flags().sharp_v = flags().sharp;
        flags().plus_v = flags().plus;
        flags().sharp = flags().plus = false;
      }
      m_printer.print(m_values[m_next++], verb.value);
    }
  }

  void complain(std::uint32_t verb, std::string_view what) {
    m_out += "%!";
    append_rune(m_out, verb);
    m_out += what;
  }

  void read_flags() {
    for (; m_at < m_format.size(); ++m_at) {
      switch (m_format[m_at]) {
        case '#': flags().sharp = true; break;
        case '0': flags().zero = true; break;
        case '+': flags().plus = true; break;
        case '-': flags().minus = true; break;
        case ' ': flags().space = true; break;
        default: return;
      }
    }
  }

  /// A decimal number; false when there is none or it is too large, which ends the format.
  bool read_number(int& number) {
    number = 0;
    bool found = false;
    for (; m_at < m_format.size() && m_format[m_at] >= '0' && m_format[m_at] <= '9'; ++m_at) {
      if (number > k_largest_number) {
        number = 0;
        m_at = m_format.size();
        return false;
      }
      number = number * 10 + (m_format[m_at] - '0');
      found = true;
    }
    return found;
  }

  /// `[n]`: which operand is next. Whether there was one that can be read.
  bool read_index() {
    if (!at('[')) return false;
    m_reordered = true;
    const std::string_view rest = m_format.substr(m_at);
    const std::size_t end = rest.size() < 3 ? std::string_view::npos : rest.find(']');
    if (end == std::string_view::npos) {
      ++m_at;
      m_good_index = false;
      return false;
    }
    long index = 0;
    bool is_number = end > 1;
    for (const char c : rest.substr(1, end - 1)) {
      if (c < '0' || c > '9' || index > k_largest_number) {
        is_number = false;
        break;
      }
      index = index * 10 + (c - '0');
    }
    m_at += end + 1;
    if (is_number && index >= 1 && static_cast<std::size_t>(index) <= m_values.size()) {
      m_next = static_cast<std::size_t>(index) - 1;
      return true;
    }
    m_good_index = false;
    return is_number;
  }

  /// The operand of a `*`; false when it is no integer of a fit size.
  bool star(int& number) {
    number = 0;
    if (m_next >= m_values.size()) return false;
    const GoValue value = m_values[m_next++];
    std::int64_t found = 0;
    if (value.kind() == GoKind::integer) {
      found = value.as_int();
    } else if (value.kind() == GoKind::unsigned_integer && value.as_uint() <= k_largest_number) {
      found = static_cast<std::int64_t>(value.as_uint());
    } else {
      return false;
    }
    if (found > k_largest_number || found < -k_largest_number) return false;
    number = static_cast<int>(found);
    return true;
  }

  bool read_width(bool after_index) {
    if (!at('*')) {
      flags().has_width = read_number(flags().width);
      if (after_index && flags().has_width) m_good_index = false;
      return after_index;
    }
    ++m_at;
    flags().has_width = star(flags().width);
    if (!flags().has_width) m_out += "%!(BADWIDTH)";
    if (flags().width < 0) {
      flags().width = -flags().width;
      flags().minus = true;
      flags().zero = false;
    }
    return false;
  }

  bool read_precision(bool after_index) {
    if (!at('.') || m_at + 1 >= m_format.size()) return after_index;
    ++m_at;
    if (after_index) m_good_index = false;
    after_index = read_index();
    if (!at('*')) {
      flags().has_precision = true;
      if (!read_number(flags().precision)) flags().precision = 0;
      return after_index;
    }
    ++m_at;
    flags().has_precision = star(flags().precision);
    if (flags().precision < 0) {
      flags().precision = 0;
      flags().has_precision = false;
    }
    if (!flags().has_precision) m_out += "%!(BADPREC)";
    return false;
  }

  void extra() {
    flags() = FormatFlags{};
    m_out += "%!(EXTRA ";
    for (std::size_t i = m_next; i < m_values.size() && m_printer.good(); ++i) {
      if (i > m_next) m_out += ", ";
      if (!m_values[i].is_nil()) {
        m_out += m_values[i].type_name();
        m_out += '=';
      }
      m_printer.print(m_values[i], 'v');
    }
    m_out += ')';
  }

  std::string& m_out;
  std::string_view m_format;
  std::span<const GoValue> m_values;
  ValuePrinter m_printer;
  std::size_t m_at = 0;
  std::size_t m_next = 0;
  bool m_reordered = false;
  bool m_good_index = true;
};

}  // namespace

Status append_v(std::string& out, GoValue value, Arena& arena) {
  if (value.is_string()) {
    out += value.as_text();
    return {};
  }
  ValuePrinter printer(out, arena);
  printer.print(value, 'v');
  return finished(printer);
}

Status append_printed(std::string& out, GoValue value, Arena& arena) {
  if (value.is_string()) {
    out += value.as_text();
    return {};
  }
  if (value.is_nil()) {
    out += "<no value>";
    return {};
  }
  ValuePrinter printer(out, arena);
  printer.print_addressed(value);
  return finished(printer);
}

Status append_print(std::string& out, std::span<const GoValue> values, Arena& arena) {
  ValuePrinter printer(out, arena);
  bool after_string = true;
  for (const GoValue value : values) {
    if (!value.is_string() && !after_string) out += ' ';
    after_string = value.is_string();
    printer.print(value, 'v');
  }
  return finished(printer);
}

Status append_println(std::string& out, std::span<const GoValue> values, Arena& arena) {
  ValuePrinter printer(out, arena);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ' ';
    printer.print(values[i], 'v');
  }
  out += '\n';
  return finished(printer);
}

Status append_printf(std::string& out, std::string_view format, std::span<const GoValue> values, Arena& arena) {
  return FormatRun(out, format, values, arena).run();
}

Result<std::string_view> format_v(GoValue value, Arena& arena) {
  if (value.is_string()) return value.as_text();
  std::string text;
  TRY(append_v(text, value, arena));
  return arena.copy(text);
}

}  // namespace reconciled::helm
