// The same cases against the model, the sandbox's server and a real kube-apiserver; all must answer the same.
#include "tests/cluster/control_plane.h"
#include "tests/conformance/cases.h"
#include "tests/conformance/sandbox_under_test.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>

namespace reconciled {
namespace {

constexpr std::size_t k_least_cases = 150;

class ClusterUnderTest final : public HttpsUnderTest {
 public:
  ClusterUnderTest(ControlPlane& plane, HttpsServer server) : HttpsUnderTest(std::move(server)), m_plane(plane) {}
  Status expire_history() override {
    TRY(m_plane.compact_history());
    return m_plane.restart_api_server();
  }

 private:
  ControlPlane& m_plane;
};

const std::vector<ConformanceCase>& cases() {
  static const std::vector<ConformanceCase> all = [] {
    auto loaded = load_cases(RECONCILED_TESTDATA "/conformance");
    REQUIRE_MESSAGE(loaded, (loaded ? "" : format_error(loaded.error())));
    return std::move(*loaded);
  }();
  return all;
}

using Answers = std::vector<std::vector<std::string>>;

/// Runs all cases, or those whose name contains $CONFORMANCE_CASE.
Answers run_all(ApiUnderTest& api, std::string_view server) {
  const char* only = std::getenv("CONFORMANCE_CASE");
  Answers out;
  std::size_t passed = 0;
  std::size_t number = 0;
  for (const ConformanceCase& one : cases()) {
    out.emplace_back();
    if (only != nullptr && one.name.find(only) == std::string::npos) continue;
    CaseOutcome outcome = run_case(api, one, "conf-" + std::to_string(++number));
    for (const std::string& failure : outcome.failures)
      FAIL_CHECK((std::string(server) + ": " + one.name + "\n    " + failure));
    if (outcome.failures.empty()) ++passed;
    out.back() = std::move(outcome.answers);
  }
  std::printf("conformance: %zu of %zu cases passed on %.*s\n", passed, cases().size(), static_cast<int>(server.size()),
              server.data());
  return out;
}

void compare(const Answers& truth, const Answers& answers, std::string_view server) {
  for (std::size_t index = 0; index < truth.size(); ++index) {
    for (std::size_t step = 0; step < truth[index].size() && step < answers[index].size(); ++step) {
      if (truth[index][step] == answers[index][step]) continue;
      const ConformanceCase& one = cases()[index];
      FAIL_CHECK((one.file + ": " + one.name + "\n  kube-apiserver " + truth[index][step] + "\n  " +
                  std::string(server) + " " + answers[index][step]));
    }
  }
}

ControlPlane& plane() {
  static const std::unique_ptr<ControlPlane> started = [] {
    auto made = ControlPlane::start({.controllers = Controllers::manager, .api_server_flags = {}});
    REQUIRE_MESSAGE(made, (made ? "" : format_error(made.error())));
    return std::move(*made);
  }();
  return *started;
}

const Answers& truth() {
  static const Answers answers = [] {
    auto rules = plane().make_namespace("readers");
    REQUIRE(rules);
    auto token = plane().make_service_account(
        *rules, "reader", R"([{"apiGroups":["*"],"resources":["*"],"verbs":["get","list","watch"]}])");
    REQUIRE(token);
    ClusterUnderTest api(plane(), {plane().server(), plane().ca_file(), plane().access().token, *token});
    return run_all(api, "kube-apiserver");
  }();
  return answers;
}

TEST_CASE("there are at least 150 cases") {
  std::printf("conformance: %zu cases\n", cases().size());
  CHECK(cases().size() >= k_least_cases);
}

TEST_CASE("the real kube-apiserver passes every case") {
  truth();
}

TEST_CASE("the model passes every case and answers as the real server") {
  const auto api = make_model_under_test();
  compare(truth(), run_all(*api, "the model"), "the model");
}

TEST_CASE("the sandbox's server passes every case and answers as the real server") {
  auto api = make_sandbox_under_test();
  REQUIRE_MESSAGE(api, (api ? "" : format_error(api.error())));
  compare(truth(), run_all(**api, "the sandbox"), "the sandbox");
}

}  // namespace
}  // namespace reconciled
