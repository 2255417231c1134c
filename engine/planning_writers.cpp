// Who else is in the middle of a stack: a run waits for them before it plans.
#include "engine/intent_life.h"
#include "engine/planning.h"

#include <algorithm>

namespace reconciled {
namespace {

constexpr Duration k_look_again = std::chrono::seconds(1);

}  // namespace

/// Reads the inventory, and again while others are in the middle of stacks that this run is to change.
void Planning::load_inventory() {
  m_store.load([this](Result<Inventory> inventory) {
    if (!inventory) {
      m_failed = std::move(inventory).error();
      return prepared();
    }
    if (m_request.mode == RunMode::apply) m_busy = find_writers(*inventory);
    const MonotonicTime now = m_timers.now();
    if (!m_waits_since) m_waits_since = now;
    const bool patient = !m_stopping && now < *m_waits_since + k_intent_patience + k_look_again;
    const std::string detail = m_busy.empty() ? "" : m_busy.begin()->first + ": " + m_busy.begin()->second;
    m_watcher.on_event({RunEvent::Kind::inventory_loaded, detail, inventory->stacks.size()});
    if (!m_busy.empty() && patient) return m_timers.after(k_look_again, [this] { load_inventory(); });
    m_survey.inventory = std::make_shared<const Inventory>(std::move(*inventory));
    prepared();
  });
}

bool Planning::is_selected(const StackId& stack) const {
  const auto at = std::ranges::find_if(m_desired.stacks, [&](const auto& entry) { return entry.stack.id == stack; });
  if (at != m_desired.stacks.end()) return at->selected == Selected::yes;
  return m_desired.whole && stack.environment == m_desired.graph.environment;
}

/// Who is in the middle of a selected stack, by the stack's key: an open intent that moved within k_intent_patience.
std::map<std::string, std::string> Planning::find_writers(const Inventory& inventory) {
  std::map<std::string, std::string> busy;
  for (const auto& [key, row] : inventory.stacks) {
    if (row->intent.empty() || !is_selected(row->stack)) continue;
    if (m_request.is_gone && m_request.is_gone(row->writer)) continue;
    if (auto writer = m_intents.find_writer(key, *row, m_timers.now())) busy[key] = std::move(*writer);
  }
  return busy;
}

}  // namespace reconciled
