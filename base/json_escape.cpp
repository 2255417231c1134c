#include "base/json_escape.h"

#include <string_view>

namespace reconciled {

void append_json_escape(std::string& out, unsigned char c) {
  constexpr std::string_view k_hex = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default:
      out += "\\u00";
      out += k_hex[c >> 4];
      out += k_hex[c & 15];
  }
}

}  // namespace reconciled
