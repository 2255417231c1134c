#include "kube/kube_cluster.h"

#include "kube/kube_loop.h"

#include <atomic>
#include <csignal>
#include <mutex>
#include <thread>
#include <variant>
#include <vector>

namespace reconciled {

namespace {

class KubeCluster final : public Cluster {
 public:
  KubeCluster(std::map<std::string, ClusterAccess> clusters, KubeOptions options, const Clock& clock, Random& random,
              Inbox& inbox, std::unique_ptr<HttpTransport> transport)
      : m_options(std::move(options)),
        m_transport(std::move(transport)),
        m_loop(std::move(clusters), m_options, *m_transport, clock, random, inbox,
               [this](const std::string& cluster, const ExecPlugin& plugin) { run_plugin(cluster, plugin); }),
        m_thread([this] { run(); }) {}

  ~KubeCluster() override {
    m_stop = true;
    m_transport->wake();
    m_thread.join();
    for (auto& [cluster, plugin] : m_plugins) plugin.join();
  }
  KubeCluster(const KubeCluster&) = delete;
  KubeCluster& operator=(const KubeCluster&) = delete;

  void start(Call call) override { post(std::move(call)); }
  void cancel(CallId id) override { post(id); }

 private:
  struct PluginEnd {
    std::string cluster;
    Result<ExecCredential> result;
  };
  using Order = std::variant<Call, CallId, PluginEnd>;

  void post(Order order) {
    bool first = false;
    {
      const std::lock_guard lock(m_mutex);
      first = m_orders.empty();
      m_orders.push_back(std::move(order));
    }
    if (first) m_transport->wake();
  }

  void run() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);  // signals, SIGPIPE among them, are for the program's other threads
    std::vector<Order> orders;
    while (!m_stop) {
      {
        const std::lock_guard lock(m_mutex);
        orders.swap(m_orders);
      }
      for (Order& order : orders) {
        if (auto* call = std::get_if<Call>(&order)) m_loop.begin(std::move(*call));
        if (auto* id = std::get_if<CallId>(&order)) m_loop.cancel(*id);
        if (auto* end = std::get_if<PluginEnd>(&order)) m_loop.take_plugin(end->cluster, std::move(end->result));
      }
      orders.clear();
      m_loop.run_once();
    }
  }

  /// Called by the loop's thread. Plugins block, so each run has a thread, at most one a cluster.
  void run_plugin(const std::string& cluster, const ExecPlugin& plugin) {
    std::thread& thread = m_plugins[cluster];
    if (thread.joinable()) thread.join();  // its end was taken before
    thread = std::thread([this, cluster, plugin] {
      post(PluginEnd{cluster, run_exec_plugin(plugin, monotonic_now() + m_options.plugin_timeout)});
    });
  }

  KubeOptions m_options;
  std::unique_ptr<HttpTransport> m_transport;
  KubeLoop m_loop;
  std::mutex m_mutex;
  std::vector<Order> m_orders;  // guarded by m_mutex
  std::atomic<bool> m_stop = false;
  std::map<std::string, std::thread> m_plugins;  // of the loop's thread; by cluster
  std::thread m_thread;
};

}  // namespace

Result<std::unique_ptr<Cluster>> make_kube_cluster(std::map<std::string, ClusterAccess> clusters, KubeOptions options,
                                                   const Clock& clock, Random& random, Inbox& inbox) {
  if (!options.read) options.read = make_disk_reader();
  TRY_ASSIGN(auto transport, HttpTransport::make(options.user_agent, options.version, options.max_buffered_bytes));
  return std::unique_ptr<Cluster>(std::make_unique<KubeCluster>(std::move(clusters), std::move(options), clock, random,
                                                                inbox, std::move(transport)));
}

}  // namespace reconciled
