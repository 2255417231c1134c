#include "daemon/http/message.h"

#include <algorithm>
#include <array>

namespace reconciled {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char small = lower(c);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

struct Reason {
  int status;
  std::string_view text;
};
constexpr std::array k_reasons{Reason{200, "OK"},
                               Reason{202, "Accepted"},
                               Reason{400, "Bad Request"},
                               Reason{401, "Unauthorized"},
                               Reason{404, "Not Found"},
                               Reason{405, "Method Not Allowed"},
                               Reason{408, "Request Timeout"},
                               Reason{413, "Content Too Large"},
                               Reason{429, "Too Many Requests"},
                               Reason{431, "Request Header Fields Too Large"},
                               Reason{500, "Internal Server Error"},
                               Reason{503, "Service Unavailable"}};

}  // namespace

HeaderValue find_header(std::span<const WebHeader> headers, std::string_view name) {
  HeaderValue found;
  for (const WebHeader& header : headers) {
    if (!std::ranges::equal(header.name, name, {}, lower, lower)) continue;
    if (found.once()) return {HeaderValue::Found::repeated, {}};
    found = {HeaderValue::Found::once, header.value};
  }
  return found;
}

std::optional<std::string> decode_percent(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out += text[at] == '+' && plus == Plus::space ? ' ' : text[at];
      continue;
    }
    if (text.size() - at < 3) return std::nullopt;
    const int high = hex_digit(text[at + 1]);
    const int low = hex_digit(text[at + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return out;
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto pair = query.substr(0, end);
    const auto equals = pair.find('=');
    if (pair.substr(0, equals) == name)
      return decode_percent(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1),
                            Plus::space);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
  }
  return std::nullopt;
}

std::string format_head(const WebResponse& response, std::size_t length, AfterAnswer after) {
  const auto reason = std::ranges::find(k_reasons, response.status, &Reason::status);
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  if (reason != k_reasons.end()) head += reason->text;
  head.append("\r\nContent-Type: ").append(response.content_type);
  head.append("\r\nContent-Length: ").append(std::to_string(length));
  head.append("\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n");
  for (const auto& [name, value] : response.headers) head.append(name).append(": ").append(value).append("\r\n");
  if (response.status == 503) head += "Retry-After: 1\r\n";
  return head += after == AfterAnswer::keep ? "\r\n" : "Connection: close\r\n\r\n";
}

WebResponse make_text_response(int status, std::string text) {
  WebResponse response;
  response.status = status;
  response.body = std::make_shared<const std::string>(std::move(text));
  return response;
}

WebResponse make_json_response(int status, std::string text) {
  text += '\n';
  WebResponse response = make_text_response(status, std::move(text));
  response.content_type = "application/json";
  return response;
}

}  // namespace reconciled
