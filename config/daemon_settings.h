// The part of the settings that only the daemon uses.
#pragma once

#include "base/clock.h"
#include "base/secret.h"

#include <cstdint>
#include <string>
#include <vector>

namespace reconciled {

/// Where the daemon listens: "host:port" as parse_listen_address reads it; empty: not at all.
struct ListenSettings {
  std::string webhooks;
  std::string status;
  std::string metrics;
};

/// How deliveries prove where they come from. Every secret is valid, so that one can be replaced while the other still
/// counts.
struct WebhookSettings {
  std::vector<SecretString> secrets;
  std::vector<std::string> secret_files;  ///< one secret a file
  bool allow_unsigned = false;            ///< only on loopback and only without secrets
  std::uint64_t max_body_bytes = 0;
};

/// The Lease that lets one of several replicas write.
struct LeaseSettings {
  bool enabled = false;
  std::string name;
  Duration duration{};
  Duration renew_deadline{};
  Duration retry_period{};
};

struct ReconcileSettings {
  Duration resync{};
  Duration max_retry{};
  std::uint64_t flips = 0;
  Duration flip_window{};
  std::uint64_t parallel_runs = 0;
};

/// The processes that render.
struct WorkerSettings {
  std::uint64_t count = 0;
  std::uint64_t memory = 0;  ///< bytes of one process
};

}  // namespace reconciled
