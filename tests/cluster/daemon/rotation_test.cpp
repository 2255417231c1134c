// Tokens that are replaced, and revoked, while the daemon works.
#include "base/file.h"
#include "tests/cluster/daemon/fleet.h"

#include <iostream>
#include <utility>

namespace reconciled {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using std::chrono::steady_clock;

/// The API server believes a token that it has seen for so long after it was revoked, and some more.
constexpr auto k_believed = 30s;
constexpr auto k_applied = 10s;
constexpr int k_rotations = 2;

/// A token of the daemon's account that ends with a Secret of this name.
std::string make_token(const Fleet& fleet, const std::string& secret) {
  fleet.make("/api/v1/namespaces/$NS/secrets", R"({"metadata":{"name":")" + secret + "\"}}");
  const json request{{"spec",
                      {{"expirationSeconds", 86400},
                       {"boundObjectRef", {{"apiVersion", "v1"}, {"kind", "Secret"}, {"name", secret}}}}}};
  const std::string path = "/api/v1/namespaces/" + fleet.space() + "/serviceaccounts/daemon/token";
  const json answer = json::parse(take(fleet.plane().call_ok({"POST", path, request.dump()})));
  return answer.at("status").at("token").get<std::string>();
}

bool is_refused(const Fleet& fleet, const std::string& token) {
  return take(call_api(fleet.plane().access(token), {.path = "/api/v1/namespaces/" + fleet.space()})).status == 401;
}

}  // namespace

TEST_CASE("a token that is replaced and revoked in the middle of the work is followed, and no stack fails by it") {
  Fleet fleet("rotates");
  const std::string file = fleet.folder() + "/token";
  std::string token = make_token(fleet, "token-0");
  check_ok(write_file_atomically(file, token));
  fleet.use(
      {.kubeconfig = fleet.write_kubeconfig("rotating", fleet.plane().server(), "{tokenFile: \"" + file + "\"}")});
  fleet.write_config_map("applications/shop/a.yaml", "0");
  fleet.write_config_map("applications/pay/b.yaml", "0");
  fleet.push();
  RunningDaemon daemon = fleet.start();
  REQUIRE_MESSAGE(comes_true(20s, [&] { return daemon.state_of("applications/shop") == "in-sync healthy"; }),
                  daemon.log_end());

  int commits = 0;
  for (int rotation = 1; rotation <= k_rotations; ++rotation) {
    const std::string old = std::exchange(token, make_token(fleet, "token-" + std::to_string(rotation)));
    check_ok(write_file_atomically(file, token));
    fleet.erase("/api/v1/namespaces/$NS/secrets/token-" + std::to_string(rotation - 1));
    // One commit after the other until the old token is refused, and once more afterwards.
    const auto end = steady_clock::now() + k_believed;
    for (bool refused = false, last = false; !last && steady_clock::now() < end;) {
      last = refused;
      const std::string value = std::to_string(++commits);
      fleet.write_config_map("applications/shop/a.yaml", value);
      fleet.tell(daemon, fleet.push());
      CHECK_MESSAGE(comes_true(k_applied, [&] { return fleet.value_of("a") == value; }), daemon.log_end());
      refused = is_refused(fleet, old);
    }
    CHECK_MESSAGE(is_refused(fleet, old), "the old token is still taken: nothing was tested");
    fleet.patch(config_map_path("b"), R"({"data":{"v":"by hand"}})");
    CHECK_MESSAGE(comes_true(k_applied, [&] { return fleet.value_of("b") == "0"; }), daemon.log_end());
  }
  std::cout << commits << " commits over " << k_rotations << " rotations\n";
  CHECK(comes_true(k_applied, [&] { return daemon.state_of("applications/shop") == "in-sync healthy"; }));
  CHECK(comes_true(k_applied, [&] { return daemon.state_of("applications/pay") == "in-sync healthy"; }));
  CHECK_MESSAGE(daemon.log().find("stack failed") == std::string::npos, daemon.log_end());
}

}  // namespace reconciled
