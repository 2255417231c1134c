#include "daemon/event_writer.h"

#include <doctest/doctest.h>

#include <vector>

using namespace reconciled;

namespace {

StackRecord record_of(RunResult result) {
  StackRecord record;
  record.stack = {"prod", "applications", "shop"};
  record.result = result;
  return record;
}

StackRecord healed() {
  StackRecord record = record_of(RunResult::succeeded);
  record.healed = 1;
  record.drift.push_back({{"main", "apps", "Deployment", "shop", "web"},
                          ChangeCause::manual,
                          "spec.replicas",
                          "kubectl-edit",
                          "2026-01-01T00:00:00Z",
                          "SECRET-BEFORE",
                          "SECRET-AFTER"});
  return record;
}

class Recorder final : public Cluster {
 public:
  void start(Call call) override { calls.push_back(std::move(call)); }
  void cancel(CallId) override {}
  std::vector<Call> calls;
};

}  // namespace

TEST_CASE("a repair is an Event of its object that names who changed what, and no value") {
  const Value event = make_event(healed(), "reconciled-system", "host_1", "u1");
  CHECK(event["reason"].as_string() == "SelfHealed");
  CHECK(event["type"].as_string() == "Normal");
  CHECK(event.at({"metadata", "namespace"}).as_string() == "shop");
  CHECK(event.at({"regarding", "name"}).as_string() == "web");
  const std::string note(event["note"].as_string());
  CHECK(note.find("kubectl-edit") != std::string::npos);
  CHECK(note.find("SECRET") == std::string::npos);
}

TEST_CASE("a run that has nothing to say makes no Event") {
  CHECK(make_event(record_of(RunResult::succeeded), "n", "i", "u").is_null());
  CHECK(make_event(record_of(RunResult::blocked), "n", "i", "u").is_null());
}

TEST_CASE("a failure is a Warning with a note that the API server takes") {
  StackRecord record = record_of(RunResult::failed);
  std::string text;
  for (int i = 0; i < 900; ++i) text += "ö";
  record.error = Error(ErrorKind::api_rejected, text);
  const Value event = make_event(record, "reconciled-system", "host_1", "u1");
  CHECK(event["reason"].as_string() == "SyncFailed");
  CHECK(event["type"].as_string() == "Warning");
  CHECK(event["note"].as_string().size() <= 1024);
  CHECK((static_cast<unsigned char>(event["note"].as_string().back()) & 0xC0) != 0xC0);
}

TEST_CASE("no Event is sent without the Lease, and no flood with it") {
  Recorder cluster;
  ManualClock clock;
  SeededRandom random(1);
  EventWriter writer(cluster, {"main", {}}, "reconciled-system", "host_1", clock, random);
  writer.on_record(healed());
  CHECK(cluster.calls.empty());
  writer.fence(clock.monotonic() + std::chrono::hours(1));
  for (int i = 0; i < 200; ++i) writer.on_record(healed());
  CHECK(cluster.calls.size() == 50);
  CHECK(cluster.calls.front().start_before == clock.monotonic() + std::chrono::hours(1));
  clock.advance(std::chrono::seconds(3));
  for (int i = 0; i < 10; ++i) writer.on_record(healed());
  CHECK(cluster.calls.size() == 53);
}
