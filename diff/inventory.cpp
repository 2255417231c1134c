#include "diff/inventory.h"

#include <algorithm>
#include <unordered_map>

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
    if (row->find_committed(id) != nullptr) return row.get();
    if (intended == nullptr && row->find_intended(id) != nullptr) intended = row.get();
  }
  return intended;
}

std::set<ObjectId> find_shared(const Inventory& inventory) {
  const auto hash = [](const ObjectId* id) { return std::hash<ObjectId>()(*id); };
  const auto equal = [](const ObjectId* a, const ObjectId* b) { return *a == *b; };
  std::size_t count = 0;
  for (const auto& [key, row] : inventory.stacks) count += row->entries.size() + row->intent.size();
  std::unordered_map<const ObjectId*, const StackInventory*, decltype(hash), decltype(equal)> first(count, hash, equal);
  std::set<ObjectId> shared;
  for (const auto& [key, row] : inventory.stacks) {
    for (const auto* entries : {&row->entries, &row->intent}) {
      for (const InventoryEntry& entry : *entries) {
        const auto [at, fresh] = first.try_emplace(&entry.id, row.get());
        if (!fresh && at->second != row.get()) shared.insert(entry.id);
      }
    }
  }
  return shared;
}

}  // namespace reconciled
