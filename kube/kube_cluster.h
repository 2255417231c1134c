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

struct KubeOptions {
  std::size_t window = 32;  ///< requests under way a cluster; more wait their turn. Watches and leases do not count
  std::size_t max_watches = 2'000;  ///< of all clusters; more are refused
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
/// A call's timeout begins when it leaves the queue. When a server cannot be reached, one request at a time looks
/// whether it is back, with growing pauses, and all others wait for that one. Objects are answered with apiVersion and
/// kind filled in, also in lists and with metadata alone. A watch that the server ends in good order is a success.
Result<std::unique_ptr<Cluster>> make_kube_cluster(std::map<std::string, ClusterAccess> clusters, KubeOptions options,
                                                   const Clock& clock, Random& random, Inbox& inbox);

}  // namespace reconciled
