// A tiny HTTP/1.1 server on loopback that answers as a test tells it to, also badly.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reconciled {

struct ScriptedRequest {
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string body;
  int connection = 0;  ///< from 1, in the order of accepting

  /// The first value; empty when absent.
  [[nodiscard]] std::string header(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
};

struct ScriptedReply {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  /// Sent one after another in chunked encoding instead of `body`, with `pause` before each.
  std::vector<std::string> chunks;
  std::chrono::milliseconds pause{0};
  bool cut = false;        ///< the connection is closed before the body (or the last chunk) is whole
  bool hang_up = false;    ///< the connection is closed without an answer
  bool hold_open = false;  ///< chunks only: nothing more comes, the connection stays until the server ends
};

/// JSON with the usual headers.
ScriptedReply json_reply(int status, std::string body);
/// A Status object as API servers send it.
ScriptedReply status_reply(int status, std::string reason, std::string message);

class ScriptedServer {
 public:
  using Script = std::function<ScriptedReply(const ScriptedRequest& request)>;

  /// The script is called by the threads of connections, one call at a time.
  explicit ScriptedServer(Script script);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::vector<ScriptedRequest> requests() const;
  [[nodiscard]] int most_at_once() const;

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

/// The URL of a port of this machine that nobody listens on.
std::string closed_port_url();

}  // namespace reconciled
