// All objects of one type, kept current: a list, then a watch, and a list again when the watch lost its place.
#pragma once

#include "ports/cluster.h"
#include "ports/random.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

struct ObjectChange {
  enum class Kind : std::uint8_t { added, modified, deleted };
  Kind kind = Kind::added;
  /// Of a deletion that only a new list showed: apiVersion, kind and metadata with name, namespace and uid alone.
  Value object;
};

/// A state machine over the Cluster port: it has no thread, no clock and keeps no objects, only which it has seen. The
/// owner hands it the messages of its calls and the time.
///
/// A list is read page by page: each is compared and dropped, so that what it holds grows with names, not with objects.
/// Absence is believed only after the last page of a list: failures, cut watches and types that vanished report an
/// error and change nothing. A list or event that is older than what was seen already comes from a server with an old
/// view: it is dropped and read again.
class WatchedList {
 public:
  struct Options {
    Duration list_timeout = std::chrono::seconds(60);  ///< of a page
    Duration silence = std::chrono::seconds(25);       ///< of a watch, see Call::timeout; finds dead connections
    /// The same after a failure: a short watch that ends in good order shows that the server is back.
    Duration trial = std::chrono::milliseconds(7500);
    std::uint32_t page_size = 500;
    std::size_t max_objects = 1'000'000;
    Duration first_pause = std::chrono::milliseconds(500);
    Duration max_pause = std::chrono::seconds(30);
  };

  /// `what` gives scope, type, namespace, selectors and representation; `next_id` an unused id for each call.
  WatchedList(Cluster& cluster, Random& random, Call what, std::function<CallId()> next_id, Options options);
  WatchedList(Cluster& cluster, Random& random, Call what, std::function<CallId()> next_id)
      : WatchedList(cluster, random, std::move(what), std::move(next_id), Options()) {}

  /// An object that its owner saw: if the next list does not show it, though it is not older than this view of it, it
  /// is told as deleted. What was shown before of an older one by the same name is forgotten.
  void expect(std::string_view namespace_, std::string_view name, std::string_view uid,
              std::string_view resource_version);
  void start(MonotonicTime now);
  /// Cancels the call under way; its answer may be handed in or dropped.
  void stop();

  [[nodiscard]] bool owns(CallId id) const { return m_call != 0 && id == m_call; }
  /// Messages of calls that it does not own (any more) change nothing.
  std::vector<ObjectChange> take(Answer answer, MonotonicTime now);
  std::vector<ObjectChange> take(WatchEvent event, MonotonicTime now);
  /// When to call `wake`, if it pauses after a failure.
  [[nodiscard]] std::optional<MonotonicTime> wake_at() const { return m_wake_at; }
  void wake(MonotonicTime now);

  /// Whether a whole list was read since `start`.
  [[nodiscard]] bool synced() const { return m_synced; }
  /// When the server last showed that this view is current; decisions that need a fresh view look at its age.
  [[nodiscard]] MonotonicTime fresh_at() const { return m_fresh_at; }
  /// Why the view is not being kept current; cleared when it is again.
  [[nodiscard]] const std::optional<Error>& error() const { return m_error; }
  /// Failures in a row; one may be a connection that somebody closed.
  [[nodiscard]] int failures() const { return m_error ? m_failures : 0; }
  [[nodiscard]] std::size_t size() const { return m_known.size(); }

 private:
  enum class State : std::uint8_t { stopped, listing, watching, pausing };
  enum class Next : std::uint8_t { list, watch };
  struct Seen {
    std::string uid;
    std::string resource_version;
    std::uint32_t list = 0;  ///< the last one that showed it
  };

  void begin(Next next, MonotonicTime now);
  void begin_page(std::string continue_token);
  void pause(Next next, Error error, MonotonicTime now);
  std::vector<ObjectChange> take_page(const Value& page, MonotonicTime now);
  void take_list_failure(Error error, MonotonicTime now);
  void finish_list(std::vector<ObjectChange>& changes, MonotonicTime now);
  void note_current(MonotonicTime now);
  void compare(const Value& object, std::vector<ObjectChange>& changes);
  std::vector<ObjectChange> take_watch_end(const Answer& answer, MonotonicTime now);
  [[nodiscard]] Value remembered(const std::string& key, const Seen& seen) const;

  Cluster& m_cluster;
  Random& m_random;
  Call m_what;
  std::function<CallId()> m_next_id;
  Options m_options;
  State m_state = State::stopped;
  Next m_next = Next::list;
  CallId m_call = 0;
  std::map<std::string, Seen> m_known;  ///< by "namespace/name"
  std::string m_resource_version;
  std::uint32_t m_list = 0;    ///< number of the list that is being read
  std::uint32_t m_pages = 0;   ///< of it, taken
  std::string m_list_version;  ///< of its first page
  MonotonicTime m_list_began;  ///< when its first page came
  int m_expired = 0;           ///< lists in a row that lost their place
  int m_failures = 0;
  int m_old_lists = 0;  ///< in a row
  int m_gone = 0;       ///< watches in a row that ended with 410
  bool m_synced = false;
  bool m_heard = false;  ///< anything since the watch began
  MonotonicTime m_watch_began;
  MonotonicTime m_fresh_at;
  std::optional<MonotonicTime> m_wake_at;
  std::optional<Error> m_error;
};

/// Whether one resourceVersion is older than another: both are decimal numbers of any length; what is not is never
/// older.
bool is_older_version(std::string_view one, std::string_view other);

}  // namespace reconciled
