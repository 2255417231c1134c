// The state of a KubeCluster: which call waits for what. It belongs to the adapter's own thread.
#pragma once

#include "kube/credentials.h"
#include "kube/kube_cluster.h"
#include "kube/token_bucket.h"
#include "kube/watch_frames.h"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace reconciled {

class KubeLoop {
 public:
  /// `run_plugin` starts an exec plugin elsewhere; its result comes back by `take_plugin`.
  using RunPlugin = std::function<void(const std::string& cluster, const ExecPlugin& plugin)>;

  KubeLoop(std::map<std::string, ClusterAccess> clusters, const KubeOptions& options, HttpTransport& transport,
           const Clock& clock, Random& random, Inbox& inbox, RunPlugin run_plugin);

  void begin(Call call);
  void cancel(CallId id);
  void take_plugin(const std::string& cluster, Result<ExecCredential> result);
  /// Does what is due, waits for sockets until the next thing is, and does what they brought.
  void run_once();

 private:
  using Key = std::uint64_t;
  using Timers = std::multimap<MonotonicTime, std::function<void()>>;

  enum class State : std::uint8_t { queued, sending, backing_off, parked, awaiting_plugin };

  struct Server {
    Server(std::string name_, Credentials credentials_, const RequestPace& pace)
        : name(std::move(name_)),
          credentials(std::move(credentials_)),
          window(pace.window),
          bucket(pace.per_second, pace.burst) {}
    std::string name;
    Credentials credentials;
    std::size_t window;
    TokenBucket bucket;
    std::deque<Key> queue;      ///< calls that wait for the window
    std::size_t in_window = 0;  ///< calls that hold a place in it
    std::size_t resting = 0;    ///< calls that gave theirs up until they are sent again
    bool pump_set = false;
    int failures = 0;      ///< connections that failed in a row
    bool probing = false;  ///< one request looks whether the server is back
    bool wake_set = false;
    std::deque<Key> parked;       ///< calls that wait for the probe
    std::vector<Key> for_plugin;  ///< calls that wait for credentials
    bool plugin_running = false;
  };

  struct Operation {
    Key key = 0;
    Server* server = nullptr;
    PendingCall api;
    State state = State::queued;
    bool windowed = false;  ///< holds a place in the window
    bool resting = false;   ///< held one
    bool probe = false;
    bool reauthenticated = false;
    Link link = Link::shared;
    int attempts = 0;
    bool sent_again = false;  ///< see Answer
    MonotonicTime begun;      ///< when it came
    MonotonicTime deadline;   ///< set when it leaves the queue for the first time
    std::optional<Error> last_error;
    std::shared_ptr<const Endpoint> endpoint;
    HttpTransport::Ticket ticket = 0;
    std::optional<Timers::iterator> timer;
    std::unique_ptr<WatchFrames> frames;
    std::optional<Error> watch_error;
    MonotonicTime last_data;

    Operation(Call call, const RequestLimits& limits) : api(std::move(call), limits) {}
    [[nodiscard]] bool watch() const { return api.call().verb == Verb::watch; }
    /// Whether the pace of its server binds it.
    [[nodiscard]] bool paced() const;
  };

  Operation* find(Key key);
  void pump();
  bool pump_one(Server& server);
  void leave_window(Operation& operation);
  void rest(Operation& operation, MonotonicTime until);
  void send(Operation& operation);
  bool hold_for_probe(Operation& operation);
  void start_plugin(Server& server);
  void on_end(Key key, HttpResponse response);
  void note_reachability(Operation& operation, const HttpResponse& response);
  void wake_probe(Server& server);
  void release_parked(Server& server);
  bool on_watch_data(Operation& operation, std::string_view bytes);
  void on_watch_end(Operation& operation, const HttpResponse& response);
  void check_silence(Key key);
  void retry_or_finish(Operation& operation, const HttpResponse& response);
  void expire_queue(Server& server, const Error& error);
  void set_timer(Operation& operation, MonotonicTime at, std::function<void()> action);
  void clear_timer(Operation& operation);
  void finish(Operation& operation, Answer answer);
  void finish_with(Operation& operation, Error error);
  void finish_unsent(Operation& operation, std::string why);

  const KubeOptions& m_options;
  HttpTransport& m_transport;
  const Clock& m_clock;
  Random& m_random;
  Inbox& m_inbox;
  RunPlugin m_run_plugin;
  std::map<std::string, Server> m_servers;
  std::vector<Server*> m_turns;  ///< all of them
  std::size_t m_turn = 0;        ///< whose queue is looked at first
  std::size_t m_in_windows = 0;
  bool m_pumping = false;
  std::unordered_map<Key, std::unique_ptr<Operation>> m_operations;
  std::unordered_map<CallId, Key> m_keys;
  Timers m_timers;
  Key m_next_key = 1;
  std::size_t m_watches = 0;
};

}  // namespace reconciled
