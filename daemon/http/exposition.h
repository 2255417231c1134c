// Prometheus's text format 0.0.4, for state that is computed when it is asked for. Internal to daemon/http.
#pragma once

#include "daemon/http/board.h"
#include "daemon/http/metrics_table.h"

#include <initializer_list>
#include <string>
#include <string_view>

namespace reconciled {

/// Writes families in the order in which they are begun.
class ExpositionWriter {
 public:
  /// The HELP and TYPE lines of a row of the table.
  void begin(std::string_view name);
  /// One sample of the family that was begun; as many values as its row has labels.
  void sample(std::initializer_list<std::string_view> values, double number);
  [[nodiscard]] std::string take() && { return std::move(m_out); }

 private:
  const MetricRow* m_row = nullptr;
  std::string m_out;
};

/// Everything that a view gives; with another trust than `current` every sync status and health is unknown.
void write_state(ExpositionWriter& out, const DaemonView& view, Trust trust, MonotonicTime now);

/// The process's own figures from /proc/self; what cannot be read is left out.
void write_process(ExpositionWriter& out, WallTime started);

}  // namespace reconciled
