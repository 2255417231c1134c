#include "base/base64.h"
#include "base/go_yaml_writer.h"
#include "base/number.h"
#include "base/utf8.h"
#include "renderers/helm/values/duration_text.h"
#include "renderers/helm/values/yaml.h"
#include "renderers/helm/values/yaml_read.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace reconciled::helm {
namespace {

constexpr std::uint32_t k_deepest = 10'000;
/// YAML reads no key of more than 1,024 characters, and an escape takes six.
constexpr std::size_t k_longest_key = 160;
constexpr double k_end_of_int64 = 9223372036854775808.0;
constexpr double k_end_of_uint64 = 18446744073709551616.0;

/// Whether the text comes out of the way through JSON as it went in. DEL, C1 controls, NEL, U+FFFE, U+FFFF and bytes
/// that are no UTF-8 do not.
bool survives_json(std::string_view text) {
  bool suspicious = false;
  bool wide = false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    suspicious = suspicious || byte == 0x7F || byte == 0xC2 || byte == 0xEF;
    wide = wide || byte >= 0x80;
  }
  if (!wide && !suspicious) return true;
  if (!is_utf8(text)) return false;
  if (!suspicious) return true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = [&](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U; };
    if (byte(i) == 0x7F || (byte(i) == 0xC2 && byte(i + 1) < 0xA0)) return false;
    if (byte(i) == 0xEF && byte(i + 1) == 0xBF && byte(i + 2) >= 0xBE) return false;
  }
  return true;
}

/// What both writers share: the walk, with its limits.
class TreeWriter {
 public:
  TreeWriter(std::string& out, GoYaml flavour, Arena& arena)
      : m_writer(out, flavour), m_out(out), m_arena(arena), m_flavour(flavour) {}

  [[nodiscard]] const Error& error() const { return m_error; }

 protected:
  using Entry = GoMap::Entry;

  bool refuse(std::string why) {
    m_error = Error(ErrorKind::render, std::move(why));
    return false;
  }
  bool enter(GoValue value, std::uint32_t depth) {
    if (depth > k_deepest)
      return refuse("json: unsupported value: encountered a cycle via " + std::string(value.type_name()));
    if (m_arena.reserve(m_out.size())) return true;
    m_error = Error(ErrorKind::limit, "the YAML text is larger than what is left of the budget");
    return false;
  }

  template <class Write>
  bool write_list(GoValue value, std::uint32_t depth, Write write) {
    if (!enter(value, depth)) return false;
    const auto items = value.items();
    m_writer.begin_list(items.size());
    for (const GoValue& item : items) {
      if (!write(item)) return false;
    }
    m_writer.end_list();
    return true;
  }

  /// Keys in go-yaml's order: most maps have it already, as it differs little from that of bytes.
  template <class Write>
  bool write_map(GoValue value, std::span<const Entry> entries, std::uint32_t depth, Write write) {
    if (!enter(value, depth)) return false;
    const auto before = [this](const Entry& a, const Entry& b) { return natural_less(a.key, b.key, m_flavour); };
    std::vector<Entry> sorted;
    if (!std::is_sorted(entries.begin(), entries.end(), before)) {
      sorted.assign(entries.begin(), entries.end());
      std::stable_sort(sorted.begin(), sorted.end(), before);
      entries = sorted;
    }
    m_writer.begin_map(entries.size());
    for (const Entry& entry : entries) {
      if (!write(entry)) return false;
    }
    m_writer.end_map();
    return true;
  }

  GoYamlWriter m_writer;
  std::string& m_out;
  Arena& m_arena;
  GoYaml m_flavour;
  Error m_error;
};

/// Writes what would come out of JSON and of go-yaml v2's reading of it, without making that text. Where a string would
/// not come through unchanged it gives up: `must_go_through_json`.
class JsonShapedWriter : public TreeWriter {
 public:
  enum class Strings : bool { check, trust };
  JsonShapedWriter(std::string& out, Strings strings, Arena& arena)
      : TreeWriter(out, GoYaml::v2, arena), m_strings(strings) {}

  [[nodiscard]] bool must_go_through_json() const { return m_changed; }

  bool write(GoValue value, std::uint32_t depth) {
    switch (value.type()) {
      case GoType::invalid:
      case GoType::nil: m_writer.null(); return true;
      case GoType::boolean: m_writer.boolean(value.as_bool()); return true;
      case GoType::int_:
      case GoType::int8:
      case GoType::int16:
      case GoType::int32:
      case GoType::int64:
      case GoType::duration:
      case GoType::month:
      case GoType::weekday: m_writer.integer(value.as_int()); return true;
      case GoType::uint:
      case GoType::uint8:
      case GoType::uint16:
      case GoType::uint32:
      case GoType::uint64: m_writer.unsigned_integer(value.as_uint()); return true;
      case GoType::float32:
      case GoType::float64: return write_float(value);
      case GoType::string: return write_string(value.as_text());
      case GoType::bytes: return write_bytes(value.as_text());
      case GoType::list:
      case GoType::list_string:
      case GoType::list_int:
      case GoType::list_map:
      case GoType::list_list:
      case GoType::version_set:
        if (value.as_list() == nullptr) return write(GoValue::nil(), depth);
        return write_list(value, depth, [&](GoValue item) { return write(item, depth + 1); });
      case GoType::map:
      case GoType::map_string:
      case GoType::values:
      case GoType::files:
        if (value.as_map() == nullptr) return write(GoValue::nil(), depth);
        return write_entries(value, value.as_map()->entries(), depth);
      case GoType::object: return write_object(value, depth);
      case GoType::complex128:
      case GoType::function: return refuse("json: unsupported type: " + std::string(value.type_name()));
    }
    return true;
  }

 private:
  bool write_float(GoValue value) {
    double number = value.as_double();
    const FloatSize size = value.type() == GoType::float32 ? FloatSize::float32 : FloatSize::float64;
    if (!std::isfinite(number)) return refuse("json: unsupported value: " + format_go_float(number, 'g', -1, size));
    if (size == FloatSize::float32) number = parse_double(format_go_float(number, 'e', -1, size)).value_or(number);
    const bool whole = std::trunc(number) == number;
    // the digits of -2^63 in JSON are those of a smaller number, which is no int64
    if (whole && number > -k_end_of_int64 && number < k_end_of_int64) {
      m_writer.plain(number == 0 ? "0" : format_go_float(number, 'f', -1));
    } else if (whole && number > 0 && number < k_end_of_uint64) {
      m_writer.plain(format_go_float(number, 'f', -1));
    } else {
      m_writer.number(number);
    }
    return true;
  }

  bool write_string(std::string_view text) {
    if (m_strings == Strings::check && !survives_json(text)) return give_up();
    m_writer.string(text);
    return true;
  }

  bool write_bytes(std::string_view bytes) {
    if (bytes.data() == nullptr) return write(GoValue::nil(), 0);
    m_writer.string(encode_base64(bytes));
    return true;
  }

  bool write_entries(GoValue value, std::span<const Entry> entries, std::uint32_t depth) {
    return write_map(value, entries, depth, [&](const Entry& entry) {
      if (m_strings == Strings::check && (entry.key.size() > k_longest_key || !survives_json(entry.key)))
        return give_up();
      m_writer.key(entry.key);
      return write(entry.value, depth + 1);
    });
  }

  bool write_object(GoValue value, std::uint32_t depth) {
    std::string_view text;
    if (value.as_object()->json_text(m_arena, text)) return write_string(text);
    return write_entries(value, value.as_object()->json_fields(m_arena), depth);
  }

  bool give_up() {
    m_changed = true;
    return false;
  }

  Strings m_strings;
  bool m_changed = false;
};

/// go-yaml v3 over the values themselves.
class PrettyWriter : public TreeWriter {
 public:
  PrettyWriter(std::string& out, Arena& arena) : TreeWriter(out, GoYaml::v3, arena) {}

  bool write(GoValue value, std::uint32_t depth) {
    switch (value.type()) {
      case GoType::invalid:
      case GoType::nil: m_writer.null(); return true;
      case GoType::boolean: m_writer.boolean(value.as_bool()); return true;
      case GoType::int_:
      case GoType::int8:
      case GoType::int16:
      case GoType::int32:
      case GoType::int64:
      case GoType::month:
      case GoType::weekday: m_writer.integer(value.as_int()); return true;
      case GoType::duration: m_writer.string(duration_text(value.as_int())); return true;
      case GoType::uint:
      case GoType::uint8:
      case GoType::uint16:
      case GoType::uint32:
      case GoType::uint64: m_writer.unsigned_integer(value.as_uint()); return true;
      case GoType::float32: m_writer.number(value.as_double(), FloatSize::float32); return true;
      case GoType::float64: m_writer.number(value.as_double()); return true;
      case GoType::string: m_writer.string(value.as_text()); return true;
      case GoType::bytes: write_bytes(value.as_text()); return true;
      case GoType::list:
      case GoType::list_string:
      case GoType::list_int:
      case GoType::list_map:
      case GoType::list_list:
      case GoType::version_set: return write_list(value, depth, [&](GoValue item) { return write(item, depth + 1); });
      case GoType::map:
      case GoType::map_string:
      case GoType::values:
      case GoType::files: {
        const GoMap* map = value.as_map();
        return write_map(value, map == nullptr ? std::span<const Entry>() : map->entries(), depth,
                         [&](const Entry& entry) { return write_entry(entry.key, entry.value, depth); });
      }
      case GoType::object: return write_object(value, depth);
      case GoType::complex128:
      case GoType::function: return refuse("cannot marshal type: " + std::string(value.type_name()));
    }
    return true;
  }

 private:
  void write_bytes(std::string_view bytes) {
    m_writer.begin_list(bytes.size());
    for (const char c : bytes) m_writer.unsigned_integer(static_cast<unsigned char>(c));
    m_writer.end_list();
  }

  bool write_entry(std::string_view key, GoValue value, std::uint32_t depth) {
    m_writer.key(key);
    return write(value, depth + 1);
  }

  /// A struct has its fields in their order, their names in small letters.
  bool write_object(GoValue value, std::uint32_t depth) {
    const GoObject& object = *value.as_object();
    std::string_view text;
    if (object.json_text(m_arena, text)) {
      if (value.type_name() == "time.Time")
        m_writer.plain(text);
      else
        m_writer.string(text);
      return true;
    }
    if (!enter(value, depth)) return false;
    const auto fields = object.GoObject::json_fields(m_arena);
    m_writer.begin_map(fields.size());
    for (const Entry& field : fields) {
      std::string name(field.key);
      std::ranges::transform(name, name.begin(),
                             [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
      if (!write_entry(name, field.value, depth)) return false;
    }
    m_writer.end_map();
    return true;
  }
};

std::string_view trimmed_copy(std::string_view text, Arena& arena) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  return arena.copy(text);
}

Error while_marshaling(Error error) {
  if (error.kind == ErrorKind::render) error.message = "error marshaling into JSON: " + error.message;
  return error;
}

/// The long way, for texts that JSON and YAML 1.1 do not understand alike.
Result<std::string_view> to_yaml_through_json(GoValue value, Arena& arena) {
  const auto json = to_json(value, arena);
  if (!json) return fail(while_marshaling(json.error()));
  TRY_ASSIGN(const GoValue read, read_yaml_document(*json, YamlNumbers::typed, arena));
  std::string out;
  JsonShapedWriter writer(out, JsonShapedWriter::Strings::trust, arena);
  if (!writer.write(read, 0)) return fail(writer.error());
  return trimmed_copy(out, arena);
}

}  // namespace

Result<std::string_view> to_yaml(GoValue value, Arena& arena) {
  std::string out;
  JsonShapedWriter writer(out, JsonShapedWriter::Strings::check, arena);
  if (writer.write(value, 0)) return trimmed_copy(out, arena);
  if (writer.must_go_through_json()) return to_yaml_through_json(value, arena);
  return fail(while_marshaling(writer.error()));
}

Result<std::string_view> to_yaml_pretty(GoValue value, Arena& arena) {
  std::string out;
  PrettyWriter writer(out, arena);
  if (!writer.write(value, 0)) return fail(writer.error());
  return trimmed_copy(out, arena);
}

}  // namespace reconciled::helm
