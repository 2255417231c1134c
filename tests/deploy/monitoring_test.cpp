// Alerts and dashboard speak of metrics that exist, with labels and values that they have.
#include "base/file.h"
#include "base/yaml.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <map>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {
namespace {

using nlohmann::json;

std::string read(const std::string& path) {
  auto text = read_file(std::string(RECONCILED_ROOT) + "/" + path);
  REQUIRE_MESSAGE(text, format_error(text.error()));
  return std::move(*text);
}

Value read_alerts() {
  Budget budget;
  auto documents = read_yaml(read("deploy/monitoring/alerts.yaml"), "alerts.yaml", budget);
  REQUIRE(documents);
  REQUIRE(documents->size() == 1);
  return documents->front().value;
}

/// What docs/metrics.md says: the labels of each metric, and every word in `code`.
struct MetricsReference {
  std::map<std::string, std::set<std::string>> labels;
  std::set<std::string> words;
};

std::set<std::string> words_in_code(const std::string& text) {
  static const std::regex code("`([^`\n]+)`");
  std::set<std::string> words;
  for (std::sregex_iterator at(text.begin(), text.end(), code), end; at != end; ++at) words.insert((*at)[1]);
  return words;
}

MetricsReference read_reference() {
  const std::string text = read("docs/metrics.md");
  static const std::regex row("\\| `([a-z_]+)` \\| (gauge|counter|histogram) \\| ([^|]*)\\|");
  MetricsReference reference;
  reference.words = words_in_code(text);
  for (std::sregex_iterator at(text.begin(), text.end(), row), end; at != end; ++at) {
    const std::string name = (*at)[1];
    const auto labels = words_in_code((*at)[3]);
    if ((*at)[2] != "histogram") {
      reference.labels[name] = labels;
      continue;
    }
    for (const char* suffix : {"_bucket", "_sum", "_count"}) reference.labels[name + suffix] = labels;
    reference.labels[name + "_bucket"].insert("le");
  }
  REQUIRE(reference.labels.size() > 20);
  return reference;
}

/// What an expression of PromQL names that the reference does not know; empty when all is well.
std::set<std::string> unknown_in(const std::string& expression, const MetricsReference& reference) {
  static const std::regex metric("\\b(reconciled|process)_[a-z_]+");
  static const std::regex matcher("([a-z_]+) *(=~|!~|!=|=) *\"([^\"]*)\"");
  static const std::regex grouping("\\b(by|without|on|ignoring) *\\(([^)]*)\\)");
  static const std::regex word("[a-z_]+");
  std::set<std::string> unknown;
  std::set<std::string> labels{"instance", "job"};  // given by the scrape
  const std::string bare = std::regex_replace(expression, std::regex("\"[^\"]*\""), "\"\"");
  for (std::sregex_iterator at(bare.begin(), bare.end(), metric), end; at != end; ++at) {
    const auto row = reference.labels.find(at->str());
    if (row == reference.labels.end()) {
      unknown.insert(at->str());
    } else {
      labels.insert(row->second.begin(), row->second.end());
    }
  }
  for (std::sregex_iterator at(expression.begin(), expression.end(), matcher), end; at != end; ++at) {
    const std::string label = (*at)[1];
    const std::string value = (*at)[3];
    if (!labels.contains(label)) unknown.insert(label);
    if ((label == "status" || label == "result") && !reference.words.contains(value)) unknown.insert(value);
  }
  for (std::sregex_iterator at(bare.begin(), bare.end(), grouping), end; at != end; ++at) {
    const std::string names = (*at)[2];
    for (std::sregex_iterator name(names.begin(), names.end(), word); name != end; ++name) {
      if (!labels.contains(name->str())) unknown.insert(name->str());
    }
  }
  return unknown;
}

std::vector<std::string> expressions_of_dashboard(const json& dashboard) {
  std::vector<std::string> all;
  for (const auto& panel : dashboard.at("panels")) {
    if (panel.at("type") == "row") continue;
    for (const auto& target : panel.at("targets")) all.push_back(target.at("expr"));
  }
  for (const auto& variable : dashboard.at("templating").at("list")) {
    if (variable.at("type") == "query") all.push_back(variable.at("definition"));
  }
  return all;
}

}  // namespace

TEST_CASE("alerts name metrics, labels and values that exist") {
  const auto reference = read_reference();
  std::size_t count = 0;
  const Value alerts = read_alerts();
  for (const Value& group : alerts["groups"].items()) {
    for (const Value& rule : group["rules"].items()) {
      const std::string expression(rule["expr"].as_string());
      CAPTURE(expression);
      CHECK(unknown_in(expression, reference) == std::set<std::string>{});
      ++count;
    }
  }
  CHECK(count >= 15);
}

TEST_CASE("the dashboard names metrics, labels and values that exist") {
  const auto reference = read_reference();
  const auto expressions = expressions_of_dashboard(json::parse(read("deploy/monitoring/dashboard.json")));
  for (const auto& expression : expressions) {
    CAPTURE(expression);
    CHECK(unknown_in(expression, reference) == std::set<std::string>{});
  }
  CHECK(expressions.size() > 20);
}

TEST_CASE("a name that does not exist is noticed") {
  const MetricsReference reference{{{"reconciled_ready", {"environment"}}, {"reconciled_run_bucket", {"le"}}},
                                   {"failed"}};
  CHECK(unknown_in("max by (environment) (reconciled_ready) == 0", reference).empty());
  CHECK(unknown_in("sum(reconciled_readiness)", reference) == std::set<std::string>{"reconciled_readiness"});
  CHECK(unknown_in("reconciled_ready{cluster=\"a\"}", reference) == std::set<std::string>{"cluster"});
  CHECK(unknown_in("max by (layer) (reconciled_ready)", reference) == std::set<std::string>{"layer"});
  CHECK(unknown_in("reconciled_ready{status=\"fialed\"}", reference) == std::set<std::string>{"status", "fialed"});
  CHECK(unknown_in("rate(reconciled_run_bucket[5m])", reference).empty());
}

TEST_CASE("each alert waits, weighs and explains itself, and the documentation has it") {
  const std::string page = read("docs/daemon.md");
  const std::set<std::string> severities{"critical", "warning", "info"};
  std::set<std::string> names;
  const Value alerts = read_alerts();
  for (const Value& group : alerts["groups"].items()) {
    for (const Value& rule : group["rules"].items()) {
      const std::string name(rule["alert"].as_string());
      CAPTURE(name);
      CHECK(names.insert(name).second);
      CHECK_FALSE(rule["for"].as_string().empty());
      CHECK(severities.contains(std::string(rule.at({"labels", "severity"}).as_string())));
      CHECK_FALSE(rule.at({"annotations", "summary"}).as_string().empty());
      CHECK_FALSE(rule.at({"annotations", "description"}).as_string().empty());
      CHECK(page.find("| `" + name + "` |") != std::string::npos);
    }
  }
}

TEST_CASE("the panels of the dashboard have ids of their own, say where they read and do not overlap") {
  const json dashboard = json::parse(read("deploy/monitoring/dashboard.json"));
  CHECK(dashboard.at("schemaVersion").get<int>() >= 39);
  CHECK_FALSE(dashboard.at("uid").get<std::string>().empty());
  std::set<int> ids;
  std::set<std::pair<int, int>> cells;
  for (const auto& panel : dashboard.at("panels")) {
    CAPTURE(panel.at("title"));
    CHECK(ids.insert(panel.at("id").get<int>()).second);
    const json& place = panel.at("gridPos");
    for (int x = place.at("x"); x < place.at("x").get<int>() + place.at("w").get<int>(); ++x) {
      CHECK(x < 24);
      for (int y = place.at("y"); y < place.at("y").get<int>() + place.at("h").get<int>(); ++y)
        CHECK(cells.emplace(x, y).second);
    }
    if (panel.at("type") != "row") CHECK(panel.at("datasource").at("uid") == "${datasource}");
  }
}

}  // namespace reconciled
