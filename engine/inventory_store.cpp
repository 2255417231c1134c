#include "engine/inventory_store.h"

#include "base/plant.h"
#include "diff/plan.h"
#include "ports/builtin_types.h"
#include "ports/watched_list.h"

#include <algorithm>

namespace reconciled {
namespace {

constexpr std::string_view k_page_prefix = "reconciled-inventory-";
constexpr std::string_view k_installation_label = "reconcile/installation";
constexpr std::string_view k_inventory_label = "reconcile/inventory";
constexpr std::string_view k_cluster_uid_annotation = "reconcile/cluster-uid";

/// The rows that one stack's inventory is stored as: entries cut into pieces, each a row that can stand alone, so that
/// any mixture of old and new pieces names at least what the stack owns.
std::vector<StackInventory> make_fragments(const StackInventory& row, std::size_t entries) {
  std::vector<StackInventory> fragments;
  const std::size_t total = std::max(row.entries.size(), row.intent.size());
  for (std::size_t from = 0; from < total; from += entries) {
    StackInventory fragment = row;
    const auto cut = [&](const std::vector<InventoryEntry>& all) {
      const auto begin = all.begin() + static_cast<std::ptrdiff_t>(std::min(from, all.size()));
      return std::vector<InventoryEntry>(
          begin, all.begin() + static_cast<std::ptrdiff_t>(std::min(from + entries, all.size())));
    };
    fragment.entries = cut(row.entries);
    fragment.intent = cut(row.intent);
    fragments.push_back(std::move(fragment));
  }
  return fragments;
}

Error make_overtaken_error() {
  return Error(ErrorKind::refused, "another writer works on the same stack", {},
               "wait until it has finished, then run again");
}

/// Whether a row that takes the place of another lacks an object of it. What cannot be read is taken for a loss.
bool loses_entries(std::string_view before, const std::optional<std::string>& after) {
  const auto old = decode_row(before, "");
  const auto fresh = after ? decode_row(*after, "") : Result<StackInventory>(StackInventory{});
  if (!old || !fresh) return true;
  return std::ranges::any_of(old->all(), [&](const InventoryEntry& entry) { return fresh->find(entry.id) == nullptr; });
}

void merge_entries(std::vector<InventoryEntry>& into, const std::vector<InventoryEntry>& more) {
  for (const auto& entry : more) {
    const auto at = std::ranges::lower_bound(into, entry.id, {}, &InventoryEntry::id);
    if (at == into.end() || at->id != entry.id)
      into.insert(at, entry);
    else if (at->uid.empty())
      *at = entry;
  }
}

void merge_row(Inventory& inventory, StackInventory row) {
  const std::string key = row.stack.key();
  const auto at = inventory.stacks.find(key);
  if (at == inventory.stacks.end()) {
    inventory.stacks.emplace(key, std::move(row));
    return;
  }
  StackInventory& known = at->second.edit();
  if (row.epoch > known.epoch) {
    known.epoch = row.epoch;
    known.writer = row.writer;
    known.revision = row.revision;
  }
  merge_entries(known.entries, row.entries);
  merge_entries(known.intent, row.intent);
}

}  // namespace

std::string inventory_selector(std::string_view installation) {
  return std::string(k_inventory_label) + "," + std::string(k_installation_label) + "=" + std::string(installation);
}

Call make_state_namespace_call(const Scope& scope, const std::string& name) {
  Call call;
  call.scope = scope;
  call.verb = Verb::create;
  call.type = k_namespace_type;
  call.field_manager = k_field_manager;
  call.body = Value::map(
      {{"apiVersion", "v1"},
       {"kind", "Namespace"},
       {"metadata",
        Value::map({{"name", name}, {"labels", Value::map({{"app.kubernetes.io/managed-by", k_field_manager}})}})}});
  return call;
}

/// One queued write of one stack: done when each of its fragments is.
struct InventoryStore::Commit {
  StackInventory row;
  Written done;
  std::size_t open = 0;
  Status status;
};

struct InventoryStore::Page {
  std::string name;
  std::string resource_version;             // empty: not made yet
  std::map<std::string, std::string> rows;  // as the cluster has them
  std::size_t bytes = 0;                    // of rows, with what is pending
  bool writing = false;
  std::string shown;                // the newest version that a watch showed while writing
  bool namespace_made = false;      // tried once
  std::set<std::string> overtaken;  // rows that others wrote since they were loaded: ours are made from old ones
  Rows pending;
  MonotonicTime due = MonotonicTime::max();
  std::map<std::string, std::vector<std::shared_ptr<Commit>>> waiting;  // by key: pending
  std::map<std::string, std::vector<std::shared_ptr<Commit>>> sent;     // by key: under way
};

InventoryStore::InventoryStore(Calls& calls, const Clock& clock, StoreOptions options)
    : m_calls(calls), m_clock(clock), m_options(std::move(options)) {}
InventoryStore::~InventoryStore() = default;

Call InventoryStore::make_call(Verb verb) const {
  Call call;
  call.scope = m_options.scope;
  call.verb = verb;
  call.type = k_config_map_type;
  call.namespace_ = m_options.namespace_;
  call.field_manager = k_field_manager;
  return call;
}

void InventoryStore::load(Loaded done) {
  Call call = make_call(Verb::list);
  call.label_selector = inventory_selector(m_options.installation);
  m_calls.start(std::move(call), [this, done = std::move(done)](const Answer& answer) { take_pages(answer, done); });
}

void InventoryStore::take_pages(const Answer& answer, const Loaded& done) {
  if (!answer.object)
    return done(fail(Error(answer.object.error()).in("read the inventory in namespace " + m_options.namespace_)));
  m_pages.clear();
  m_page_of.clear();
  Inventory inventory;
  inventory.installation = m_options.installation;
  for (const auto& item : (*answer.object)["items"].items()) {
    auto page = std::make_unique<Page>();
    page->name = item.at({"metadata", "name"}).as_string();
    page->resource_version = item.at({"metadata", "resourceVersion"}).as_string();
    const auto uid = item.at({"metadata", "annotations", k_cluster_uid_annotation}).as_string();
    if (inventory.cluster_uid.empty()) inventory.cluster_uid = uid;
    for (const auto& [key, text] : item["data"].entries()) {
      auto row = decode_row(text.as_string(), m_options.scope.cluster);
      if (!row) return done(fail(std::move(row).error().in("read the inventory " + page->name)));
      page->rows.emplace(key.as_string(), text.as_string());
      page->bytes += key.as_string().size() + text.as_string().size();
      m_page_of[std::string(key.as_string())] = page.get();
      merge_row(inventory, std::move(*row));
    }
    m_pages.push_back(std::move(page));
  }
  done(std::move(inventory));
}

InventoryStore::Page& InventoryStore::page_for(const std::string& key, std::size_t bytes) {
  if (const auto at = m_page_of.find(key); at != m_page_of.end()) return *at->second;
  for (const auto& page : m_pages) {
    if (page->bytes + bytes <= m_options.page_bytes) return *page;
  }
  std::size_t number = m_pages.size();
  const auto taken = [&](const std::string& name) {
    return std::ranges::any_of(m_pages, [&](const auto& page) { return page->name == name; });
  };
  const auto name_of_page = [&] {
    return std::string(k_page_prefix) + m_options.installation + "-" + std::to_string(number);
  };
  while (taken(name_of_page())) ++number;
  m_pages.push_back(std::make_unique<Page>());
  m_pages.back()->name = name_of_page();
  return *m_pages.back();
}

void InventoryStore::write(const StackInventory& row, Urgency urgency, Written done) {
  auto commit = std::make_shared<Commit>();
  commit->row = row;
  commit->done = std::move(done);
  Rows rows;
  std::size_t number = 0;
  const auto key_of = [&](std::size_t fragment) {
    return row.stack_uid + (fragment == 0 ? "" : "." + std::to_string(fragment));
  };
  for (const auto& fragment : make_fragments(row, m_options.fragment_entries))
    rows[key_of(number++)] = encode_row(fragment);
  for (; m_page_of.contains(key_of(number)); ++number) rows[key_of(number)] = std::nullopt;
  if (rows.empty()) return commit->done({});
  for (const auto& [key, text] : rows) {
    const bool overtaken =
        std::ranges::any_of(m_pages, [&](const auto& page) { return page->overtaken.contains(key); });
    if (overtaken) return commit->done(fail(make_overtaken_error()));
  }

  commit->open = rows.size();
  for (auto& [key, text] : rows) {
    Page& page = page_for(key, key.size() + (text ? text->size() : 0));
    const auto known = page.rows.find(key);
    const auto queued = page.pending.find(key);
    const std::size_t before = queued != page.pending.end() ? (queued->second ? key.size() + queued->second->size() : 0)
                               : known != page.rows.end()   ? key.size() + known->second.size()
                                                            : 0;
    page.bytes = page.bytes - before + (text ? key.size() + text->size() : 0);
    m_page_of[key] = &page;
    if (planted(Plant::lost_batch) && page.writing) {
      if (--commit->open == 0) commit->done({});
      continue;
    }
    page.pending[key] = std::move(text);
    page.waiting[key].push_back(commit);
    page.due = urgency == Urgency::now ? MonotonicTime::min()
                                       : std::min(page.due, m_clock.monotonic() + m_options.batch_delay);
  }
}

void InventoryStore::flush(Urgency urgency) {
  for (const auto& page : m_pages) {
    if (urgency == Urgency::now) page->due = MonotonicTime::min();
    if (page->due <= m_clock.monotonic()) flush_page(*page);
  }
}

std::optional<MonotonicTime> InventoryStore::next_wakeup() const {
  std::optional<MonotonicTime> next;
  for (const auto& page : m_pages) {
    if (!page->writing && !page->pending.empty() && (!next || page->due < *next)) next = page->due;
  }
  return next;
}

bool InventoryStore::idle() const {
  return std::ranges::all_of(m_pages, [](const auto& page) { return !page->writing && page->pending.empty(); });
}

bool InventoryStore::knows(std::string_view page, std::string_view resource_version) {
  const auto at = std::ranges::find_if(m_pages, [&](const auto& known) { return known->name == page; });
  if (at == m_pages.end()) return false;
  Page& known = **at;
  if (known.resource_version == resource_version || is_older_version(resource_version, known.resource_version))
    return true;
  if (!known.writing) return false;
  if (known.shown.empty() || is_older_version(known.shown, resource_version)) known.shown = resource_version;
  return true;
}

/// Once a write has ended: what a watch showed meanwhile was ours, or somebody else's that came after it.
void InventoryStore::judge_shown(Page& page) {
  const std::string shown = std::exchange(page.shown, {});
  const bool ours = shown.empty() || shown == page.resource_version || is_older_version(shown, page.resource_version);
  if (!ours && m_options.on_overtaken) m_options.on_overtaken();
}

void InventoryStore::flush_page(Page& page) {
  if (page.writing || page.pending.empty()) return;
  page.writing = true;
  page.due = MonotonicTime::max();
  page.sent = std::exchange(page.waiting, {});
  send(page, std::exchange(page.pending, {}));
}

Value InventoryStore::page_body(const Page& page, const Rows& rows) const {
  Value data = Value::map();
  for (const auto& [key, text] : rows) {
    if (text)
      data.set(key, *text);
    else if (!page.resource_version.empty())
      data.set(key, Value());
  }
  Value metadata = Value::map({{"name", page.name}});
  if (page.resource_version.empty()) {
    metadata.set("labels", Value::map({{"app.kubernetes.io/managed-by", k_field_manager},
                                       {k_installation_label, m_options.installation},
                                       {k_inventory_label, "v1"}}));
    metadata.set("annotations", Value::map({{k_cluster_uid_annotation, m_cluster_uid}}));
  } else {
    metadata.set("resourceVersion", page.resource_version);
  }
  return Value::map({{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", metadata}, {"data", data}});
}

void InventoryStore::send(Page& page, Rows rows) {
  ++m_writes;
  Call call = make_call(page.resource_version.empty() ? Verb::create : Verb::merge_patch);
  if (call.verb == Verb::merge_patch) call.name = page.name;
  call.representation = Representation::metadata;  // the rows need not come back
  call.body = page_body(page, rows);
  m_calls.start(std::move(call),
                [this, &page, rows = std::move(rows)](Answer answer) { take_written(page, rows, std::move(answer)); });
}

void InventoryStore::take_written(Page& page, const Rows& rows, Answer answer) {
  if (!answer.object) {
    const Error& error = answer.object.error();
    if (error.kind == ErrorKind::api_conflict) return reconcile_conflict(page, rows);
    if (error.kind == ErrorKind::api_missing && page.resource_version.empty() && !page.namespace_made)
      return make_namespace(page, rows);
    return settle(page, rows, fail(Error(error).in("write the inventory " + page.name)));
  }
  page.resource_version = answer.object->at({"metadata", "resourceVersion"}).as_string();
  for (const auto& [key, text] : rows) {
    if (text) {
      page.rows[key] = *text;
    } else {
      page.rows.erase(key);
      if (!page.pending.contains(key)) m_page_of.erase(key);
    }
  }
  settle(page, rows, {});
}

void InventoryStore::settle(Page& page, const Rows& rows, const Status& status) {
  std::vector<std::shared_ptr<Commit>> finished;
  for (const auto& [key, text] : rows) {
    for (auto& commit : page.sent[key]) {
      if (!status) commit->status = status;
      if (--commit->open == 0) finished.push_back(std::move(commit));
    }
    page.sent.erase(key);
  }
  if (page.sent.empty()) {
    page.writing = false;
    judge_shown(page);
    if (page.due <= m_clock.monotonic()) flush_page(page);
  }
  for (const auto& commit : finished) {
    if (commit->status && m_options.on_written) m_options.on_written(commit->row);
    commit->done(commit->status);
  }
}

void InventoryStore::reconcile_conflict(Page& page, const Rows& rows) {
  Call call = make_call(Verb::get);
  call.name = page.name;
  m_calls.start(std::move(call), [this, &page, rows](Answer answer) {
    if (!answer.object)
      return settle(page, rows, fail(Error(answer.object.error()).in("write the inventory " + page.name)));
    const Value& data = (*answer.object)["data"];
    const auto untouched = [&](const std::string& key) {
      const auto known = page.rows.find(key);
      return data[key].as_string() == (known == page.rows.end() ? std::string_view{} : std::string_view(known->second));
    };
    for (const auto& [key, text] : data.entries()) {
      if (!untouched(std::string(key.as_string()))) page.overtaken.emplace(key.as_string());
    }
    for (const auto& [key, text] : page.rows) {
      if (!untouched(key)) page.overtaken.insert(key);
    }
    const auto stands = [&](const std::string& key, const std::optional<std::string>& text) {
      const auto known = page.rows.find(key);
      return untouched(key) &&
             (page.overtaken.empty() || known == page.rows.end() || !loses_entries(known->second, text));
    };
    Rows again;
    Rows refused;
    for (const auto& [key, text] : rows) (stands(key, text) ? again : refused)[key] = text;
    // What waits for the next write was made from the same old rows.
    for (const auto& [key, text] : page.pending) {
      if (stands(key, text)) continue;
      refused.try_emplace(key, text);
      auto& sent = page.sent[key];
      std::ranges::move(page.waiting[key], std::back_inserter(sent));
      page.waiting.erase(key);
    }
    std::erase_if(page.pending, [&](const auto& entry) { return refused.contains(entry.first); });
    if (!page.overtaken.empty() && m_options.on_overtaken) m_options.on_overtaken();
    page.resource_version = answer.object->at({"metadata", "resourceVersion"}).as_string();
    for (const auto& [key, text] : data.entries()) {
      // What others wrote is remembered only for rows that are not ours to write now.
      if (!rows.contains(std::string(key.as_string()))) page.rows[std::string(key.as_string())] = text.as_string();
    }
    if (!refused.empty()) {
      settle(page, refused, fail(make_overtaken_error()));
    }
    if (!again.empty()) send(page, std::move(again));
  });
}

void InventoryStore::make_namespace(Page& page, Rows rows) {
  page.namespace_made = true;
  Call call = make_state_namespace_call(m_options.scope, m_options.namespace_);
  m_calls.start(std::move(call), [this, &page, rows = std::move(rows)](Answer answer) {
    const bool made = answer.object || answer.object.error().kind == ErrorKind::api_conflict;
    if (!made)
      return settle(page, rows, fail(Error(answer.object.error()).in("make the namespace " + m_options.namespace_)));
    send(page, rows);
  });
}

}  // namespace reconciled
