// observe: what the cluster holds of a set of objects, by as few requests as the rights allow.
#pragma once

#include "diff/live_state.h"
#include "engine/calls.h"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace reconciled {

/// The resourceVersion of the newest view of an object that was there a short while ago; empty: nobody saw it. An
/// answer that is older comes from a server with an old view, and shows neither presence nor absence.
using SeenVersion = std::function<std::string(const ObjectId&)>;

/// Reads objects by LIST where several of a kind are wanted and by GET otherwise; a LIST of the whole cluster that is
/// forbidden falls back to one a namespace, that to GETs, and an object that may not be read is unknown, never absent.
/// One observation is started once; it must live until it has called back.
class Observation {
 public:
  Observation(Calls& calls, std::string cluster, const Discovery& discovery, SeenVersion seen = {})
      : m_calls(calls), m_cluster(std::move(cluster)), m_discovery(discovery), m_seen(std::move(seen)) {}

  /// Wants one object, read in the version `version` (empty: the server's preferred one) with the rights of `scope`.
  void want(const Scope& scope, const ObjectId& id, const std::string& version);
  /// Wants to know which workloads of a namespace are under the control of a HorizontalPodAutoscaler.
  void want_autoscalers(const Scope& scope, const std::string& namespace_);

  using Done = std::function<void(LiveState)>;
  void start(Done done);

 private:
  struct Target {
    Scope scope;
    ResourceType type;
    auto key() const { return std::tuple(scope, type.gvk); }
  };
  struct Group {
    Target target;
    std::map<std::string, std::set<std::string>> names;  // namespace -> names
  };
  enum class Reach : std::uint8_t { everywhere, one_namespace };

  void observe_namespaces(const Scope& scope, const std::set<std::string>& namespaces);
  void observe_group(const Group& group);
  void list(const Group& group, Reach reach, const std::string& namespace_);
  void confirm_absence(const Group& group, Reach reach, const std::string& namespace_);
  void get(const Target& target, const std::string& namespace_, const std::string& name);
  void take_list(const Group& group, Reach reach, const std::string& namespace_, Answer answer);
  void take_autoscalers(const Answer& answer);
  void settle(const Target& target, const std::string& namespace_, const std::string& name, Observed observed);
  [[nodiscard]] bool is_of_the_past(const Value& answer, const ObjectId& id) const;
  [[nodiscard]] bool is_of_the_past(const Value& list, const Group& group, Reach reach,
                                    const std::string& namespace_) const;
  void settle_all(const Group& group, const std::string& namespace_, const Observed& observed);
  Call make_call(const Target& target, Verb verb, const std::string& namespace_) const;
  void call(Call call, Calls::Continuation then);
  void finish_if_idle();
  [[nodiscard]] ObjectId id_of(const Target& target, const std::string& namespace_, const std::string& name) const;

  Calls& m_calls;
  std::string m_cluster;
  const Discovery& m_discovery;
  SeenVersion m_seen;
  std::map<std::tuple<Scope, GroupVersionKind>, Group> m_groups;
  std::map<Scope, std::set<std::string>> m_namespaces;
  std::map<Scope, std::set<std::string>> m_autoscaled_namespaces;
  std::set<std::string> m_absent_namespaces;
  std::set<ObjectId> m_owned;  ///< wanted for the inventory's sake alone
  LiveState m_live;
  std::size_t m_open = 0;
  bool m_starting = false;
  Done m_done;
};

}  // namespace reconciled
