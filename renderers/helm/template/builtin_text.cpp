// print, printf, println, html, js and urlquery.
#include "base/unicode.h"
#include "renderers/helm/template/builtins.h"
#include "renderers/helm/values/format.h"
#include "renderers/helm/values/quote.h"

#include <string>

namespace reconciled::helm {
namespace {

constexpr std::string_view k_upper_hex = "0123456789ABCDEF";

GoValue as_value(FunctionCall& call, std::string_view text) {
  return GoValue::string(call.arena().copy(text));
}

/// The operands as a template prints them, one behind the other.
Result<std::string> printed(FunctionCall& call) {
  std::string text;
  bool after_string = true;
  for (const GoValue value : call.arguments) {
    const bool is_text = value.is_string() || value.is_nil();  // a nil prints as the string <no value>
    if (!is_text && !after_string) text += ' ';
    after_string = is_text;
    TRY(append_printed(text, value, call.arena()));
  }
  return text;
}

std::string_view html_escape(char c) {
  switch (c) {
    case '\0': return "\uFFFD";
    case '"': return "&#34;";
    case '\'': return "&#39;";
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    default: return {};
  }
}

std::string_view js_escape(std::uint32_t rune) {
  switch (rune) {
    case '\\': return "\\\\";
    case '\'': return "\\'";
    case '"': return "\\\"";
    case '<': return "\\u003C";
    case '>': return "\\u003E";
    case '&': return "\\u0026";
    case '=': return "\\u003D";
    default: return {};
  }
}

void append_js(std::string& out, std::string_view source) {
  const Rune rune = first_rune(source);
  const std::string_view escape = js_escape(rune.value);
  if (!escape.empty()) {
    out += escape;
  } else if (rune.value >= ' ' && (rune.value < 0x80 || is_printable(rune.value))) {
    out += source.substr(0, rune.length);
  } else {
    // At least four digits.
    std::string digits;
    for (std::uint32_t left = rune.value; left > 0 || digits.size() < 4; left >>= 4U)
      digits.insert(digits.begin(), k_upper_hex[left & 0xFU]);
    out += "\\u" + digits;
  }
}

bool is_plain_in_query(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.' || c == '~';
}

}  // namespace

Result<GoValue> call_print(FunctionCall& call) {
  std::string text;
  TRY(append_print(text, call.arguments, call.arena()));
  return as_value(call, text);
}

Result<GoValue> call_println(FunctionCall& call) {
  std::string text;
  TRY(append_println(text, call.arguments, call.arena()));
  return as_value(call, text);
}

Result<GoValue> call_printf(FunctionCall& call) {
  std::string text;
  TRY(append_printf(text, call.arguments[0].as_text(), call.arguments.subspan(1), call.arena()));
  return as_value(call, text);
}

Result<GoValue> call_html(FunctionCall& call) {
  TRY_ASSIGN(const std::string source, printed(call));
  std::string text;
  for (const char c : source) {
    const std::string_view escape = html_escape(c);
    if (escape.empty()) {
      text += c;
    } else {
      text += escape;
    }
  }
  return as_value(call, text);
}

Result<GoValue> call_js(FunctionCall& call) {
  TRY_ASSIGN(const std::string source, printed(call));
  std::string text;
  for (std::string_view left = source; !left.empty(); left.remove_prefix(first_rune(left).length))
    append_js(text, left);
  return GoValue::string(call.arena().copy(text));
}

Result<GoValue> call_urlquery(FunctionCall& call) {
  TRY_ASSIGN(const std::string source, printed(call));
  std::string text;
  for (const char c : source) {
    if (is_plain_in_query(c)) {
      text += c;
    } else if (c == ' ') {
      text += '+';
    } else {
      const auto byte = static_cast<unsigned char>(c);
      text += '%';
      text += k_upper_hex[byte >> 4U];
      text += k_upper_hex[byte & 0xFU];
    }
  }
  return GoValue::string(call.arena().copy(text));
}

}  // namespace reconciled::helm
