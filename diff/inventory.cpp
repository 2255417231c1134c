#include "diff/inventory.h"

#include <algorithm>

namespace reconciled {
namespace {

const InventoryEntry* find_in(const std::vector<InventoryEntry>& entries, const ObjectId& id) {
  const auto at = std::lower_bound(entries.begin(), entries.end(), id,
                                   [](const InventoryEntry& entry, const ObjectId& want) { return entry.id < want; });
  return at != entries.end() && at->id == id ? &*at : nullptr;
}

}  // namespace

const InventoryEntry* StackInventory::find(const ObjectId& id) const {
  if (const InventoryEntry* entry = find_in(entries, id)) return entry;
  return find_in(intent, id);
}

const InventoryEntry* StackInventory::find_committed(const ObjectId& id) const {
  return find_in(entries, id);
}
const InventoryEntry* StackInventory::find_intended(const ObjectId& id) const {
  return find_in(intent, id);
}

std::vector<InventoryEntry> StackInventory::all() const {
  std::vector<InventoryEntry> out;
  out.reserve(entries.size() + intent.size());
  std::set_union(entries.begin(), entries.end(), intent.begin(), intent.end(), std::back_inserter(out),
                 [](const InventoryEntry& a, const InventoryEntry& b) { return a.id < b.id; });
  return out;
}

const StackInventory* Inventory::owner_of(const ObjectId& id) const {
  const StackInventory* intended = nullptr;
  for (const auto& [key, row] : stacks) {
    if (row.find_committed(id) != nullptr) return &row;
    if (intended == nullptr && row.find_intended(id) != nullptr) intended = &row;
  }
  return intended;
}

std::set<ObjectId> find_shared(const Inventory& inventory) {
  std::vector<std::pair<const ObjectId*, const StackInventory*>> claims;
  for (const auto& [key, row] : inventory.stacks) {
    for (const auto* entries : {&row.entries, &row.intent}) {
      for (const InventoryEntry& entry : *entries) claims.emplace_back(&entry.id, &row);
    }
  }
  std::sort(claims.begin(), claims.end(), [](const auto& a, const auto& b) { return *a.first < *b.first; });
  std::set<ObjectId> shared;
  for (std::size_t i = 1; i < claims.size(); ++i) {
    if (claims[i].second != claims[i - 1].second && *claims[i].first == *claims[i - 1].first)
      shared.insert(*claims[i].first);
  }
  return shared;
}

}  // namespace reconciled
