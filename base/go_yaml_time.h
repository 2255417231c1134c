// Timestamps as go-yaml takes them: the layouts of YAML 1.1 that time.Parse can read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reconciled {

struct YamlTimestamp {
  int year = 0;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::uint32_t nanosecond = 0;
  int zone = 0;  ///< minutes east of UTC
};

/// "2006-1-2", "2006-1-2 15:4:5.9" or "2006-1-2T15:4:5.9+07:00"; nothing for any other text.
std::optional<YamlTimestamp> parse_yaml_timestamp(std::string_view text);

/// time.RFC3339Nano, which is what JSON makes of a time: "2001-12-14T21:59:43.1-05:00".
std::string format_yaml_timestamp(const YamlTimestamp& time);

}  // namespace reconciled
