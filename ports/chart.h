// Helm charts that lie outside of a stack's repository: how they are asked for, and what was found.
#pragma once

#include <compare>
#include <memory>
#include <string>

namespace reconciled {

/// What a stack or a chart asks for.
struct ChartRef {
  std::string
      repository;  ///< https://charts.example.com, oci://registry/path, or a name that the settings give to one of them
  std::string name;     ///< of the chart; its last part behind an oci:// repository
  std::string version;  ///< a version, or a range of them; empty: the newest
  auto operator<=>(const ChartRef&) const = default;
};

/// Exactly one archive: what a ChartRef was at one moment.
struct ChartPin {
  std::string repository;  ///< as asked
  std::string name;
  std::string version;  ///< of the chart, never a range
  std::string digest;   ///< SHA-256 of the archive, 64 lower-case digits
  std::string url;      ///< where it lies, without user-info
  auto operator<=>(const ChartPin&) const = default;
};

/// The bytes of a .tgz. Its digest is the pin's.
using ChartArchive = std::shared_ptr<const std::string>;

/// "service 3.2.1 from https://charts.example.com"
inline std::string format_chart(const ChartPin& pin) {
  return pin.name + ' ' + pin.version + " from " + pin.repository;
}

}  // namespace reconciled
