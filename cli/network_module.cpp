// The loaded part: adapters to Git servers and API servers, and the sandbox.
#include "cli/fetch_page.h"
#include "cli/network.h"
#include "cli/sandbox_server.h"
#include "connect/connections.h"
#include "sources/local_tree.h"

namespace reconciled {
namespace {

std::unique_ptr<Source> make_source(const Settings& settings, const std::string& cache_folder,
                                    const std::string& asked) {
  return make_settings_source(settings, cache_folder, asked, nullptr);
}

Result<LocalFolder> look_at_folder(const std::string& folder) {
  TRY_ASSIGN(auto local, make_local_revision(folder));
  return LocalFolder{std::move(local.revision), std::move(local.work_tree),
                     local.state == LocalRevision::State::changed};
}

Result<Connection> connect(const Settings& settings, const ConnectionRequest& request, Inbox& inbox) {
  static SystemClock clock;
  static SystemRandom random;
  return connect_cluster(settings, request, {Program::reconcile, clock, random}, inbox);
}

constexpr Network k_network{&make_source, &look_at_folder, &connect, &fetch_page, &serve_sandbox};

}  // namespace

extern "C" __attribute__((visibility("default"))) const Network* reconciled_network() {
  return &k_network;
}

}  // namespace reconciled
