// What a stack owns in the cluster: the only evidence that allows a delete.
#pragma once

#include "base/copy_on_write.h"
#include "base/digest.h"
#include "base/result.h"
#include "ports/chart.h"
#include "ports/object_id.h"
#include "stacks/stack.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace reconciled {

struct InventoryEntry {
  ObjectId id;
  std::string uid;  ///< metadata.uid as applied; empty while only intended
  Digest desired;   ///< Action::desired of the body that was applied last
  bool operator==(const InventoryEntry&) const = default;
};

/// One row: a stack's committed entries and, during a run, what it intends to touch.
struct StackInventory {
  StackId stack;
  std::string stack_uid;
  std::string revision;                 ///< commit of the last finished run
  std::vector<InventoryEntry> entries;  ///< sorted by id: committed
  /// Sorted by id: written before the first change, empty between runs. An object whose apply has an unknown outcome
  /// (the answer was lost) must stay in here: make_plan trusts a committed digest that no other intent contradicts.
  std::vector<InventoryEntry> intent;
  std::string writer;       ///< who wrote it: "cli/<random>" or "daemon/<identity>"
  std::uint64_t epoch = 0;  ///< grows with every run
  /// Digest of the InputSet that was seen healthy after its apply; zero: none. What depends on the stack may start.
  Digest healthy;
  /// Archives that the stack was rendered from, the newest first; their digests must not change with their versions.
  std::vector<ChartPin> charts{};
  bool operator==(const StackInventory&) const = default;

  /// The committed entry, else the intended one, else nullptr.
  [[nodiscard]] const InventoryEntry* find(const ObjectId& id) const;
  [[nodiscard]] const InventoryEntry* find_committed(const ObjectId& id) const;
  [[nodiscard]] const InventoryEntry* find_intended(const ObjectId& id) const;
  /// Committed and intended entries together, each id once: everything that this stack may have created.
  [[nodiscard]] std::vector<InventoryEntry> all() const;
};

/// All rows of one installation on one cluster.
struct Inventory {
  static constexpr int k_schema = 1;
  std::string installation;
  std::string cluster_uid;                                    ///< UID of the namespace kube-system
  std::map<std::string, CopyOnWrite<StackInventory>> stacks;  ///< by StackId::key()

  /// The stack that owns an object, or nullptr.
  [[nodiscard]] const StackInventory* owner_of(const ObjectId& id) const;
};

/// Objects that rows of several stacks have: one moved, and the row it left is older than the last apply.
std::set<ObjectId> find_shared(const Inventory& inventory);

/// A row as compact JSON text and back; the schema version is in the text, a newer one is refused.
std::string encode_row(const StackInventory& row);
Result<StackInventory> decode_row(std::string_view text, std::string_view cluster);

}  // namespace reconciled
