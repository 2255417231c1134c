// One GET of a small page; part of what is loaded for networks.
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <cstdint>
#include <string>

namespace reconciled {

struct PageRequest {
  std::string server;  ///< http:// or https://, host, port; no path needed
  std::string target;  ///< "/api/v1/status"
  Duration timeout = std::chrono::seconds(10);
  std::uint64_t max_bytes = 64ULL << 20;
};

/// The body of a 200. ErrorKind::usage for a server that is no URL, api_transient when nobody answers or the server
/// says that it cannot now, api_missing for a 404, api_rejected for the rest; with the server's own message.
Result<std::string> fetch_page(const PageRequest& request);

}  // namespace reconciled
