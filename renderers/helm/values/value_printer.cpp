#include "renderers/helm/values/value_printer.h"

#include "renderers/helm/values/duration_text.h"

#include <algorithm>

namespace reconciled::helm {
namespace {

constexpr std::uint32_t k_deepest = 1000;

bool is_unsigned(GoType type) {
  return type >= GoType::uint && type <= GoType::uint64;
}

std::uint64_t address_of(GoValue value) {
  const void* at = nullptr;
  if (value.is_map()) at = value.as_map();
  if (value.is_list()) at = value.items().data();
  if (value.type() == GoType::bytes) at = value.as_text().data();
  if (value.type() == GoType::object) at = value.as_object();
  if (value.type() == GoType::function) at = value.as_function();
  return reinterpret_cast<std::uintptr_t>(at);
}

bool takes_string(char32_t verb) {
  return verb == 'v' || verb == 's' || verb == 'x' || verb == 'X' || verb == 'q';
}

}  // namespace

bool text_of(GoValue value, Arena& arena, GoObject::Receiver receiver, std::string_view& text) {
  if (value.type() == GoType::duration) {
    text = arena.copy(duration_text(value.as_int()));
  } else if (value.type() == GoType::month) {
    text = arena.copy(month_text(value.as_int()));
  } else if (value.type() == GoType::weekday) {
    text = arena.copy(weekday_text(value.as_int()));
  } else {
    return value.type() == GoType::object && value.as_object()->text(arena, receiver, text);
  }
  return true;
}

ValuePrinter::ValuePrinter(std::string& out, Arena& arena)
    : m_out(out), m_arena(arena), m_text(out), m_largest(out.size() + arena.budget().bytes_left()) {}

bool ValuePrinter::good() {
  return !m_is_too_deep && m_out.size() <= m_largest;
}

Error ValuePrinter::error() const {
  if (m_is_too_deep) return Error(ErrorKind::limit, "a value is nested too deeply to be printed");
  return Error(ErrorKind::limit, "the text of a value is larger than the memory that a render may use");
}

void ValuePrinter::print(GoValue value, char32_t verb) {
  if (!good()) return;
  if (value.is_nil()) {
    if (verb == 'T' || verb == 'v') return m_text.pad("<nil>");
    return bad_verb(value, verb);
  }
  if (verb == 'T') return m_text.string(value.type_name());
  if (verb == 'p') return print_pointer(value, verb);
  if (value.type() == GoType::bytes) return print_bytes(value, verb, "[]byte");
  if (!print_by_method(value, verb)) print_content(value, verb, 0);
}

void ValuePrinter::print_addressed(GoValue value) {
  std::string_view text;
  if (text_of(value, m_arena, GoObject::Receiver::pointer, text)) return m_text.string(text);
  if (value.type() == GoType::object) return print_struct(value, 'v', 0);
  print(value, 'v');
}

bool ValuePrinter::print_by_method(GoValue value, char32_t verb) {
  if (m_is_error) return false;
  const bool has_methods = value.type() == GoType::object || value.type() == GoType::duration ||
                           value.type() == GoType::month || value.type() == GoType::weekday;
  if (verb == 'w') {
    bad_verb(value, verb);
    return true;
  }
  if (!has_methods) return false;
  std::string_view text;
  if (m_text.flags.sharp_v || !takes_string(verb)) return false;
  const bool is_pointer = value.type() == GoType::object && value.as_object()->is_pointer();
  if (!text_of(value, m_arena, is_pointer ? GoObject::Receiver::pointer : GoObject::Receiver::value, text))
    return false;
  print_string(text, value, verb);
  return true;
}

void ValuePrinter::bad_verb(GoValue value, char32_t verb) {
  m_is_error = true;
  m_out += "%!";
  append_rune(m_out, static_cast<std::uint32_t>(verb));
  m_out += '(';
  if (value.is_nil()) {
    m_out += "<nil>";
  } else {
    m_out += value.type_name();
    m_out += '=';
    if (value.type() == GoType::bytes) {
      print_bytes(value, 'v', "[]byte");
    } else {
      print_content(value, 'v', 0);
    }
  }
  m_out += ')';
  m_is_error = false;
}

void ValuePrinter::print_nested(GoValue value, char32_t verb, std::uint32_t depth) {
  if (depth > k_deepest) m_is_too_deep = true;
  if (!good()) return;
  if (value.is_nil()) {
    m_out += m_text.flags.sharp_v ? "interface {}(nil)" : "<nil>";
    return;
  }
  if (!print_by_method(value, verb)) print_content(value, verb, depth);
}

void ValuePrinter::print_content(GoValue value, char32_t verb, std::uint32_t depth) {
  switch (value.kind()) {
    case GoKind::invalid:
    case GoKind::interface: m_out += "<nil>"; return;
    case GoKind::boolean: return print_bool(value, verb);
    case GoKind::integer:
    case GoKind::unsigned_integer: return print_integer(value, verb);
    case GoKind::floating:
      return print_float(value.as_double(), value.type() == GoType::float32 ? FloatSize::float32 : FloatSize::float64,
                         value, verb);
    case GoKind::complex: return print_complex(value, verb);
    case GoKind::string: return print_string(value.as_text(), value, verb);
    case GoKind::slice:
      return value.type() == GoType::bytes ? print_bytes(value, verb, value.type_name())
                                           : print_list(value, verb, depth);
    case GoKind::map: return print_map(value, verb, depth);
    case GoKind::structure: return print_struct(value, verb, depth);
    case GoKind::pointer:
      if (depth > 0) return print_pointer(value, verb);
      m_out += '&';
      return print_struct(value, verb, depth + 1);
    case GoKind::function: return print_pointer(value, verb);
  }
}

void ValuePrinter::print_bool(GoValue value, char32_t verb) {
  if (verb != 't' && verb != 'v') return bad_verb(value, verb);
  m_text.boolean(value.as_bool());
}

void ValuePrinter::print_address(std::uint64_t number, bool with_prefix) {
  const bool sharp = m_text.flags.sharp;
  m_text.flags.sharp = with_prefix;
  m_text.integer({number, false}, 16, 'v');
  m_text.flags.sharp = sharp;
}

void ValuePrinter::print_integer(GoValue value, char32_t verb) {
  const TextFormatter::Integer number{
      is_unsigned(value.type()) ? value.as_uint() : static_cast<std::uint64_t>(value.as_int()),
      !is_unsigned(value.type())};
  switch (verb) {
    case 'v':
      if (m_text.flags.sharp_v && !number.is_signed) return print_address(number.number, true);
      return m_text.integer(number, 10, verb);
    case 'd': return m_text.integer(number, 10, verb);
    case 'b': return m_text.integer(number, 2, verb);
    case 'o':
    case 'O': return m_text.integer(number, 8, verb);
    case 'x': return m_text.integer(number, 16, verb);
    case 'X': return m_text.integer(number, 16, verb, HexCase::upper);
    case 'c': return m_text.character(number.number);
    case 'q': return m_text.quoted_character(number.number);
    case 'U': return m_text.unicode(number.number);
    default: return bad_verb(value, verb);
  }
}

void ValuePrinter::print_float(double number, FloatSize size, GoValue whole, char32_t verb) {
  switch (verb) {
    case 'v': return m_text.floating(number, size, 'g', -1);
    case 'b':
    case 'g':
    case 'G':
    case 'x':
    case 'X': return m_text.floating(number, size, static_cast<char>(verb), -1);
    case 'f':
    case 'e':
    case 'E': return m_text.floating(number, size, static_cast<char>(verb), 6);
    case 'F': return m_text.floating(number, size, 'f', 6);
    default: return bad_verb(whole, verb);
  }
}

void ValuePrinter::print_complex(GoValue value, char32_t verb) {
  constexpr std::u32string_view k_fitting = U"vbgGxXfFeE";
  if (k_fitting.find(verb) == std::u32string_view::npos) return bad_verb(value, verb);
  const bool plus = m_text.flags.plus;
  m_out += '(';
  print_float(value.as_complex().real, FloatSize::float64, value, verb);
  m_text.flags.plus = true;
  print_float(value.as_complex().imaginary, FloatSize::float64, value, verb);
  m_out += "i)";
  m_text.flags.plus = plus;
}

void ValuePrinter::print_string(std::string_view text, GoValue whole, char32_t verb) {
  switch (verb) {
    case 'v': return m_text.flags.sharp_v ? m_text.quoted_string(text) : m_text.string(text);
    case 's': return m_text.string(text);
    case 'x': return m_text.hex(text, HexCase::lower);
    case 'X': return m_text.hex(text, HexCase::upper);
    case 'q': return m_text.quoted_string(text);
    default: return bad_verb(whole, verb);
  }
}

void ValuePrinter::separate(bool is_first) {
  if (!is_first) m_out += m_text.flags.sharp_v ? ", " : " ";
}

void ValuePrinter::print_bytes_as_list(GoValue value, char32_t verb, std::string_view type_name) {
  const bool go_syntax = m_text.flags.sharp_v;
  if (go_syntax) m_out += type_name;
  m_out += go_syntax ? '{' : '[';
  bool is_first = true;
  for (const char c : value.as_text()) {
    separate(is_first);
    is_first = false;
    print_integer(GoValue::unsigned_integer(static_cast<unsigned char>(c), GoType::uint8), verb);
    if (!good()) return;
  }
  m_out += go_syntax ? '}' : ']';
}

void ValuePrinter::print_bytes(GoValue value, char32_t verb, std::string_view type_name) {
  if (verb == 's') return m_text.string(value.as_text());
  if (verb == 'x' || verb == 'X') return m_text.hex(value.as_text(), verb == 'x' ? HexCase::lower : HexCase::upper);
  if (verb == 'q') return m_text.quoted_string(value.as_text());
  print_bytes_as_list(value, verb, verb == 'v' || verb == 'd' ? type_name : value.type_name());
}

void ValuePrinter::print_list(GoValue value, char32_t verb, std::uint32_t depth) {
  const bool go_syntax = m_text.flags.sharp_v;
  if (go_syntax) m_out += value.type_name();
  if (go_syntax && value.as_list() == nullptr) {
    m_out += "(nil)";
    return;
  }
  m_out += go_syntax ? '{' : '[';
  bool is_first = true;
  for (const GoValue item : value.items()) {
    separate(is_first);
    is_first = false;
    print_nested(item, verb, depth + 1);
    if (!good()) return;
  }
  m_out += go_syntax ? '}' : ']';
}

void ValuePrinter::print_map(GoValue value, char32_t verb, std::uint32_t depth) {
  const bool go_syntax = m_text.flags.sharp_v;
  if (go_syntax) {
    m_out += value.type_name();
    if (value.as_map() == nullptr) {
      m_out += "(nil)";
      return;
    }
  }
  m_out += go_syntax ? "{" : "map[";
  bool is_first = true;
  if (value.as_map() != nullptr) {
    for (const GoMap::Entry& entry : value.as_map()->entries()) {
      separate(is_first);
      is_first = false;
      print_string(entry.key, GoValue::string(entry.key), verb);
      m_out += ':';
      print_nested(entry.value, verb, depth + 1);
      if (!good()) return;
    }
  }
  m_out += go_syntax ? '}' : ']';
}

void ValuePrinter::print_struct(GoValue value, char32_t verb, std::uint32_t depth) {
  if (m_text.flags.sharp_v) {
    std::string_view name = value.type_name();
    if (name.starts_with('*')) name.remove_prefix(1);
    m_out += name;
  }
  m_out += '{';
  bool is_first = true;
  for (const GoMap::Entry& entry : value.as_object()->fields(m_arena)) {
    separate(is_first);
    is_first = false;
    if (m_text.flags.plus_v || m_text.flags.sharp_v) {
      m_out += entry.key;
      m_out += ':';
    }
    print_nested(entry.value, verb, depth + 1);
    if (!good()) return;
  }
  m_out += '}';
}

void ValuePrinter::print_pointer(GoValue value, char32_t verb) {
  const std::uint64_t address = address_of(value);
  const bool is_reference = value.is_map() || value.is_list() || value.kind() == GoKind::slice ||
                            value.kind() == GoKind::pointer || value.kind() == GoKind::function;
  if (!is_reference) return bad_verb(value, verb);
  if (verb == 'v' && m_text.flags.sharp_v) {
    m_out += '(';
    m_out += value.type_name();
    m_out += ")(";
    if (address == 0) {
      m_out += "nil";
    } else {
      print_address(address, true);
    }
    m_out += ')';
  } else if (verb == 'v' && address == 0) {
    m_text.pad("<nil>");
  } else if (verb == 'v' || verb == 'p') {
    print_address(address, !m_text.flags.sharp);
  } else if (verb == 'b' || verb == 'o' || verb == 'd' || verb == 'x' || verb == 'X') {
    print_integer(GoValue::unsigned_integer(address, GoType::uint64), verb);
  } else {
    bad_verb(value, verb);
  }
}

}  // namespace reconciled::helm
