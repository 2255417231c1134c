#include "base/budget.h"

namespace reconciled {

Error Budget::error(const std::string& doing, Where where) const {
  std::string allowed;
  const std::string_view spent = m_spent;
  if (spent == "steps")
    allowed = std::to_string(m_limits.steps) + " steps";
  else if (spent == "bytes")
    allowed = std::to_string(m_limits.bytes) + " bytes";
  else
    allowed = format_duration(m_limits.time);
  return Error(ErrorKind::limit, doing + " needs more than the " + allowed + " that it may use", std::move(where));
}

}  // namespace reconciled
