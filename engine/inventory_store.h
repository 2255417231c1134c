// Where inventory rows live: few ConfigMaps in the cluster, each written by one group-commit writer.
#pragma once

#include "diff/inventory.h"
#include "engine/calls.h"
#include "ports/clock_port.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace reconciled {

struct StoreOptions {
  Scope scope;                                     ///< the process's own identity, never a stack's
  std::string namespace_;                          ///< of the ConfigMaps; made by the first write
  std::string installation;                        ///< rows of other installations are not seen
  std::size_t page_bytes = 16 << 10;               ///< new rows go to a page that is smaller
  std::size_t fragment_entries = 1000;             ///< a row with more entries is cut into several
  Duration batch_delay = std::chrono::seconds(1);  ///< how long a row that nobody waits for may be collected
  std::function<void(const StackInventory&)> on_written = {};  ///< told each row that the cluster has taken
  std::function<void()> on_overtaken = {};                     ///< somebody else wrote rows since they were loaded
};

/// The labels of the ConfigMaps of one installation, as a selector.
std::string inventory_selector(std::string_view installation);

/// Makes the namespace that holds what the program keeps in the cluster. A conflict says that it is there.
Call make_state_namespace_call(const Scope& scope, const std::string& name);

/// Reads all rows, then writes single ones. Rows written while a page's write is under way join its next one. A page is
/// written under its resourceVersion; when somebody else changed it meanwhile, rows that they left alone are written
/// again and rows that they changed fail with ErrorKind::refused: two writers never overwrite each other. So do rows
/// that let an object go: that another row has it may be true no more.
class InventoryStore {
 public:
  using Loaded = std::function<void(Result<Inventory>)>;
  using Written = std::function<void(const Status&)>;
  enum class Urgency : bool { batched, now };

  InventoryStore(Calls& calls, const Clock& clock, StoreOptions options);
  ~InventoryStore();
  InventoryStore(const InventoryStore&) = delete;
  InventoryStore& operator=(const InventoryStore&) = delete;

  /// Before any write; may be repeated until then. A cluster without rows gives an empty inventory; a failure gives
  /// none at all.
  void load(Loaded done);
  /// UID of kube-system, to be written into new pages. Call before the first write.
  void set_cluster_uid(std::string uid) { m_cluster_uid = std::move(uid); }

  /// Queues a row for the next flush, or for one after batch_delay; one without entries and intent is removed. `done`
  /// is called when the cluster has it.
  void write(const StackInventory& row, Urgency urgency, Written done);
  /// A watch shows a page: whether it is one that we read or wrote. While a write of ours is under way it may be that
  /// one: what it was tells its answer, and on_overtaken.
  bool knows(std::string_view page, std::string_view resource_version);
  /// Starts what is due; call it when next_wakeup has come, or with `Urgency::now` when nothing more will be queued.
  void flush(Urgency urgency);
  [[nodiscard]] std::optional<MonotonicTime> next_wakeup() const;
  [[nodiscard]] bool idle() const;
  [[nodiscard]] std::uint64_t writes() const { return m_writes; }

 private:
  struct Commit;
  struct Page;
  using Rows = std::map<std::string, std::optional<std::string>>;  // key -> text, or nullopt to remove

  void take_pages(const Answer& answer, const Loaded& done);
  Page& page_for(const std::string& key, std::size_t bytes);
  void flush_page(Page& page);
  void judge_shown(Page& page);
  void send(Page& page, Rows rows);
  void take_written(Page& page, const Rows& rows, Answer answer);
  void settle(Page& page, const Rows& rows, const Status& status);
  void reconcile_conflict(Page& page, const Rows& rows);
  void make_namespace(Page& page, Rows rows);
  [[nodiscard]] Call make_call(Verb verb) const;
  [[nodiscard]] Value page_body(const Page& page, const Rows& rows) const;

  Calls& m_calls;
  const Clock& m_clock;
  StoreOptions m_options;
  std::string m_cluster_uid;
  std::vector<std::unique_ptr<Page>> m_pages;
  std::map<std::string, Page*> m_page_of;  // key -> the page that holds it
  std::uint64_t m_writes = 0;
};

}  // namespace reconciled
