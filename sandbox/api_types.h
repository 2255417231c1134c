// A request to a Kubernetes API and its answer, as plain values.
#pragma once

#include "base/clock.h"
#include "base/value.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reconciled::sandbox {

struct ApiRequest {
  std::string method = "GET";
  std::string path;  ///< decoded, without the query
  std::vector<std::pair<std::string, std::string>> query;
  std::string content_type;  ///< of the body; empty: application/json
  std::string accept;
  std::string user;  ///< who asks, already authenticated; empty: system:anonymous
  std::vector<std::string> groups;
  std::string impersonated_user;  ///< whose rights are used instead, if `user` may do that
  std::vector<std::string> impersonated_groups;
  std::string user_agent;  ///< the field manager of writers that name none
  Value body;              ///< already parsed; or
  std::string body_text;   ///< JSON or YAML by content type
};

/// The events of one watch, taken one by one: {"type": "ADDED", "object": {...}}.
class WatchStream {
 public:
  virtual ~WatchStream() = default;
  /// The next event, or nullopt when there is none yet.
  virtual std::optional<Value> next() = 0;
  /// No event will follow those that `next` still has.
  [[nodiscard]] virtual bool ended() const = 0;
};

struct ApiResponse {
  int status = 200;
  Value body;        ///< null with a watch or with text
  std::string text;  ///< of /healthz and the like, which answer plain text
  std::vector<std::string> warnings;
  std::shared_ptr<WatchStream> watch;
  int retry_after = 0;  ///< seconds, of the header Retry-After

  // What a scripted fault asks the transport to do:
  Duration delay{};                      ///< before answering
  std::optional<std::size_t> cut_after;  ///< bytes of the body, then the connection is dropped
};

/// One request in the log of the model.
struct LoggedRequest {
  std::string verb;      ///< "get", "list", "watch", "create", "update", "patch", "apply", "delete", "deletecollection"
  std::string resource;  ///< "deployments.apps", "deployments.apps/status", or the path of what is no resource
  std::string namespace_;
  std::string name;
  std::string user;  ///< whose rights were used
  std::string manager;
  std::string uid;               ///< precondition
  std::string resource_version;  ///< precondition, or where a list or watch starts
  bool dry_run = false;
  int status = 0;
};

/// A scripted misbehaviour: the n-th to (n+count-1)-th request that matches. Empty fields match all.
struct Fault {
  std::string verb;
  std::string resource;
  std::string namespace_;
  std::string name;
  std::uint64_t nth = 1;
  std::uint64_t count = 1;

  enum class Effect : std::uint8_t {
    status,         ///< answers `status` and does nothing
    lost_answer,    ///< does the work, then answers `status`
    cut,            ///< does the work, then drops the connection after `cut_after` bytes of the answer
    delay,          ///< answers after `delay`
    stale,          ///< a get or list answers as things were `versions_behind` resourceVersions ago
    expired_watch,  ///< a watch ends with an ERROR event of code 410
  };
  Effect effect = Effect::status;
  int status = 500;
  int retry_after = 0;
  std::size_t cut_after = 0;
  Duration delay{};
  std::int64_t versions_behind = 1;
};

}  // namespace reconciled::sandbox
