// Knows everything, and says when something happened that must never happen.
#pragma once

#include "engine/view.h"
#include "ports/cluster.h"
#include "sandbox/model.h"
#include "tests/sim/git_server.h"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace reconciled::sim {

/// Who does something to the cluster.
enum class Who : std::uint8_t { ours, other_installation, person, controller, kubelet, cluster };
std::string_view name_of(Who who);

/// What a process was told to be the desired state.
struct Load {
  std::shared_ptr<const Commit> commit;
  bool readable = true;                        ///< every stack of it could be rendered
  MonotonicTime until = MonotonicTime::max();  ///< when the next one replaced it
};

/// One who sends calls, as far as the oracle judges it.
struct Sender {
  std::string name;  ///< also its holderIdentity
  Who who = Who::ours;
  std::deque<Load> loads;  ///< newest last
  bool confirmed = false;  ///< a person said that everything may be pruned
  bool needs_lease = false;
};

struct Violation {
  std::string invariant;
  std::string what;
};

struct OracleOptions {
  Duration bound = std::chrono::seconds(60);  ///< how old what a daemon believes may be
  PruneGuard guard;
};

/// Whether what a guard holds is left out.
enum class Held : bool { no, yes };

/// Follows the model's store and every call to it.
class Oracle {
 public:
  Oracle(const sandbox::ApiModel& model, const Clock& clock, OracleOptions options)
      : m_model(model), m_clock(clock), m_options(options) {}

  /// A process sends a call: it must be allowed to, and know why.
  void on_start(const Sender& sender, const Call& call);
  /// The call arrives; `after` follows what it changed. `started`: when it was sent.
  void before(const Sender& sender, const Call& call, MonotonicTime started);
  void after(const Sender& sender, const Call& call, const Answer& answer, MonotonicTime started);
  /// Takes in what happened in the cluster by itself, as done by `who`.
  void follow(Who who);
  void on_view(const Sender& sender, const EnvironmentView& view);
  void on_text(const Sender& sender, std::string_view text);
  void forget_lease(const std::string& holder) { m_leases.erase(holder); }
  void report(std::string invariant, std::string what);

  /// Why the cluster is not what a commit wants; empty: it is. Objects that nobody wants are named, too.
  [[nodiscard]] std::vector<std::string> differences(const Commit& commit) const;
  /// Live objects that the commit wants, and that somebody else made.
  [[nodiscard]] std::vector<ObjectId> made_by_others(const Commit& commit) const;
  /// Whether an object is not what the commit wants.
  [[nodiscard]] bool is_wrong(const Commit& commit, const std::string& id) const;
  [[nodiscard]] bool has_wrong(const Commit& commit) const;
  /// Whether something of ours lives that nobody wants; with Held::yes only what no guard has to hold for a person.
  [[nodiscard]] bool has_left_over(const Commit& commit, Held held) const;
  [[nodiscard]] const std::optional<Violation>& violation() const { return m_violation; }
  [[nodiscard]] std::uint64_t writes() const { return m_writes; }
  [[nodiscard]] std::uint64_t views() const { return m_views; }

 private:
  struct Life {
    Who maker = Who::cluster;
    MonotonicTime born{};
    std::string id;  ///< encode_id
  };
  /// One object at one time.
  struct Moment {
    MonotonicTime from{};
    bool present = false;
    bool ready = true;
    std::string essence;
    std::string uid;
  };
  struct Row {
    std::string stack;
    std::set<std::string> ids;
    std::uint64_t epoch = 0;
  };
  struct Deletes {
    std::uint64_t epoch = 0;
    std::size_t count = 0;
  };

  void check_delete(const Sender& sender, const Call& call);
  std::string why_held(const Sender& sender, const Row& row);
  void check_lease(const Sender& sender, const Call& call);
  void check_apply(const Sender& sender, const Call& call, MonotonicTime started);
  void note_lease(const Sender& sender, const Call& call, const Answer& answer, MonotonicTime started);
  void take_change(const sandbox::Change& change, Who who, const Sender* sender);
  void take_page(const sandbox::Change& change);
  void follow_as(Who who, const Sender* sender);
  [[nodiscard]] std::vector<const Row*> rows_of(const std::string& id) const;
  [[nodiscard]] bool is_left_over(const Life& life, const Commit& commit) const;
  [[nodiscard]] bool must_be_held(const std::string& id, const Commit& commit) const;
  [[nodiscard]] const Moment* now_of(const std::string& id) const;
  template <class Test>
  [[nodiscard]] bool ever(const std::string& id, Duration within, const Test& test) const;

  const sandbox::ApiModel& m_model;
  const Clock& m_clock;
  OracleOptions m_options;
  std::optional<Violation> m_violation;
  std::int64_t m_followed = 0;
  std::map<std::string, Life> m_lives;                  ///< by UID, of what lives
  std::map<std::string, std::deque<Moment>> m_history;  ///< by encode_id
  std::map<std::string, std::map<std::string, Row>> m_pages;
  std::map<std::string, Deletes> m_deletes;       ///< by stack
  std::map<std::string, MonotonicTime> m_leases;  ///< holder -> when its lease ends
  std::uint64_t m_writes = 0;
  std::uint64_t m_views = 0;
};

/// Whether a call changes something.
bool is_write(const Call& call);
/// "apply ConfigMap ns/name".
std::string describe(const Call& call);

}  // namespace reconciled::sim
