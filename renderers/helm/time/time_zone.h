// Time zones out of TZif files (RFC 8536).
#pragma once

#include "renderers/helm/time/calendar.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::helm {

class TimeZone {
 public:
  /// Nothing when the bytes are no such file.
  static std::optional<TimeZone> parse(std::string_view bytes);
  /// The names point into this zone.
  [[nodiscard]] ZoneOffset at(std::int64_t seconds) const;

 private:
  struct Kind {
    std::string name;
    std::int64_t seconds = 0;
    bool is_summer = false;
  };
  struct Change {
    std::int64_t from = 0;
    std::uint8_t kind = 0;
  };
  [[nodiscard]] const Kind& first_kind() const;

  std::vector<Kind> m_kinds;
  std::vector<Change> m_changes;
  std::string m_rule;  // for what lies behind the last change; may be empty
};

}  // namespace reconciled::helm
