// One request and one response of our own server, as values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reconciled {

/// Who can reach the socket that a request came in on.
enum class Reach : std::uint8_t {
  loopback,  ///< this machine alone
  network,   ///< whoever routes to it
};

struct WebHeader {
  std::string_view name;
  std::string_view value;
};

/// Views end with the call of the handler. Everything in it was written by whoever called.
struct WebRequest {
  std::string_view method;
  std::string_view path;   ///< as sent, still escaped, without the query
  std::string_view query;  ///< behind the question mark
  std::span<const WebHeader> headers{};
  std::string_view body;
  Reach reach = Reach::network;
};

struct HeaderValue {
  enum class Found : std::uint8_t { no, once, repeated };
  Found found = Found::no;
  std::string_view value;  ///< the only one; empty when there is none or more than one
  [[nodiscard]] bool once() const { return found == Found::once; }
};

/// Names are compared without case (RFC 9110 section 5.1).
HeaderValue find_header(std::span<const WebHeader> headers, std::string_view name);

/// The value of a query parameter, decoded; nullopt when it is absent or its escapes are broken.
std::optional<std::string> query_value(std::string_view query, std::string_view name);
/// Percent-decoded; with `Plus::space` also "+". nullopt when an escape is broken.
enum class Plus : bool { literal, space };
std::optional<std::string> decode_percent(std::string_view text, Plus plus);

struct WebResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::shared_ptr<const std::string> body;  ///< shared, so that a text can be cached; null: empty
  std::vector<std::pair<std::string, std::string>> headers{};
};

/// The head of an answer, up to and with the empty line. A 503 asks to come again in a second.
enum class AfterAnswer : std::uint8_t { keep, close };
std::string format_head(const WebResponse& response, std::size_t length, AfterAnswer after);

WebResponse make_text_response(int status, std::string text);
/// The body is `text`, which is JSON, and a line end.
WebResponse make_json_response(int status, std::string text);

}  // namespace reconciled
