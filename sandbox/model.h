// An in-memory Kubernetes API: requests in, responses out, no thread, no clock of its own.
#pragma once

#include "ports/clock_port.h"
#include "ports/random.h"
#include "sandbox/api_types.h"
#include "sandbox/failure.h"
#include "sandbox/object_store.h"
#include "sandbox/resources.h"

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace reconciled::sandbox {

class ModelWatch;

/// What the controllers of a cluster would do. `none`: nothing but ending namespaces, CRDs and collecting owned
/// objects. `instant`: workloads, claims and the like become ready at once, though nothing runs.
enum class SandboxControllers : bool { none, instant };

/// A kube-apiserver as far as a GitOps tool meets it. The same requests with the same clock and random numbers give the
/// same answers. What it does not model it refuses with 501. Not thread-safe.
class ApiModel {
 public:
  ApiModel(const Clock& clock, Random& random, SandboxControllers controllers = SandboxControllers::none);
  ~ApiModel();
  ApiModel(const ApiModel&) = delete;
  ApiModel& operator=(const ApiModel&) = delete;

  ApiResponse handle(const ApiRequest& request);

  /// What happens by itself between requests: CRDs become established, ending namespaces are emptied, orphans
  /// collected. `handle` does it first; a server also calls it when idle.
  void settle();

  /// Forgets history: older lists, continue tokens and watches answer 410 from now on.
  void compact();
  void add_fault(Fault fault) { m_faults.push_back({std::move(fault), 0}); }
  [[nodiscard]] const std::deque<LoggedRequest>& log() const { return m_log; }
  void clear_log() { m_log.clear(); }
  [[nodiscard]] const ObjectStore& store() const { return m_store; }
  [[nodiscard]] const Clock& clock() const { return m_clock; }

  /// The served type of a path, or nullptr.
  [[nodiscard]] const ServedResource* find_resource(std::string_view group, std::string_view version,
                                                    std::string_view plural) const;
  [[nodiscard]] const std::vector<ServedResource>& resources() const { return m_resources; }

 private:
  friend class ModelWatch;

  /// A request understood: which verb on what.
  struct Target {
    const ServedResource* resource = nullptr;
    std::string verb;
    std::string namespace_;
    std::string name;
    std::string subresource;
    bool dry_run = false;
    std::string manager;
    std::string user;
    std::vector<std::string> groups;
    enum class Form : std::uint8_t { full, metadata } form = Form::full;
    [[nodiscard]] ObjectKey key() const { return {resource->storage_key(), namespace_, name}; }
  };
  struct PendingFault {
    Fault fault;
    std::uint64_t seen = 0;
  };
  /// What one write wants to store.
  struct Write {
    Value object;
    Value old;  ///< null at creation
    std::vector<std::string> warnings;
  };

  // model.cpp
  ApiResponse answer(const ApiRequest& request, LoggedRequest& entry);
  Outcome<Target> route(const ApiRequest& request) const;
  Outcome<ApiResponse> dispatch(const ApiRequest& request, Target& target);
  Outcome<ApiResponse> non_resource(const ApiRequest& request);
  Outcome<ApiResponse> review(const ApiRequest& request, std::string_view plural);
  const Fault* match_fault(const LoggedRequest& entry);
  std::optional<Failure> authorise(const ApiRequest& request, Target& target) const;

  // model_read.cpp
  Outcome<ApiResponse> get(const ApiRequest& request, const Target& target);
  Outcome<ApiResponse> list(const ApiRequest& request, const Target& target);
  Outcome<ApiResponse> watch(const ApiRequest& request, const Target& target);
  [[nodiscard]] Value present(const ServedResource& resource, const Value& object, Target::Form form) const;

  // model_write.cpp
  Outcome<ApiResponse> create(const ApiRequest& request, const Target& target);
  Outcome<Write> change(const ApiRequest& request, const Target& target, const Value& live, Value changed);
  Outcome<Value> admit_create(const Target& target, Value object);
  Outcome<Value> store_created(const Target& target, Value object);
  Outcome<ApiResponse> store_changed(const Target& target, Write write);
  Outcome<Value> read_body(const ApiRequest& request, const Target& target, std::vector<std::string>& warnings) const;
  std::optional<Failure> check_namespace(const Target& target) const;
  void set_creation_fields(const Target& target, Value& object);
  [[nodiscard]] std::string now() const;

  // model_patch.cpp
  Outcome<ApiResponse> update(const ApiRequest& request, const Target& target);
  Outcome<ApiResponse> patch(const ApiRequest& request, const Target& target);
  Outcome<ApiResponse> apply(const ApiRequest& request, const Target& target, const Value& config);

  // model_delete.cpp
  Outcome<ApiResponse> remove(const ApiRequest& request, const Target& target);
  Outcome<ApiResponse> remove_collection(const ApiRequest& request, const Target& target);
  /// `live` is a copy: the stored object goes while its last state is still needed.
  Outcome<Value> remove_object(const Target& target, Value live, const Value& options);

  // model_scale.cpp
  Outcome<ApiResponse> scale(const ApiRequest& request, const Target& target);

  // model_settle.cpp
  void establish_definitions();
  void end_definitions();
  void end_namespaces();
  void release_protection();
  void collect_orphans();
  void run_controllers();
  void rebuild_resources();
  Value put(const ObjectKey& key, Value object);
  Value erase(const ObjectKey& key);

  const Clock& m_clock;
  Random& m_random;
  SandboxControllers m_controllers;
  ObjectStore m_store;
  std::vector<ServedResource> m_resources;
  std::deque<TypeRegistry> m_custom_types;
  std::map<std::string, std::pair<std::string, std::vector<ServedResource>>> m_custom;  ///< by CRD: digest, versions
  std::vector<PendingFault> m_faults;
  std::deque<LoggedRequest> m_log;
  std::uint32_t m_next_address = 1;
  std::int64_t m_settled = 0;
};

/// The value of a query parameter, or "".
std::string_view query_value(const ApiRequest& request, std::string_view name);

}  // namespace reconciled::sandbox
