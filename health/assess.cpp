#include "health/health.h"

#include <array>

namespace reconciled {
namespace {
constexpr std::array<std::string_view, 6> k_names{"healthy", "suspended", "progressing",
                                                  "missing", "degraded",  "unknown"};
}  // namespace

std::string_view name_of(HealthState state) {
  return k_names.at(static_cast<std::size_t>(state));
}

Health worst(const std::vector<std::pair<ObjectId, Health>>& healths) {
  Health out{HealthState::healthy, ""};
  for (const auto& [id, health] : healths) {
    if (health.state <= out.state) continue;
    out.state = health.state;
    out.reason = format_id(id) + ": " + health.reason;
  }
  return out;
}

}  // namespace reconciled
