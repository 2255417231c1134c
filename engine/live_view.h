// What the watches show of the objects that matter: not the objects, only what tells that somebody touched them.
#pragma once

#include "engine/run.h"
#include "engine/view.h"
#include "ports/clock_port.h"
#include "ports/random.h"
#include "ports/watched_list.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace reconciled {

/// What is remembered of one live object.
struct LiveEntry {
  enum class State : std::uint8_t { unknown, absent, present };
  State state = State::unknown;
  ActionResult::Seen seen;  ///< of the newest view; meaningful while present
  Health health;
  State settled = State::unknown;  ///< as the last run left or saw it; unknown: no run has seen it
  std::string settled_uid;
  Digest settled_owned;
  MonotonicTime told{};  ///< when a watch last told of it

  /// Whether somebody touched it since the last run saw it.
  [[nodiscard]] bool touched() const;
};

/// One watch for each kind in use (one a namespace where the rights allow no more), each feeding the entries of tracked
/// objects. Everything else is dropped as it arrives.
class LiveView {
 public:
  enum class Change : std::uint8_t { touched, health };
  using Changed = std::function<void(const ObjectId&, Change)>;

  struct Options {
    Scope scope;
    Duration stale_after = std::chrono::seconds(30);
  };
  /// `changed` is called for tracked objects, `types_changed` when a CustomResourceDefinition came, changed or went.
  LiveView(Options options, Cluster& cluster, const Clock& clock, Random& random, std::function<CallId()> next_id,
           Changed changed, std::function<void()> types_changed);
  ~LiveView();
  LiveView(const LiveView&) = delete;
  LiveView& operator=(const LiveView&) = delete;

  /// The kinds to watch, each in the version to read, and the objects to remember. Watches of kinds that stay go on.
  void follow(const std::vector<ResourceType>& types, const std::set<ObjectId>& objects);
  void stop();

  /// What a run that began at `began` saw or left: what a watch told later wins, but is compared with this from now on.
  /// Returns whether somebody touched the object after the run saw it.
  bool settle(const ObjectId& id, LiveEntry::State state, const ActionResult::Seen& seen, const Health& health,
              MonotonicTime began);
  /// nullptr: not tracked.
  [[nodiscard]] const LiveEntry* find(const ObjectId& id) const;
  /// The resourceVersion of an object that a watch told of in the last two minutes and that is there; empty: none. Not
  /// for longer, since a cluster that was restored from a backup counts from an older number.
  [[nodiscard]] std::string seen_lately(const ObjectId& id) const;
  /// Why nothing certain is known of a kind; empty: its view is current.
  [[nodiscard]] std::string doubt(const GroupKind& kind) const;
  /// Every watch has read a whole list or said why it cannot.
  [[nodiscard]] bool looked() const;

  /// False when the message belongs to no watch.
  bool take(Answer& answer);
  bool take(WatchEvent& event);
  void tick();
  [[nodiscard]] std::optional<MonotonicTime> next_wakeup() const;
  [[nodiscard]] std::vector<WatchView> view() const;
  /// Answers that ended a list or a watch with an error.
  [[nodiscard]] std::uint64_t failures() const { return m_failures; }

 private:
  struct Watch {
    ResourceType type;
    std::string namespace_;
    std::unique_ptr<WatchedList> list;
    std::optional<Error> blind;  ///< why the watch before it saw nothing; counts until this one has read a whole list
  };
  static void expect(Watch& watch, const ObjectId& id, const LiveEntry& entry);
  void start_watch(const ResourceType& type, const std::string& namespace_, std::optional<Error> blind = {});
  void apply(const std::vector<ObjectChange>& changes);
  void take_change(const ObjectChange& change);
  void narrow_forbidden();
  Watch* owner_of(CallId id);

  Options m_options;
  Cluster& m_cluster;
  const Clock& m_clock;
  Random& m_random;
  std::function<CallId()> m_next_id;
  Changed m_changed;
  std::function<void()> m_types_changed;
  std::map<std::pair<GroupVersionKind, std::string>, Watch> m_watches;
  std::set<GroupVersionKind> m_narrow;  ///< kinds that may be read in single namespaces only
  std::unordered_map<ObjectId, LiveEntry> m_entries;
  std::uint64_t m_failures = 0;
};

}  // namespace reconciled
