// The Cluster port over HTTPS: real API servers.
#pragma once

#include "kube/access.h"
#include "kube/http_transport.h"
#include "kube/pending_call.h"
#include "ports/clock_port.h"
#include "ports/cluster.h"
#include "ports/random.h"

#include <cstddef>
#include <map>
#include <memory>
#include <string>

namespace reconciled {

/// How hard a cluster may be pressed. Watches and leases do not count.
struct RequestPace {
  std::size_t window = 32;       ///< requests under way at most; more wait their turn
  std::uint64_t per_second = 0;  ///< requests sent at most; 0: no limit of ours
  std::uint64_t burst = 100;     ///< that may exceed it at once
};

struct KubeOptions {
  RequestPace pace;
  std::map<std::string, RequestPace> paces;         ///< of clusters that have one of their own, by name
  std::size_t parallel_requests = 128;              ///< under way to all clusters together, as in RequestPace::window
  std::size_t max_watches = 2'000;                  ///< of all clusters; more are refused
  std::uint64_t max_buffered_bytes = 512ULL << 20;  ///< of all answers that are being received; more are api_transient
  RequestLimits limits;
  RetryPolicy retry;
  HttpVersion version = HttpVersion::http2;
  std::string user_agent = "reconciled";
  Duration plugin_timeout = std::chrono::seconds(60);  ///< of an exec plugin
  FileReader read;                                     ///< of token and certificate files; empty: this machine's
};

/// Makes the adapter with one thread of its own that answers into `inbox`; `random` (jitter) is used by that thread
/// alone. Clusters are known by the names that Scope::cluster uses; a call for another one is answered with
/// ErrorKind::config. Clock, random and inbox must outlive it; calls under way when it ends get no answer.
///
/// A call's timeout begins when it leaves the queue. One that the server told to wait (429) lets others pass. When a
/// server cannot be reached, one request at a time looks whether it is back, with growing pauses, and all others wait
/// for that one. Objects are answered with apiVersion and kind filled in, also in lists and with metadata alone. A
/// watch that the server ends in good order is a success.
Result<std::unique_ptr<Cluster>> make_kube_cluster(std::map<std::string, ClusterAccess> clusters, KubeOptions options,
                                                   const Clock& clock, Random& random, Inbox& inbox);

}  // namespace reconciled
