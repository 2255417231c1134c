#include "tests/cluster/control_plane.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <map>

namespace reconciled {
namespace {

constexpr std::string_view k_metric = "apiserver_request_total{";

/// The labels of one line of the Prometheus text format; our labels hold no escaped quotes.
std::map<std::string, std::string, std::less<>> read_labels(std::string_view text) {
  std::map<std::string, std::string, std::less<>> labels;
  while (true) {
    const auto equals = text.find("=\"");
    if (equals == std::string_view::npos) return labels;
    const auto end = text.find('"', equals + 2);
    if (end == std::string_view::npos) return labels;
    labels.emplace(text.substr(0, equals), text.substr(equals + 2, end - equals - 2));
    text.remove_prefix(std::min(end + 2, text.size()));
  }
}

}  // namespace

Result<std::vector<RequestCount>> ControlPlane::request_counts() const {
  TRY_ASSIGN(const std::string text, call_ok({.path = "/metrics"}));
  std::vector<RequestCount> counts;
  for (std::size_t at = 0; at < text.size();) {
    const auto line_end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, line_end - at);
    at = line_end + 1;
    const auto labels_end = line.rfind("} ");
    if (!line.starts_with(k_metric) || labels_end == std::string::npos) continue;
    auto labels = read_labels(std::string_view(line).substr(k_metric.size(), labels_end - k_metric.size()));
    const double value = std::strtod(line.c_str() + labels_end + 2, nullptr);
    counts.push_back({labels["verb"], labels["group"], labels["resource"], labels["subresource"], labels["dry_run"],
                      labels["code"], static_cast<std::uint64_t>(std::llround(value))});
  }
  if (counts.empty()) return fail(ErrorKind::api_rejected, "/metrics of the API server has no apiserver_request_total");
  return counts;
}

}  // namespace reconciled
