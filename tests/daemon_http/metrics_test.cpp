#include "daemon/http/metrics.h"

#include "daemon/http/metrics_table.h"
#include "tests/daemon_http/golden.h"
#include "tests/daemon_http/views.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <thread>

using namespace reconciled;
using namespace reconciled::test;
using namespace std::chrono_literals;

namespace {

struct Place {
  ManualClock clock{at(31)};
  Board board;
  Metrics metrics{board, clock, "0.1.0", "abcdef0"};

  explicit Place(std::shared_ptr<DaemonView> view = make_view()) {
    clock.advance(1001s);
    if (view != nullptr) board.publish(std::move(view));
    board.beat(clock.monotonic());
  }
};

StackRecord make_record() {
  StackRecord record;
  record.stack = {"prod", "applications", "shop"};
  record.trigger = Trigger::commit;
  record.result = RunResult::succeeded;
  record.duration = 400ms;
  record.since_commit = 600ms;
  record.created = 2;
  record.updated = 3;
  record.recreated = 1;
  record.adopted = 1;
  record.pruned = 1;
  record.held = 1;
  record.failed = 1;
  record.healed = 1;
  record.conflicts = {"kubectl-edit"};
  return record;
}

/// One event of each kind.
void feed(Metrics& metrics) {
  metrics.on_record(make_record());
  metrics.on_fetch("prod", FetchResult::succeeded, 30ms);
  metrics.on_phase(RunPhase::render, 20ms);
  metrics.on_webhook(WebhookProvider::github, WebhookResult::accepted);
  metrics.on_refused_webhook();
  metrics.on_kube_answer("apply", 200);
  metrics.on_watch_restart("expired");
  metrics.on_http_request("/metrics", 200);
  metrics.on_http_request("", 404);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string value_of(const std::string& text, const std::string& series) {
  for (const auto& line : lines_of(text)) {
    if (line.starts_with(series + " ")) return line.substr(series.size() + 1);
  }
  return "absent";
}

}  // namespace

TEST_CASE("the exposition is what it was") {
  Place place;
  feed(place.metrics);
  std::string text;
  std::vector<std::string> samples;  // of one family, whose order is not defined
  const auto flush = [&] {
    std::ranges::sort(samples);
    for (const auto& sample : samples) text += sample + "\n";
    samples.clear();
  };
  bool histogram = false;
  for (auto line : lines_of(place.metrics.text())) {
    if (line.starts_with("process_")) line = line.substr(0, line.find(' ')) + " N";
    if (line.starts_with("# TYPE")) histogram = line.ends_with(" histogram");
    if (line.starts_with('#') || histogram) {
      flush();
      text += line + "\n";
    } else {
      samples.push_back(line);
    }
  }
  flush();
  // Phases that were not observed say nothing new.
  std::string kept;
  for (const auto& line : lines_of(text)) {
    if (line.find("phase=") == std::string::npos || line.find("phase=\"render\"") != std::string::npos)
      kept += line + "\n";
  }
  check_golden("daemon_http/metrics.txt", kept);
}

TEST_CASE("docs/metrics.md is what the table says") {
  check_golden("../docs/metrics.md", format_metrics_reference());
}

TEST_CASE("what is served is what is declared, with its labels and nothing else") {
  Place place;
  feed(place.metrics);
  std::set<std::string> served;
  static const std::regex k_sample(R"(([a-z_]+?)(_bucket|_sum|_count)?(\{(.*)\})? -?[0-9.e+]+(Inf)?)");
  for (const auto& line : lines_of(place.metrics.text())) {
    if (line.starts_with("# HELP ")) {
      const std::string name = line.substr(7, line.find(' ', 7) - 7);
      CHECK_MESSAGE(served.insert(name).second, name << " is served twice");
      CHECK(line.substr(8 + name.size()) == metric_row(name).help);
      continue;
    }
    if (line.starts_with("# TYPE ")) continue;
    CAPTURE(line);
    std::smatch match;
    REQUIRE(std::regex_match(line, match, k_sample));
    std::string name = match[1];
    if (!served.contains(name)) name += match[2];
    REQUIRE(served.contains(name));
    const MetricRow& row = metric_row(name);
    std::set<std::string> declared;
    for (const auto label : row.labels) {
      if (!label.empty()) declared.emplace(label);
    }
    std::set<std::string> given;
    static const std::regex k_label(R"re(([a-z_]+)="((?:[^"\\]|\\.)*)")re");
    const std::string labels = match[4];
    for (std::sregex_iterator at(labels.begin(), labels.end(), k_label), end; at != end; ++at) {
      if ((*at)[1] != "le") given.insert((*at)[1]);
    }
    CHECK(given == declared);
  }
  for (const MetricRow& row : metric_rows())
    CHECK_MESSAGE(served.contains(std::string(row.name)), row.name << " is never served");
}

TEST_CASE("names and helps keep to the rules of the format") {
  static const std::regex k_name("[a-z][a-z0-9_]*");
  for (const MetricRow& row : metric_rows()) {
    CAPTURE(row.name);
    CHECK(std::regex_match(std::string(row.name), k_name));
    CHECK(row.help.ends_with("."));
    CHECK(row.help.find_first_of("\n\\") == std::string_view::npos);
    CHECK((row.type == MetricType::counter) == row.name.ends_with("_total"));
    CHECK((row.type == MetricType::histogram) == !row.buckets.empty());
    CHECK(std::ranges::is_sorted(row.buckets));
    for (const auto label : row.labels) {
      // A scrape configuration writes these itself.
      for (const char* taken : {"namespace", "pod", "job", "instance", "cluster", "le"}) CHECK(label != taken);
    }
  }
}

TEST_CASE("of each state set exactly one is 1") {
  Place place;
  std::map<std::string, int> ones;
  for (const auto& line : lines_of(place.metrics.text())) {
    const auto status = line.find(",status=");
    if (status != std::string::npos) ones[line.substr(0, status)] += line.ends_with(" 1") ? 1 : 0;
  }
  CHECK(ones.size() == 2 * 3 + 2 * 3);
  for (const auto& [series, count] : ones) CHECK_MESSAGE(count == 1, series);
}

TEST_CASE("a stalled loop, or a cluster that cannot be seen, makes every state unknown") {
  const std::string sync =
      R"(reconciled_stack_sync_status{stack="ingress",layer="infrastructure",environment="prod",target_cluster="main",status=)";
  const std::string layer =
      R"(reconciled_layer_health_status{layer="infrastructure",environment="prod",target_cluster="main",status=)";
  Place place;
  CHECK(value_of(place.metrics.text(), sync + "\"in-sync\"}") == "1");
  CHECK(value_of(place.metrics.text(), layer + "\"healthy\"}") == "1");
  place.clock.advance(31s);
  const std::string stalled = place.metrics.text();
  CHECK(value_of(stalled, sync + "\"in-sync\"}") == "0");
  CHECK(value_of(stalled, sync + "\"unknown\"}") == "1");
  CHECK(value_of(stalled, layer + "\"unknown\"}") == "1");
  CHECK(value_of(stalled, "reconciled_loop_age_seconds") == "31");

  auto blind = make_view();
  blind->environments[0].cluster_error = Error(ErrorKind::api_transient, "no answer");
  const std::string unseen = Place(blind).metrics.text();
  CHECK(value_of(unseen, sync + "\"unknown\"}") == "1");
  CHECK(value_of(unseen, layer + "\"unknown\"}") == "1");
}

TEST_CASE("ages grow while nothing new is published") {
  Place place;
  const std::string labels = R"({environment="prod",target_cluster="main"})";
  CHECK(value_of(place.metrics.text(), "reconciled_kube_watch_age_seconds" + labels) == "3");
  CHECK(value_of(place.metrics.text(), "reconciled_queue_oldest_age_seconds" + labels) == "4");
  place.clock.advance(10s);
  CHECK(value_of(place.metrics.text(), "reconciled_kube_watch_age_seconds" + labels) == "13");
}

TEST_CASE("before anything is published there are the process and the counters") {
  Place place(nullptr);
  const std::string text = place.metrics.text();
  CHECK(value_of(text, R"(reconciled_build_info{version="0.1.0",revision="abcdef0"})") == "1");
  CHECK(value_of(text, "process_open_fds") != "absent");
  CHECK(text.find("reconciled_stack") == std::string::npos);
}

TEST_CASE("label values are escaped, whatever they hold") {
  auto view = make_view();
  view->environments[0].environment = "a\"b\\c\nd";
  const std::string text = Place(view).metrics.text();
  CHECK(value_of(text, R"(reconciled_leader{environment="a\"b\\c\nd",target_cluster="main"})") == "1");
}

TEST_CASE("managers that others choose are bounded") {
  Place place;
  StackRecord record = make_record();
  for (int i = 0; i < 1000; ++i) {
    record.conflicts = {"manager-" + std::to_string(i)};
    place.metrics.on_record(record);
  }
  std::size_t series = 0;
  const std::string text = place.metrics.text();
  for (const auto& line : lines_of(text)) series += line.starts_with("reconciled_apply_conflicts_total{") ? 1 : 0;
  CHECK(series == 51);
  CHECK(value_of(text, R"(reconciled_apply_conflicts_total{manager="other"})") == "950");
  CHECK(value_of(text, R"(reconciled_apply_conflicts_total{manager="manager-7"})") == "1");
}

TEST_CASE("counting from several threads loses nothing") {
  Place place;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        place.metrics.on_kube_answer("get", 200);
        if (i % 500 == 0) (void)place.metrics.text();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(value_of(place.metrics.text(), R"(reconciled_kube_requests_total{code="200",verb="get"})") == "8000");
}
