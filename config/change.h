// What a reload would change.
#pragma once

#include "config/settings.h"

#include <cstdint>
#include <string>
#include <vector>

namespace reconciled {

struct SettingChange {
  enum class Kind : std::uint8_t { added, removed, changed };
  enum class Effect : std::uint8_t { live, restart };  ///< restart: counts only when the process starts again
  std::string path;                                    ///< "log.level", "sources[fleet].ref"; never a value
  Kind kind = Kind::changed;
  Effect effect = Effect::live;
  bool operator==(const SettingChange&) const = default;
};

/// In the order of the table. Items of lists are the same when their name (or urlPrefix) is.
std::vector<SettingChange> diff_settings(const Settings& before, const Settings& after);

}  // namespace reconciled
