// What is known of the cluster: discovery, its identity, the inventory, and which objects are followed.
#include "engine/cluster_facts.h"
#include "engine/reconciler_state.h"
#include "ports/builtin_types.h"

#include <algorithm>

namespace reconciled {
namespace {

constexpr Duration k_rediscover_every = std::chrono::minutes(10);
constexpr Duration k_look_again = std::chrono::seconds(1);

bool same_row(const Inventory& one, const Inventory& other, const std::string& key) {
  const auto first = one.stacks.find(key);
  const auto second = other.stacks.find(key);
  if (first == one.stacks.end() || second == other.stacks.end())
    return (first == one.stacks.end()) == (second == other.stacks.end());
  return *first->second == *second->second;
}

}  // namespace

void Reconciler::State::connect() {
  session = Session::connecting;
  connecting = 3;
  connect_error.reset();
  const auto prepared = [this] {
    if (--connecting != 0) return;
    if (connect_error) return reconnect_later(std::move(*connect_error));
    connected();
  };
  Call discover;
  discover.scope = options.run.scope;
  discover.verb = Verb::discover;
  calls.start(std::move(discover), [this, prepared](Answer answer) {
    if (answer.object) {
      discovery = std::move(answer.discovery);
      note_cluster();
    } else {
      connect_error = Error(answer.object.error()).in("discover what the API server serves");
    }
    prepared();
  });
  Call identify;
  identify.scope = options.run.scope;
  identify.verb = Verb::get;
  identify.type = k_namespace_type;
  identify.name = "kube-system";
  identify.representation = Representation::metadata;
  calls.start(std::move(identify), [this, prepared](const Answer& answer) {
    if (answer.object)
      cluster_uid = answer.object->at({"metadata", "uid"}).as_string();
    else
      connect_error = Error(answer.object.error()).in("identify the cluster by its namespace kube-system");
    prepared();
  });
  load_inventory([this, prepared](const Status& status) {
    if (!status) connect_error = status.error();
    prepared();
  });
}

void Reconciler::State::reconnect_later(Error error) {
  session = Session::none;
  if (!cluster_error || *cluster_error != error) watcher.on_notice(error);
  cluster_error = std::move(error);
  changed();
  timers.after(backoff(++connect_failures), [this] {
    if (!stopping) connect();
  });
}

void Reconciler::State::connected() {
  session = Session::ready;
  connect_failures = 0;
  cluster_error.reset();
  discover_at = clock.monotonic() + jittered(k_rediscover_every);
  store->set_cluster_uid(cluster_uid);
  watch_pages();
  index_objects();
  for (auto& [key, stack] : stacks) wake(stack, Trigger::start);
  changed();
}

void Reconciler::State::rediscover() {
  discover_at.reset();
  if (session != Session::ready || discovering) return;
  discovering = true;
  Call discover;
  discover.scope = options.run.scope;
  discover.verb = Verb::discover;
  calls.start(std::move(discover), [this](Answer answer) {
    discovering = false;
    types_stale = false;
    discover_at = clock.monotonic() + (answer.object ? jittered(k_rediscover_every) : backoff(3));
    if (!answer.object)
      return watcher.on_notice(Error(answer.object.error()).in("discover what the API server serves"));
    // A new kind may be served a moment after its definition was accepted.
    const auto served = [&](const ResourceType& type) { return answer.discovery->find(type.gvk) != nullptr; };
    if (types_tries > 0 && !std::ranges::all_of(index.claims()->types, served)) {
      --types_tries;
      discover_at = clock.monotonic() + k_look_again;
    }
    const bool same =
        discovery->types == answer.discovery->types && discovery->failed_groups == answer.discovery->failed_groups;
    if (same) return;
    discovery = std::move(answer.discovery);
    note_cluster();
    index_objects();
    for (auto& [key, stack] : stacks) {
      const bool unsure = stack.view.sync == SyncState::unknown || stack.view.sync == SyncState::held;
      if (stack.view.last_result == RunResult::failed || unsure) wake(stack, Trigger::retry);
    }
  });
}

/// Charts see what the cluster serves. A discovery that lacks groups says less than there is: what was seen whole
/// counts.
void Reconciler::State::note_cluster() {
  ClusterFacts seen = make_cluster_facts(*discovery);
  if (seen == facts || (!discovery->failed_groups.empty() && !facts.kube_version.empty())) return;
  facts = std::move(seen);
  loader.note_cluster(facts);
  if (!charts_current()) start_load();
}

/// Whether charts were rendered for the cluster as it is known.
bool Reconciler::State::charts_current() const {
  return !loaded || !loaded->cluster || *loaded->cluster == facts;
}

void Reconciler::State::load_inventory(std::function<void(Status)> then) {
  inventory_loading = true;
  store = std::make_unique<InventoryStore>(calls, clock,
                                           StoreOptions{.scope = options.run.scope,
                                                        .namespace_ = options.run.inventory_namespace,
                                                        .installation = options.run.installation,
                                                        .on_written =
                                                            [this](const StackInventory& row) {
                                                              made.erase(row.stack.key());
                                                              take_row(row);
                                                            },
                                                        .on_overtaken = [this] { inventory_stale = true; }});
  store->set_cluster_uid(cluster_uid);
  store->load([this, then = std::move(then)](Result<Inventory> result) {
    inventory_loading = false;
    if (!result) return then(fail(std::move(result).error()));
    if (overtakes_us(*result)) {
      overtaken = true;
      start_load();
    }
    inventory = std::make_shared<Inventory>(std::move(*result));
    shared.reset();
    std::erase_if(made, [&](const auto& entry) {
      const auto row = inventory->stacks.find(entry.first);
      return row == inventory->stacks.end() || row->second->epoch != entry.second.epoch;
    });
    note_made();
    for (auto& [key, stack] : stacks) recall(stack);
    then({});
  });
}

/// Whether somebody else brought a stack to a commit that is not the one we loaded. Ours may be the older one: what we
/// want is asked for again before anything is put back to it.
bool Reconciler::State::overtakes_us(const Inventory& fresh) const {
  if (!loaded || !inventory) return false;
  const auto changed_elsewhere = [&](const auto& before, const auto& after) {
    return std::ranges::any_of(before.stacks, [&](const auto& entry) {
      const auto& [key, row] = entry;
      if (row->stack.environment != options.environment) return false;
      const auto other = after.stacks.find(key);
      if (other == after.stacks.end()) return true;
      return other->second->revision != row->revision && other->second->revision != loaded->revision.commit;
    });
  };
  return changed_elsewhere(*inventory, fresh) || changed_elsewhere(fresh, *inventory);
}

void Reconciler::State::reload_inventory() {
  inventory_stale = false;
  load_inventory([this, before = inventory](const Status& status) {
    if (!status) {
      inventory_stale = true;
      inventory_again = clock.monotonic() + backoff(3);
      return watcher.on_notice(status.error());
    }
    find_vanished();
    follow_objects();
    // What was decided by another row, or by none, is decided again.
    for (auto& [key, stack] : stacks) {
      if (!same_row(*before, *inventory, key)) wake(stack, Trigger::retry);
    }
    changed();
  });
}

void Reconciler::State::take_row(const StackInventory& row) {
  // Runs hold the inventory they began with.
  if (inventory.use_count() > 1) inventory = std::make_shared<Inventory>(*inventory);
  shared.reset();
  const std::string key = row.stack.key();
  if (row.entries.empty() && row.intent.empty())
    inventory->stacks.erase(key);
  else
    inventory->stacks[key] = row;
}

std::shared_ptr<const std::set<ObjectId>> Reconciler::State::shared_objects() {
  if (!shared) shared = std::make_shared<const std::set<ObjectId>>(find_shared(*inventory));
  return shared;
}

void Reconciler::State::watch_pages() {
  if (pages) return;
  Call what;
  what.scope = options.run.scope;
  what.type = k_config_map_type;
  what.namespace_ = options.run.inventory_namespace;
  what.label_selector = inventory_selector(options.run.installation);
  what.representation = Representation::metadata;
  pages.emplace(cluster, random, std::move(what), [this] { return calls.next_id(); });
  pages->start(clock.monotonic());
}

/// Somebody else writes the inventory, too: the command line, another replica, or a person.
void Reconciler::State::take_pages(const std::vector<ObjectChange>& changes) {
  for (const auto& change : changes) {
    const Value& metadata = change.object["metadata"];
    const bool known = change.kind != ObjectChange::Kind::deleted &&
                       store->knows(metadata["name"].as_string(), metadata["resourceVersion"].as_string());
    if (!known) inventory_stale = true;
  }
}

/// Follows every object that is wanted or owned, and every kind that has one.
void Reconciler::State::follow_objects() {
  std::set<ObjectId> objects;
  std::map<GroupKind, GroupVersionKind> kinds = index.kinds();
  for (const auto& [id, stack] : index.claims()->desired_by) objects.insert(id);
  for (const auto& [key, row] : inventory->stacks) {
    if (row->stack.environment != options.environment) continue;
    for (const auto& entry : row->all()) {
      objects.insert(entry.id);
      if (const ResourceType* type = discovery->find(entry.id.group_kind()))
        kinds.try_emplace(entry.id.group_kind(), type->gvk);
    }
  }
  std::vector<ResourceType> types;
  if (const ResourceType* crds = discovery->find(k_crd_kind)) kinds.try_emplace(k_crd_kind, crds->gvk);
  for (const auto& [kind, gvk] : kinds) {
    if (const ResourceType* type = discovery->find(gvk)) types.push_back(*type);
  }
  live.follow(types, objects);
}

}  // namespace reconciled
