// Every metric, declared once: what is served, and docs/metrics.md.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace reconciled {

enum class MetricType : std::uint8_t { gauge, counter, histogram };

struct MetricRow {
  std::string_view name;
  MetricType type = MetricType::gauge;
  std::array<std::string_view, 7> labels{};  ///< up to the first empty one
  std::string_view help;                     ///< one sentence, without a line end
  std::span<const double> buckets{};         ///< of a histogram
};

std::span<const MetricRow> metric_rows();
/// The row of this name; a name that is in no row is a bug and ends the program.
const MetricRow& metric_row(std::string_view name);

/// docs/metrics.md.
std::string format_metrics_reference();

}  // namespace reconciled
