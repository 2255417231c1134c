// The way from one process to the API server: calls and answers get lost, late, doubled and refused on it.
#pragma once

#include "sandbox/model_cluster.h"
#include "tests/sim/faults.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace reconciled::sim {

struct Sender;
class Machine;
class World;

/// Calls of the loop, or of the Lease, which has its own connection.
enum class Line : bool { loop, lease };

/// One process's Cluster port. It outlives the process while its requests are under way.
class Wire final : public Cluster, public std::enable_shared_from_this<Wire> {
 public:
  Wire(World& world, Machine& machine, std::shared_ptr<Sender> sender, Line line);

  void start(Call call) override;
  void cancel(CallId id) override;

  /// The process is gone: nothing is sent or delivered any more.
  void cut_off() { m_alive = false; }
  /// Reads what the open watches have.
  void pump();
  /// Ends every watch with this error.
  void end_watches(const Error& error, int status);

 private:
  /// What will become of one call.
  struct Fate {
    Duration there{};
    Duration back{};
    bool lose_request = false;
    bool lose_answer = false;
    bool send_again = false;
    bool stale = false;
    std::optional<Error> refused;
    int status = 0;
  };
  struct Open {
    bool watch = false;
    Duration timeout{};
    MonotonicTime heard{};  ///< of a watch: its last event, or its start
    MonotonicTime last{};   ///< of a watch: when the newest of its events will be delivered
    bool ending = false;
  };
  /// Takes what the model answers within a call.
  struct Capture final : Inbox {
    void deliver(Answer answer) override { answers.push_back(std::move(answer)); }
    void deliver(WatchEvent event) override { events.push_back(std::move(event)); }
    std::vector<Answer> answers;
    std::vector<WatchEvent> events;
  };

  Fate decide(const Call& call);
  void arrive(Call call, const Fate& fate, MonotonicTime started);
  std::optional<Answer> execute(const Call& call, MonotonicTime started);
  void make_stale(const Call& call, Answer& answer);
  void answer_later(Answer answer, MonotonicTime time);
  void deliver(Answer answer);
  void deliver(WatchEvent event);
  void time_out(CallId id, MonotonicTime started);
  void forward();
  void end_silent_watches();
  void send(Call call, Duration lingers);
  void send_again(Call call, MonotonicTime started, Duration back);
  [[nodiscard]] bool is_late(const Call& call) const;

  World& m_world;
  Machine& m_machine;
  std::shared_ptr<Sender> m_sender;
  Line m_line;
  bool m_alive = true;
  Capture m_capture;
  std::unique_ptr<sandbox::ModelCluster> m_model;
  std::int64_t m_pumped = -1;
  std::map<CallId, Open> m_open;
};

}  // namespace reconciled::sim
