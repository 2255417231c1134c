#include "renderers/helm/functions/toml_write.h"

#include "base/go_float.h"
#include "renderers/helm/functions/time_object.h"
#include "renderers/helm/time/time_format.h"
#include "renderers/helm/values/duration_text.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace reconciled::helm {
namespace {

/// What TOML makes of a value.
enum class TomlKind : std::uint8_t { nothing, scalar, array, tables, table };

constexpr bool is_bare(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

std::string quoted_string(std::string_view text) {
  constexpr std::string_view k_digits = "0123456789abcdef";
  constexpr std::string_view k_escaped = "\b\t\n\f\r\"\\";
  constexpr std::string_view k_letters = "btnfr\"\\";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (const std::size_t at = k_escaped.find(c); at != std::string_view::npos) {
      out += {'\\', k_letters[at]};
    } else if (byte < 0x20 || byte == 0x7F) {
      out += {'\\', 'u', '0', '0', k_digits[byte >> 4], k_digits[byte & 0xF]};
    } else {
      out += c;
    }
  }
  return out + '"';
}

using Key = std::vector<std::string_view>;

std::string join_key(const Key& key) {
  std::string joined;
  for (std::size_t i = 0; i < key.size(); ++i) joined += (i > 0 ? "." : "") + toml_key(key[i]);
  return joined;
}

/// Nil maps, slices and interfaces are left out.
bool is_absent(GoValue value) {
  return value.is_nil() || (value.is_map() && value.as_map() == nullptr) ||
         (value.is_list() && value.as_list() == nullptr);
}

/// A struct's exported fields or a map's entries.
std::span<const GoMap::Entry> entries_of(GoValue value, Arena& arena) {
  if (value.is_map()) return value.as_map()->entries();
  return value.as_object()->fields(arena);
}

class TomlWriter {
 public:
  explicit TomlWriter(Arena& arena) : m_arena(arena) {}

  Result<std::string> run(GoValue value) {
    TRY(write({}, value));
    return std::move(m_out);
  }

 private:
  enum class Layout : std::uint8_t { lines, inline_table };

  /// Guards recursion, for a map may hold itself.
  class Level {
   public:
    explicit Level(TomlWriter& writer) : m_writer(writer) { ++m_writer.m_depth; }
    ~Level() { --m_writer.m_depth; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    TomlWriter& m_writer;
  };
  Status check_budget() {
    Budget& budget = m_arena.budget();
    if (m_depth > budget.max_depth()) return fail(ErrorKind::limit, "toToml: the value is nested too deeply");
    if (!budget.step() || m_out.size() > budget.bytes_left()) return fail(budget.error("write TOML"));
    return {};
  }

  Result<TomlKind> kind_of(GoValue value);
  Result<TomlKind> kind_of_list(GoValue list);
  Status write(const Key& key, GoValue value);
  Status write_tables(const Key& key, GoValue list);
  Status write_table(const Key& key, GoValue table);
  Status write_entries(const Key& key, GoValue table, Layout layout);
  Status write_assignment(const Key& key, GoValue value, Layout layout);
  Status write_element(GoValue value);
  Status write_object_element(GoValue value);
  Status write_array(GoValue value);
  void write_float(double number, FloatSize size);
  void write_time(const GoTime& time);

  void end_line() {
    if (!m_out.empty()) m_out += '\n';
  }
  void indent(const Key& key) { m_out.append(2 * (key.size() - 1), ' '); }

  Arena& m_arena;
  std::string m_out;
  std::uint32_t m_depth = 0;
};

/// A time, or what has a text of its own.
bool is_text_object(GoValue value, Arena& arena) {
  std::string_view text;
  return value.type() == GoType::object && (is_time(value) || value.as_object()->json_text(arena, text));
}

Result<TomlKind> TomlWriter::kind_of(GoValue value) {
  const Level level(*this);
  TRY(check_budget());
  if (is_absent(value)) return TomlKind::nothing;
  if (value.is_map()) return TomlKind::table;
  if (value.is_list()) return kind_of_list(value);
  if (value.type() == GoType::bytes) return TomlKind::array;
  if (value.type() == GoType::object) return is_text_object(value, m_arena) ? TomlKind::scalar : TomlKind::table;
  if (value.type() == GoType::complex128 || value.type() == GoType::function) {
    return fail(ErrorKind::render, "unsupported type: " + std::string(value.kind_name()));
  }
  return TomlKind::scalar;
}

Result<TomlKind> TomlWriter::kind_of_list(GoValue list) {
  bool all_tables = !list.items().empty();
  for (const GoValue item : list.items()) {
    TRY_ASSIGN(const TomlKind kind, kind_of(item));
    if (kind == TomlKind::nothing) return fail(ErrorKind::render, "toml: cannot encode array with nil element");
    all_tables = all_tables && kind == TomlKind::table;
  }
  return all_tables ? TomlKind::tables : TomlKind::array;
}

Status TomlWriter::write(const Key& key, GoValue value) {
  const Level level(*this);
  TRY(check_budget());
  if (value.is_list() && value.as_list() != nullptr) {
    TRY_ASSIGN(const TomlKind kind, kind_of(value));
    if (kind == TomlKind::tables) return write_tables(key, value);
    return write_assignment(key, value, Layout::lines);
  }
  if (value.is_map() || (value.type() == GoType::object && !is_text_object(value, m_arena))) {
    return is_absent(value) ? Status() : write_table(key, value);
  }
  if (value.type() == GoType::complex128 || value.type() == GoType::function) {
    return fail(ErrorKind::render,
                "unsupported type for key '" + join_key(key) + "': " + std::string(value.kind_name()));
  }
  return write_assignment(key, value, Layout::lines);
}

Status TomlWriter::write_tables(const Key& key, GoValue list) {
  if (key.empty()) return fail(ErrorKind::render, "toml: top-level values must be Go maps or structs");
  for (const GoValue table : list.items()) {
    end_line();
    indent(key);
    m_out += "[[" + join_key(key) + "]]\n";
    TRY(write_entries(key, table, Layout::lines));
  }
  return {};
}

Status TomlWriter::write_table(const Key& key, GoValue table) {
  if (key.size() == 1) end_line();
  if (!key.empty()) {
    indent(key);
    m_out += '[' + join_key(key) + "]\n";
  }
  return write_entries(key, table, Layout::lines);
}

/// Those that are no tables come first: what follows a header belongs to it.
Status TomlWriter::write_entries(const Key& key, GoValue table, Layout layout) {
  const Level level(*this);
  TRY(check_budget());
  std::vector<GoMap::Entry> direct;
  std::vector<GoMap::Entry> tables;
  for (const GoMap::Entry& entry : entries_of(table, m_arena)) {
    if (!table.is_map() && !(entry.key.front() >= 'A' && entry.key.front() <= 'Z')) continue;  // not exported
    TRY_ASSIGN(const TomlKind kind, kind_of(entry.value));
    (kind == TomlKind::table || kind == TomlKind::tables ? tables : direct).push_back(entry);
  }
  const bool is_inline = layout == Layout::inline_table;
  if (is_inline) m_out += '{';
  for (const auto* group : {&direct, &tables}) {
    for (std::size_t i = 0; i < group->size(); ++i) {
      const auto& [name, value] = (*group)[i];
      if (is_absent(value)) continue;
      if (is_inline) {
        TRY(write_assignment({name}, value, layout));
        if (i + 1 < group->size() || (group == &direct && !tables.empty())) m_out += ", ";
      } else {
        Key longer = key;
        longer.push_back(name);
        TRY(write(longer, value));
      }
    }
  }
  if (is_inline) m_out += '}';
  return {};
}

Status TomlWriter::write_assignment(const Key& key, GoValue value, Layout layout) {
  if (key.empty()) return write_element(value);
  indent(key);
  m_out += toml_key(key.back()) + " = ";
  TRY(write_element(value));
  if (layout == Layout::lines) m_out += '\n';
  return {};
}

Status TomlWriter::write_element(GoValue value) {
  const Level level(*this);
  TRY(check_budget());
  switch (value.kind()) {
    case GoKind::boolean: m_out += value.as_bool() ? "true" : "false"; return {};
    case GoKind::integer:
      m_out += value.type() == GoType::duration ? quoted_string(duration_text(value.as_int()))
                                                : std::to_string(value.as_int());
      return {};
    case GoKind::unsigned_integer: m_out += std::to_string(value.as_uint()); return {};
    case GoKind::floating:
      write_float(value.as_double(), value.type() == GoType::float32 ? FloatSize::float32 : FloatSize::float64);
      return {};
    case GoKind::string: m_out += quoted_string(value.as_text()); return {};
    case GoKind::slice: return write_array(value);
    case GoKind::map: return write_entries({}, value, Layout::inline_table);
    case GoKind::structure:
    case GoKind::pointer: return write_object_element(value);
    case GoKind::invalid:
    case GoKind::interface:
    case GoKind::complex:
    case GoKind::function: break;
  }
  return fail(ErrorKind::render, "unexpected type: " + std::string(value.type_name()));
}

Status TomlWriter::write_object_element(GoValue value) {
  if (is_time(value)) {
    write_time(time_of(value));
    return {};
  }
  std::string_view text;
  if (value.as_object()->json_text(m_arena, text)) {
    m_out += quoted_string(text);
    return {};
  }
  return write_entries({}, value, Layout::inline_table);
}

Status TomlWriter::write_array(GoValue value) {
  m_out += '[';
  std::string_view separator;
  if (value.type() == GoType::bytes) {
    for (const char c : value.as_text()) {
      m_out += std::string(separator) + std::to_string(static_cast<unsigned char>(c));
      separator = ", ";
    }
  } else {
    for (const GoValue item : value.items()) {
      m_out += separator;
      TRY(write_element(item));
      separator = ", ";
    }
  }
  m_out += ']';
  return {};
}

void TomlWriter::write_float(double number, FloatSize size) {
  if (std::isnan(number) || std::isinf(number)) {
    if (std::signbit(number)) m_out += '-';
    m_out += std::isnan(number) ? "nan" : "inf";
    return;
  }
  const std::string digits = format_go_float(number, 'g', -1, size);
  m_out += digits;
  if (digits.find_first_of("e.") == std::string::npos) m_out += ".0";
}

void TomlWriter::write_time(const GoTime& time) {
  std::string_view layout = "2006-01-02T15:04:05.999999999Z07:00";
  if (time.location.kind == ParsedTime::Zone::fixed) {
    // Dates and times without a zone carry the names that the reader gave them.
    if (time.location.name == "datetime-local") layout = "2006-01-02T15:04:05.999999999";
    if (time.location.name == "date-local") layout = "2006-01-02";
    if (time.location.name == "time-local") layout = "15:04:05.999999999";
  }
  m_out += format_go_time(time.instant, time.location.offset(), layout);
}

}  // namespace

std::string toml_key(std::string_view key) {
  if (!key.empty() && std::all_of(key.begin(), key.end(), is_bare)) return std::string(key);
  return quoted_string(key);
}

Result<std::string> write_toml(GoValue value, Arena& arena) {
  if (value.is_nil()) return fail(ErrorKind::render, "reflect: call of reflect.Value.Type on zero Value");
  return TomlWriter(arena).run(value);
}

}  // namespace reconciled::helm
