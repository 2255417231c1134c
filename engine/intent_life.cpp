#include "engine/intent_life.h"

namespace reconciled {

std::optional<std::string> OpenIntents::find_writer(const std::string& stack, const StackInventory& row,
                                                    MonotonicTime now) {
  Seen& seen = m_seen.try_emplace(stack, Seen{row.epoch, now}).first->second;
  if (seen.epoch != row.epoch) seen = {row.epoch, now};
  if (now - seen.since >= k_intent_patience) return std::nullopt;
  return row.writer + " is syncing it";
}

}  // namespace reconciled
