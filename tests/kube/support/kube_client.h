// A KubeCluster with one cluster, and what the tests ask of it.
#pragma once

#include "kube/kube_cluster.h"
#include "ports/queue_inbox.h"

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace reconciled {

inline const ResourceType k_config_maps{{"", "v1", "ConfigMap"}, "configmaps", ObjectScope::namespaced, {}};
inline const ResourceType k_leases{{"coordination.k8s.io", "v1", "Lease"}, "leases", ObjectScope::namespaced, {}};

inline const std::string k_object = R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"n"}})";

inline KubeOptions quick_options() {
  KubeOptions options;
  options.retry.first_delay = std::chrono::milliseconds(2);
  options.retry.max_delay = std::chrono::milliseconds(20);
  return options;
}

inline ClusterAccess access_to(std::string url, std::string_view token = "t0ken-1") {
  ClusterAccess access;
  access.server = std::move(url);
  access.token = SecretString(token);
  access.namespace_ = "default";
  return access;
}

inline ErrorKind kind_of(const Answer& answer) {
  REQUIRE_FALSE(answer.object.has_value());
  return answer.object.error().kind;
}

struct Client {
  SystemClock clock;
  SeededRandom random{1};
  QueueInbox inbox;
  std::unique_ptr<Cluster> cluster;
  CallId last_id = 0;

  /// Of one cluster by the name "c".
  explicit Client(ClusterAccess access, KubeOptions options = quick_options()) {
    std::map<std::string, ClusterAccess> clusters;
    clusters.emplace("c", std::move(access));
    open(std::move(clusters), std::move(options));
  }
  Client(std::map<std::string, ClusterAccess> clusters, KubeOptions options) {
    open(std::move(clusters), std::move(options));
  }
  Call make(Verb verb, Duration timeout = std::chrono::seconds(5)) {
    Call call;
    call.id = ++last_id;
    call.scope.cluster = "c";
    call.verb = verb;
    call.type = k_config_maps;
    call.namespace_ = "n";
    call.timeout = timeout;
    if (verb != Verb::list && verb != Verb::watch) call.name = "a";
    if (verb == Verb::create || verb == Verb::apply) call.body = Value::map({{"kind", "ConfigMap"}});
    if (verb == Verb::remove) call.uid = "u", call.resource_version = "1";
    return call;
  }
  Answer run(Call call) { return ask(*cluster, inbox, std::move(call)); }
  Answer run(Verb verb, Duration timeout = std::chrono::seconds(5)) { return run(make(verb, timeout)); }
  /// The next message, or a failed test.
  Message next() {
    auto message = inbox.take(monotonic_now() + std::chrono::seconds(5));
    REQUIRE(message.has_value());
    return std::move(*message);
  }

 private:
  void open(std::map<std::string, ClusterAccess> clusters, KubeOptions options) {
    auto made = make_kube_cluster(std::move(clusters), std::move(options), clock, random, inbox);
    REQUIRE(made.has_value());
    cluster = std::move(*made);
  }
};

}  // namespace reconciled
