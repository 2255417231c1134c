#include "engine/live_view.h"

#include "ports/clock_port.h"

#include <doctest/doctest.h>

using namespace reconciled;

namespace {

const ResourceType k_config_maps{{"", "v1", "ConfigMap"}, "configmaps", ObjectScope::namespaced, {}};
const ObjectId k_object{"", "", "ConfigMap", "n", "a"};

/// Remembers what it was asked.
class RecordingCluster final : public Cluster {
 public:
  void start(Call call) override { calls.push_back(std::move(call)); }
  void cancel(CallId) override {}
  std::vector<Call> calls;
};

struct Fixture {
  RecordingCluster cluster;
  ManualClock clock;
  SeededRandom random{7};
  CallId last_id = 0;
  LiveView live;

  Fixture()
      : live(
            {}, cluster, clock, random, [this] { return ++last_id; }, [](const ObjectId&, LiveView::Change) {}, [] {}) {
    live.follow({k_config_maps}, {k_object});
  }
  void answer(Result<Value> object) {
    Answer answer;
    answer.id = last_id;
    answer.object = std::move(object);
    CHECK(live.take(answer));
  }
  void list() {
    answer(Value::map({{"metadata", Value::map({{"resourceVersion", "10"}})}, {"items", Value::list({})}}));
  }
  [[nodiscard]] std::string doubt() const { return live.doubt(k_config_maps.gvk.group_kind()); }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture,
                  "watches of single namespaces know nothing of the time in which the one before them was blind") {
  list();
  CHECK(doubt().empty());
  clock.advance(std::chrono::minutes(1));
  CHECK_FALSE(doubt().empty());
  answer(fail(ErrorKind::api_auth, "forbidden"));
  CHECK(cluster.calls.back().verb == Verb::list);
  CHECK(cluster.calls.back().namespace_ == "n");
  CHECK(doubt().find("forbidden") != std::string::npos);
  list();
  CHECK(doubt().empty());
}
