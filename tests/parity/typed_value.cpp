#include "tests/parity/typed_value.h"

#include "base/base64.h"

#include <bit>
#include <charconv>

namespace reconciled::parity {
namespace {

using helm::GoType;
using helm::GoValue;

std::string bits_of(double number) {
  char text[24];
  const auto end = std::to_chars(text, text + sizeof text, std::bit_cast<std::uint64_t>(number), 16).ptr;
  return {text, end};
}

void append_tagged(std::string& out, std::string_view tag, std::string_view text) {
  (((out += "{\"") += tag) += "\":\"") += text;
  out += "\"}";
}

void append_items(std::string& out, GoValue list) {
  out += '[';
  bool first = true;
  for (const GoValue item : list.items()) {
    if (!first) out += ',';
    first = false;
    if (list.type() == GoType::list_string)
      append_base64_string(out, item.as_text());
    else if (list.type() == GoType::list_int)
      ((out += '"') += std::to_string(item.as_int())) += '"';
    else
      append_typed(out, item);
  }
  out += ']';
}

void append_entries(std::string& out, GoValue map) {
  out += '[';
  bool first = true;
  for (const auto& [key, item] : map.as_map()->entries()) {
    if (!first) out += ',';
    first = false;
    out += '[';
    append_base64_string(out, key);
    out += ',';
    if (map.type() == GoType::map_string)
      append_base64_string(out, item.as_text());
    else
      append_typed(out, item);
    out += ']';
  }
  out += ']';
}

}  // namespace

void append_base64_string(std::string& out, std::string_view text) {
  ((out += '"') += encode_base64(text)) += '"';
}

void append_typed(std::string& out, GoValue value) {
  switch (value.type()) {
    case GoType::invalid:
    case GoType::nil: out += "null"; return;
    case GoType::boolean: out += value.as_bool() ? "true" : "false"; return;
    case GoType::int64: return append_tagged(out, "l", std::to_string(value.as_int()));
    case GoType::duration: return append_tagged(out, "d", std::to_string(value.as_int()));
    case GoType::uint64: return append_tagged(out, "u", std::to_string(value.as_uint()));
    case GoType::float32: return append_tagged(out, "g", bits_of(value.as_double()));
    case GoType::float64: return append_tagged(out, "f", bits_of(value.as_double()));
    case GoType::string: return append_tagged(out, "s", encode_base64(value.as_text()));
    case GoType::bytes: return append_tagged(out, "b", encode_base64(value.as_text()));
    case GoType::list:
      if (value.as_list() == nullptr) return append_tagged(out, "na", "");
      return append_items(out, value);
    case GoType::list_string:
    case GoType::list_int:
      out += value.type() == GoType::list_string ? "{\"ss\":" : "{\"si\":";
      append_items(out, value);
      out += '}';
      return;
    case GoType::map:
    case GoType::map_string:
      if (value.as_map() == nullptr) return append_tagged(out, "nm", "");
      out += value.type() == GoType::map ? "{\"m\":" : "{\"ms\":";
      append_entries(out, value);
      out += '}';
      return;
    default: return append_tagged(out, "i", std::to_string(value.as_int()));
  }
}

namespace {

void dump(std::string& out, GoValue value) {
  switch (value.type()) {
    case GoType::invalid:
    case GoType::nil: out += "nil"; return;
    case GoType::boolean: out += value.as_bool() ? "true" : "false"; return;
    case GoType::float64: (out += "float64 ") += bits_of(value.as_double()); return;
    case GoType::uint64: (out += "uint64 ") += std::to_string(value.as_uint()); return;
    case GoType::string: ((out += std::to_string(value.as_text().size())) += ':') += value.as_text(); return;
    case GoType::list:
      if (value.as_list() == nullptr) {
        out += "nil list";
        return;
      }
      out += '[';
      for (const GoValue item : value.items()) {
        dump(out, item);
        out += ',';
      }
      out += ']';
      return;
    case GoType::map:
      if (value.as_map() == nullptr) {
        out += "nil map";
        return;
      }
      out += '{';
      for (const auto& [key, item] : value.as_map()->entries()) {
        (((out += std::to_string(key.size())) += ':') += key) += '=';
        dump(out, item);
        out += ',';
      }
      out += '}';
      return;
    default: ((out += value.type_name()) += ' ') += std::to_string(value.as_int()); return;
  }
}

}  // namespace

std::string dumped(GoValue value) {
  std::string out;
  dump(out, value);
  return out;
}

}  // namespace reconciled::parity
