#include "base/base64.h"
#include "base/go_float.h"
#include "base/utf8.h"
#include "renderers/helm/values/json.h"
#include "renderers/helm/values/json_string.h"

#include <cmath>
#include <string>

namespace reconciled::helm {
namespace {

constexpr std::uint32_t k_deepest = 10'000;

/// Writes a value behind what the text has already. Each function returns false after it has set the error.
class Encoder {
 public:
  Encoder(std::string& out, JsonForm form, Arena& arena)
      : m_out(out),
        m_html(form == JsonForm::raw ? JsonHtml::keep : JsonHtml::escape),
        m_indents(form == JsonForm::pretty),
        m_arena(arena) {}

  bool write(GoValue value, std::uint32_t depth) {
    switch (value.type()) {
      case GoType::invalid:
      case GoType::nil: m_out += "null"; return true;
      case GoType::boolean: m_out += value.as_bool() ? "true" : "false"; return true;
      case GoType::int_:
      case GoType::int8:
      case GoType::int16:
      case GoType::int32:
      case GoType::int64:
      case GoType::duration:
      case GoType::month:
      case GoType::weekday: m_out += std::to_string(value.as_int()); return true;
      case GoType::uint:
      case GoType::uint8:
      case GoType::uint16:
      case GoType::uint32:
      case GoType::uint64: m_out += std::to_string(value.as_uint()); return true;
      case GoType::float32: return write_float(value.as_double(), FloatSize::float32);
      case GoType::float64: return write_float(value.as_double(), FloatSize::float64);
      case GoType::string: append_go_json_string(m_out, value.as_text(), m_html); return true;
      case GoType::bytes: write_bytes(value.as_text()); return true;
      case GoType::list:
      case GoType::list_string:
      case GoType::list_int:
      case GoType::list_map:
      case GoType::list_list:
      case GoType::version_set: return write_list(value, depth);
      case GoType::map:
      case GoType::map_string:
      case GoType::values:
      case GoType::files: return write_map(value, depth);
      case GoType::object: return write_object(*value.as_object(), depth);
      case GoType::complex128:
      case GoType::function: return refuse("unsupported type: " + std::string(value.type_name()));
    }
    return true;
  }

  [[nodiscard]] Error error() const { return m_error; }

 private:
  bool refuse(std::string why) {
    m_error = Error(ErrorKind::render, "json: " + std::move(why));
    return false;
  }

  bool write_float(double number, FloatSize size) {
    if (!std::isfinite(number)) return refuse("unsupported value: " + format_go_float(number, 'g', -1, size));
    append_go_json_float(m_out, number, size);
    return true;
  }

  void write_bytes(std::string_view bytes) {
    if (bytes.data() == nullptr) {
      m_out += "null";
    } else {
      (m_out += '"') += encode_base64(bytes);
      m_out += '"';
    }
  }

  bool enter(std::string_view type, std::uint32_t depth) {
    if (depth > k_deepest) return refuse("unsupported value: encountered a cycle via " + std::string(type));
    if (m_arena.reserve(m_out.size())) return true;
    m_error = Error(ErrorKind::limit, "the JSON text is larger than what is left of the budget");
    return false;
  }

  void new_line(std::uint32_t depth) {
    if (m_indents) m_out.append(1, '\n').append(std::size_t{depth} * 2, ' ');
  }

  bool write_list(GoValue value, std::uint32_t depth) {
    if (value.as_list() == nullptr) {
      m_out += "null";
      return true;
    }
    if (!enter(value.type_name(), depth)) return false;
    m_out += '[';
    bool first = true;
    for (const GoValue& item : value.items()) {
      if (!first) m_out += ',';
      first = false;
      new_line(depth + 1);
      if (!write(item, depth + 1)) return false;
    }
    if (!first) new_line(depth);
    m_out += ']';
    return true;
  }

  bool write_entry(std::string_view key, GoValue value, std::uint32_t depth, bool first) {
    if (!first) m_out += ',';
    new_line(depth + 1);
    append_go_json_string(m_out, key, m_html);
    m_out += m_indents ? ": " : ":";
    return write(value, depth + 1);
  }

  bool write_map(GoValue value, std::uint32_t depth) {
    if (value.as_map() == nullptr) {
      m_out += "null";
      return true;
    }
    if (!enter(value.type_name(), depth)) return false;
    m_out += '{';
    bool first = true;
    for (const auto& [key, item] : value.as_map()->entries()) {
      if (!write_entry(key, item, depth, first)) return false;
      first = false;
    }
    if (!first) new_line(depth);
    m_out += '}';
    return true;
  }

  bool write_object(const GoObject& object, std::uint32_t depth) {
    if (!enter(object.type_name(), depth)) return false;
    std::string_view text;
    if (object.json_text(m_arena, text)) {
      append_go_json_string(m_out, text, m_html);
      return true;
    }
    m_out += '{';
    bool first = true;
    for (const auto& [key, item] : object.json_fields(m_arena)) {
      if (!write_entry(key, item, depth, first)) return false;
      first = false;
    }
    if (!first) new_line(depth);
    m_out += '}';
    return true;
  }

  std::string& m_out;
  JsonHtml m_html;
  bool m_indents;
  Arena& m_arena;
  Error m_error;
};

}  // namespace

Result<std::string_view> to_json(GoValue value, Arena& arena, JsonForm form) {
  std::string out;
  Encoder encoder(out, form, arena);
  if (!encoder.write(value, 0)) return fail(encoder.error());
  return arena.copy(out);
}

}  // namespace reconciled::helm
