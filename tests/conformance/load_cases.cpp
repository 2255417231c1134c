#include "base/file.h"
#include "base/json.h"
#include "base/yaml.h"
#include "tests/conformance/cases.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <sstream>

namespace reconciled {
namespace {

struct Method {
  std::string_view name;
  std::string_view http;
  std::string_view content_type;
  std::string_view accept;
  Caller caller = Caller::admin;
};

constexpr std::string_view k_json = "application/json";
constexpr Method k_methods[] = {
    {"GET", "GET", k_json, k_json},
    {"POST", "POST", k_json, k_json},
    {"PUT", "PUT", k_json, k_json},
    {"DELETE", "DELETE", k_json, k_json},
    {"YAML", "POST", "application/yaml", k_json},
    {"TEXT", "POST", "text/plain", k_json},
    {"MERGE", "PATCH", "application/merge-patch+json", k_json},
    {"JSON", "PATCH", "application/json-patch+json", k_json},
    {"STRATEGIC", "PATCH", "application/strategic-merge-patch+json", k_json},
    {"APPLY", "PATCH", "application/apply-patch+yaml", k_json},
    {"BADPATCH", "PATCH", "application/json", k_json},
    {"WATCH", "GET", k_json, k_json},
    {"WATCHMETA", "GET", k_json, "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"},
    {"META", "GET", k_json, "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"},
    {"METALIST", "GET", k_json, "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"},
    {"AGGREGATED", "GET", k_json, "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"},
    {"ACCEPTTEXT", "GET", k_json, "text/plain"},
    {"READER", "GET", k_json, k_json, Caller::reader},
    {"READERPOST", "POST", k_json, k_json, Caller::reader},
    {"READERDELETE", "DELETE", k_json, k_json, Caller::reader},
    {"ANON", "GET", k_json, k_json, Caller::anonymous},
};

Error wrong(const std::string& file, std::uint32_t line, std::string message) {
  return Error(ErrorKind::config, std::move(message), Where{file, line, 0, {}});
}

std::string_view take_word(std::string_view& text) {
  const std::size_t end = text.find(' ');
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return word;
}

/// Bodies are YAML for reading's sake; those that are none are sent as they stand.
std::string body_text(const std::string& text) {
  Budget budget;
  const auto documents = read_yaml(text, "", budget);
  if (!documents || documents->size() != 1 || text.starts_with(" !")) return text;
  return format_json(documents->front().value);
}

Result<CaseStep> read_request(std::string_view line, const std::string& file, std::uint32_t number) {
  CaseStep step;
  step.line = number;
  if (line[0] == '~') {
    step.recorded = false;
    line.remove_prefix(1);
  }
  if (const std::size_t star = line.find('*'); star > 0 && star < 4) {
    std::from_chars(line.data(), line.data() + star, step.attempts);
    line.remove_prefix(star + 1);
  }
  const std::string_view name = take_word(line);
  const auto* method =
      std::find_if(std::begin(k_methods), std::end(k_methods), [&](const Method& other) { return other.name == name; });
  if (method == std::end(k_methods)) return fail(wrong(file, number, "no such method: " + std::string(name)));
  step.request.method = method->http;
  step.request.content_type = method->content_type;
  step.request.accept = method->accept;
  step.request.caller = method->caller;
  step.request.path = take_word(line);
  std::from_chars(line.data(), line.data() + line.size(), step.status);
  if (step.status < 100) return fail(wrong(file, number, "the status is missing"));
  return step;
}

Result<CaseStep> read_check(std::string_view line, const std::string& file, std::uint32_t number) {
  CaseStep step;
  step.line = number;
  const char sign = line[0];
  line.remove_prefix(sign == '$' ? 1 : 2);
  const std::string_view first = take_word(line);
  if (sign == '$') {
    step.kind = CaseStep::Kind::save;
    step.text = first;
    step.path = line;
    return step;
  }
  step.path = first;
  if (sign == '?') {
    step.kind = CaseStep::Kind::contains;
    step.text = line;
    return step;
  }
  step.kind = line == "absent" ? CaseStep::Kind::absent : CaseStep::Kind::equals;
  if (step.kind == CaseStep::Kind::absent) return step;
  Budget budget;
  auto documents = read_yaml(line, file, budget);
  if (!documents || documents->size() != 1) return fail(wrong(file, number, "the value is not YAML"));
  step.value = documents->front().value;
  return step;
}

Status read_file_of_cases(const std::string& path, std::vector<ConformanceCase>& out) {
  TRY_ASSIGN(const std::string text, read_file(path));
  std::istringstream lines(text);
  std::string line;
  const std::string file = std::filesystem::path(path).filename();
  for (std::uint32_t number = 1; std::getline(lines, line); ++number) {
    if (line.empty() || line[0] == '#') continue;
    if (line.starts_with("== ")) {
      out.push_back({line.substr(3), file, number, {}});
      continue;
    }
    if (out.empty()) return fail(wrong(file, number, "a step before the first case"));
    std::vector<CaseStep>& steps = out.back().steps;
    if (line[0] == ' ') {
      if (steps.empty()) return fail(wrong(file, number, "a body without a request"));
      steps.back().request.body += line.substr(2) + "\n";
    } else if (line[0] == '=' || line[0] == '?' || line[0] == '$') {
      TRY_ASSIGN(CaseStep step, read_check(line, file, number));
      steps.push_back(std::move(step));
    } else if (line == "expire") {
      CaseStep step;
      step.kind = CaseStep::Kind::expire;
      step.line = number;
      steps.push_back(step);
    } else {
      TRY_ASSIGN(CaseStep step, read_request(line, file, number));
      steps.push_back(std::move(step));
    }
  }
  return {};
}

}  // namespace

Result<std::vector<ConformanceCase>> load_cases(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    if (entry.path().extension() == ".case") paths.push_back(entry.path());
  }
  if (failed) return fail(ErrorKind::local, "cannot read " + folder + ": " + failed.message());
  std::sort(paths.begin(), paths.end());
  std::vector<ConformanceCase> out;
  for (const std::string& path : paths) TRY(read_file_of_cases(path, out));
  for (ConformanceCase& one : out) {
    for (CaseStep& step : one.steps) {
      if (!step.request.body.empty()) step.request.body = body_text(step.request.body);
    }
  }
  return out;
}

}  // namespace reconciled
