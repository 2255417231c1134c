#include "config/limits.h"

namespace reconciled {

Limits render_limits(const Settings& settings) {
  Limits limits;
  limits.steps = settings.limits.render_steps;
  limits.bytes = settings.limits.render_bytes;
  limits.time = settings.limits.render_time;
  limits.depth = static_cast<std::uint32_t>(settings.limits.render_depth);
  return limits;
}

}  // namespace reconciled
