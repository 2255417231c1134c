// The port to a Kubernetes API: calls go out, answers come back through an Inbox.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "base/value.h"
#include "ports/object_id.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace reconciled {

/// Whose rights a call uses: the process's own when `user` is empty, otherwise impersonation of exactly these.
struct Identity {
  std::string user;  ///< for a service account: "system:serviceaccount:NAMESPACE:NAME"
  std::vector<std::string> groups;
  auto operator<=>(const Identity&) const = default;
};

/// Every call names the cluster and the identity it is made for.
struct Scope {
  std::string cluster;
  Identity identity;
  auto operator<=>(const Scope&) const = default;
};

enum class ObjectScope : std::uint8_t { cluster, namespaced };

/// One resource type that the API server serves (REST mapping of a kind).
struct ResourceType {
  GroupVersionKind gvk;
  std::string plural;  ///< as in the URL: "deployments"
  ObjectScope scope = ObjectScope::namespaced;
  std::vector<std::string> verbs;
  bool operator==(const ResourceType&) const = default;
};

/// What an API server serves. A group whose server is down is listed as failed: its kinds are unknown, not absent.
struct Discovery {
  std::vector<ResourceType> types;         ///< per group in the server's order of preference of versions
  std::vector<std::string> failed_groups;  ///< "metrics.k8s.io/v1beta1" or "metrics.k8s.io"
  std::string server_version;              ///< "v1.35.4"

  /// The type of exactly this version, or nullptr.
  [[nodiscard]] const ResourceType* find(const GroupVersionKind& gvk) const;
  /// The preferred version of a kind, or nullptr.
  [[nodiscard]] const ResourceType* find(const GroupKind& kind) const;
  [[nodiscard]] bool group_failed(std::string_view group) const;
};

enum class Verb : std::uint8_t {
  discover,     ///< Answer.discovery
  get,          ///< absent is an error of kind api_missing
  list,         ///< all pages, or one (see Call::limit); Answer.object holds "items" and metadata.resourceVersion
  watch,        ///< WatchEvents until cancelled, ended or failed; then the Answer
  create,       ///< POST
  apply,        ///< server-side apply (PATCH with application/apply-patch+yaml)
  merge_patch,  ///< PATCH with application/merge-patch+json; a metadata.resourceVersion in it is a precondition
  remove,       ///< DELETE, only with uid and resource_version preconditions: without both it is refused here
};

/// As people say it: "discover", "apply", "patch", "delete".
std::string_view name_of(Verb verb);

enum class Force : bool { no, yes };
enum class DryRun : bool { no, yes };
enum class Representation : std::uint8_t { full, metadata };  ///< metadata: PartialObjectMetadata(List)

using CallId = std::uint64_t;

struct Call {
  CallId id = 0;  ///< chosen by the caller, unique among its calls under way
  Scope scope;
  Verb verb = Verb::get;
  ResourceType type;       ///< ignored by discover; gvk.version, plural and scope are used
  std::string namespace_;  ///< empty for cluster scope, or for all namespaces in list and watch
  std::string name;
  std::string subresource;  ///< "status" or empty
  Value body;               ///< create, apply, merge_patch

  std::string field_manager;               ///< create, apply, merge_patch
  Force force = Force::no;                 ///< apply: take fields from other managers
  DryRun dry_run = DryRun::no;             ///< create, apply, merge_patch, remove
  std::string uid;                         ///< remove
  std::string resource_version;            ///< remove: precondition; list: consistent at; watch: start after
  std::string propagation = "Background";  ///< remove
  std::string label_selector;              ///< list, watch
  std::string field_selector;              ///< list, watch
  Representation representation = Representation::full;  ///< get, list, watch; of the answer: create, merge_patch
  /// list: at most so many objects are answered, and metadata.continue when there are more; a page that expired is
  /// api_gone. 0: all pages are put together, and the list is begun again when one expires.
  std::uint32_t limit = 0;
  std::string continue_token;  ///< list with a limit: metadata.continue of the page before; no resource_version then
  /// Of the whole call with its retries. Of silence for a watch: the server is asked to end it in good order well
  /// before, so that silence for so long means a dead connection.
  Duration timeout = std::chrono::seconds(30);
  /// The write fence: the call is neither sent nor sent again at or after this time; it then ends as refused.
  MonotonicTime start_before = MonotonicTime::max();
};

/// For how long a server is asked to keep a watch open: four fifths of the silence that is borne.
std::chrono::seconds watch_length(const Call& call);

/// How a call ends whose `start_before` has come.
Error make_late_error();
/// Whether an error, however it was wrapped, is that one.
bool is_late_error(const Error& error);

/// How a call ended. HTTP errors are Errors: 401/403 api_auth, 404 api_missing, 409 api_conflict, 410 api_gone, 400 and
/// 422 api_rejected, 429 and 5xx (after retries) api_transient, a failed connection api_transient. The message is the
/// Status message of the server with secrets redacted.
struct Answer {
  CallId id = 0;
  Result<Value> object;                        ///< the object or list; null for discover and watch
  std::shared_ptr<const Discovery> discovery;  ///< of discover
  std::vector<std::string> warnings;           ///< texts of Warning headers
  int http_status = 0;                         ///< 201 for an apply that created
  std::vector<std::string> conflicts;          ///< of an apply refused by conflicts: "manager: .spec.replicas"
  /// An earlier sending of this same request may have been carried out although its answer was lost: an apply's 200 may
  /// then follow our own create, a delete's 404 our own delete.
  bool sent_again = false;
};

struct WatchEvent {
  enum class Kind : std::uint8_t { added, modified, deleted, bookmark };
  CallId id = 0;
  Kind kind = Kind::bookmark;
  Value object;
};

/// Where answers arrive. `deliver` may be called from any thread.
class Inbox {
 public:
  virtual ~Inbox() = default;
  virtual void deliver(Answer answer) = 0;
  virtual void deliver(WatchEvent event) = 0;
};

/// Starting never blocks and every started call ends in exactly one Answer (a cancelled one with ErrorKind::cancelled),
/// in any order, delivered to the Inbox that the adapter was made with.
class Cluster {
 public:
  virtual ~Cluster() = default;
  virtual void start(Call call) = 0;
  virtual void cancel(CallId id) = 0;
};

}  // namespace reconciled
