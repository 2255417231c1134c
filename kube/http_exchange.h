// One HTTP exchange as values: what an API call turns into and what comes back.
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "ports/cluster.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace reconciled {

enum class HttpMethod : std::uint8_t { get, post, patch, delete_ };

struct HttpRequest {
  HttpMethod method = HttpMethod::get;
  std::string target;  ///< path and query, escaped: "/api/v1/namespaces/a/pods?limit=500"
  std::string accept;
  std::string content_type;  ///< empty: no body
  std::string body;
  std::uint64_t max_bytes = 16ULL << 20;  ///< of the answer's body, after decompression
  bool operator==(const HttpRequest&) const = default;
};

/// How the exchange itself went, apart from what the server said.
enum class Delivery : std::uint8_t {
  complete,       ///< an answer came, whole
  not_connected,  ///< the server never saw the request
  withheld,       ///< never sent, by Transfer::may_send
  broken,         ///< it may have seen it: cut, timed out, or the answer was cut short
  too_large,      ///< the answer exceeded max_bytes
  untrusted,      ///< its certificate was not accepted, or ours could not be used
};

struct HttpResponse {
  Delivery delivery = Delivery::complete;
  std::string failure;     ///< why, when the delivery is not complete; holds no secret
  bool timed_out = false;  ///< broken, since no answer came in time
  bool suspect = false;    ///< the connection it was sent on is still in use, but timed out or mixed its answers up
  int status = 0;
  std::string content_type;
  std::string body;
  std::vector<std::string> warning_headers;  ///< values of Warning
  std::optional<Duration> retry_after;
};

/// The texts of a Warning header: `299 - "a", 299 - "b"` (RFC 7234 section 5.5); what is malformed is left out.
std::vector<std::string> parse_warning_header(std::string_view value);

/// Seconds, at most an hour; a date or anything else is nullopt.
std::optional<Duration> parse_retry_after(std::string_view value);

}  // namespace reconciled
