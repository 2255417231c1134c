#include "ports/zone_source.h"

#include "base/file.h"

namespace reconciled {

std::optional<std::string> SystemZoneSource::open_zone(std::string_view name) {
  constexpr std::size_t k_largest = 1 << 20;
  // A name is a path below the folder of zones and must not lead out of it.
  if (name.empty() || name.front() == '/' || name.front() == '\\' || name.find("..") != std::string_view::npos ||
      name.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  auto bytes = read_file("/usr/share/zoneinfo/" + std::string(name), k_largest);
  if (!bytes) return std::nullopt;
  return std::move(*bytes);
}

}  // namespace reconciled
