// A Kubernetes API as the conformance cases see it: raw requests, whatever answers them.
#pragma once

#include "base/result.h"
#include "base/value.h"

#include <memory>
#include <string>
#include <string_view>

namespace reconciled {

enum class Caller : std::uint8_t { admin, reader, anonymous };

struct RawRequest {
  std::string method = "GET";
  std::string path;  ///< with its query, percent-encoded
  std::string content_type = "application/json";
  std::string accept = "application/json";
  std::string body{};
  Caller caller = Caller::admin;
};

struct RawAnswer {
  int status = 0;
  std::string body;
};

class ApiUnderTest {
 public:
  virtual ~ApiUnderTest() = default;
  /// A watch answers with all its events as lines once its timeoutSeconds are over.
  virtual Result<RawAnswer> request(const RawRequest& request) = 0;
  /// Makes every resourceVersion and continue token of the past answer 410.
  virtual Status expire_history() = 0;
};

/// The model itself, with a clock that moves only for watches.
std::unique_ptr<ApiUnderTest> make_model_under_test();

struct HttpsServer {
  std::string url;
  std::string ca_file;
  std::string admin_token;
  std::string reader_token;
};
/// Any server over HTTPS.
class HttpsUnderTest : public ApiUnderTest {
 public:
  explicit HttpsUnderTest(HttpsServer server) : m_server(std::move(server)) {}
  Result<RawAnswer> request(const RawRequest& request) override;

 private:
  HttpsServer m_server;
};

}  // namespace reconciled
