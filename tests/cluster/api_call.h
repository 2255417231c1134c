// One HTTPS request to an API server by libcurl alone: what tests use to arrange and to check things without the client
// that is under test.
#pragma once

#include "base/result.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

/// Where requests go and as whom; `token` may be empty.
struct ApiServerAccess {
  std::string server;   ///< "https://127.0.0.1:6443"; "http://" for etcd
  std::string ca_file;  ///< PEM
  std::string token;
};

struct ApiCall {
  std::string method = "GET";
  std::string path;  ///< with its query
  std::string body = {};
  std::string content_type = "application/json";
  std::chrono::milliseconds patience{30000};
  std::vector<std::string> headers = {};  ///< more of them: "Name: value"
};

struct ApiAnswer {
  long status = 0;
  std::string body;  ///< at most 256 MiB
};

/// An error when no whole answer came; an answer of any status is an answer.
Result<ApiAnswer> call_api(const ApiServerAccess& access, const ApiCall& call);

}  // namespace reconciled
