// Time zones as a port: the rules of a zone by its name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reconciled {

class ZoneSource {
 public:
  virtual ~ZoneSource() = default;
  /// The zone's TZif file (RFC 8536) as bytes, unchecked; nothing when no zone has this name ("Europe/Berlin").
  virtual std::optional<std::string> open_zone(std::string_view name) = 0;
};

/// The zones of this machine.
class SystemZoneSource final : public ZoneSource {
 public:
  std::optional<std::string> open_zone(std::string_view name) override;
};

}  // namespace reconciled
