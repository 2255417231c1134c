// Who of several replicas may write: a Lease object in the cluster, and the fence that follows from it.
#pragma once

#include "ports/cluster.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace reconciled {

/// A moment on both clocks. Only the monotonic one decides; the other is written into the Lease for people to read.
struct Moment {
  MonotonicTime monotonic;
  WallTime wall;
};

struct LeaseOptions {
  Scope scope;
  std::string namespace_;
  std::string name;
  std::string identity;                                ///< unique to this process: what another one wrote is never ours
  Duration duration = std::chrono::seconds(15);        ///< a record that did not change for so long may be taken over
  Duration renew_deadline = std::chrono::seconds(10);  ///< after the last renewal was sent we write no more
  Duration retry_period = std::chrono::seconds(2);     ///< between renewals; candidates look twice as often
};

/// Refuses what would not keep two replicas apart: a deadline that is not shorter than the duration, a period that
/// leaves no second try before the deadline, no name or identity.
Status check_lease(const LeaseOptions& options);

/// A state machine over the Cluster port, for coordination.k8s.io/v1: it has no thread and no clock; the owner hands it
/// the answers of its calls and the time.
///
/// Nothing is decided by times that another machine wrote. A candidate measures on its own clock how long the record of
/// the holder did not change, from when it had read it; a holder counts from before its renewal was sent. So as long as
/// clocks run alike within a third, two never hold at a time, whatever hour they show. Each write names the
/// resourceVersion it was decided on. A Lease that somebody deleted is as good as its last record: it is made again
/// only when that one would have run out.
class Lease {
 public:
  /// The options passed `check_lease`; `next_id` gives an unused id for each call.
  Lease(Cluster& cluster, LeaseOptions options, std::function<CallId()> next_id);

  void start(Moment now);
  /// Gives the Lease back, so that another replica need not wait; for when the last write has been answered. From now
  /// on nothing is held. Ends `stopped`, at the latest when the Lease would have run out.
  void release(Moment now);

  [[nodiscard]] bool owns(CallId id) const { return m_call != 0 && id == m_call; }
  /// Answers of calls that it does not own (any more) change nothing.
  void take(Answer answer, Moment now);
  /// When to call `wake`.
  [[nodiscard]] std::optional<MonotonicTime> wake_at() const { return m_wake_at; }
  void wake(Moment now);

  /// The fence: writes may start before this time, as long as `start_before` of their calls says so, too. In the past
  /// when nothing is held.
  [[nodiscard]] MonotonicTime until() const { return m_until; }
  [[nodiscard]] bool held(MonotonicTime now) const { return now < m_until; }
  [[nodiscard]] bool stopped() const { return m_state == State::stopped; }
  /// Who held it when it was last read; empty: nobody.
  [[nodiscard]] const std::string& holder() const { return m_record.holder; }
  /// How often it changed hands: grows with each holder, and tells their writes apart.
  [[nodiscard]] std::int64_t transitions() const { return m_record.transitions; }
  /// Why it could not be read or written; cleared when it was again.
  [[nodiscard]] const std::optional<Error>& error() const { return m_error; }

 private:
  enum class State : std::uint8_t { stopped, running, releasing };
  enum class Doing : std::uint8_t { nothing, reading, creating, writing, releasing };
  struct Record {
    std::string uid;
    std::string holder;
    std::string acquire_time;
    std::string renew_time;
    std::int64_t transitions = 0;
    std::int64_t duration_seconds = 0;
    bool operator==(const Record&) const = default;
  };

  [[nodiscard]] Call make_call(Verb verb, MonotonicTime now);
  void send(Call call, Doing doing, MonotonicTime now);
  void read(MonotonicTime now);
  void create(Moment now);
  void write(Moment now);
  void write_release(Moment now);
  void take_record(const Value& object, Moment now);
  void take_failure(Error error, Doing done, Moment now);
  void take_absence(Moment now);
  void act_on_record(Moment now);
  void pause(MonotonicTime until) { m_wake_at = until; }
  [[nodiscard]] bool ours() const { return m_wrote && m_record.holder == m_options.identity; }
  [[nodiscard]] MonotonicTime free_at() const;
  [[nodiscard]] Value make_spec(Moment now) const;

  Cluster& m_cluster;
  LeaseOptions m_options;
  std::function<CallId()> m_next_id;
  State m_state = State::stopped;
  Doing m_doing = Doing::nothing;
  CallId m_call = 0;
  MonotonicTime m_sent;  ///< when the call under way was started
  std::optional<MonotonicTime> m_wake_at;
  MonotonicTime m_until = MonotonicTime::min();
  MonotonicTime m_release_until;
  int m_overtaken = 0;   ///< writes in a row that came too late
  bool m_wrote = false;  ///< a record with our name may be our own
  Record m_record;
  std::string m_resource_version;  ///< of the record
  MonotonicTime m_observed_at;     ///< when the record was first seen as it is
  std::optional<Error> m_error;
};

}  // namespace reconciled
