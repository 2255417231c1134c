#include "sandbox/managed_fields.h"

#include <algorithm>
#include <tuple>

namespace reconciled::sandbox {
namespace {

constexpr std::size_t k_max_update_managers = 10;

struct Owner {
  std::string manager;
  std::string operation;
  std::string api_version;
  std::string subresource;
  std::string time;
  FieldSet set;

  /// What identifies a manager: an applier is one whatever version it applies.
  [[nodiscard]] bool is(const Owner& other) const {
    return manager == other.manager && operation == other.operation && subresource == other.subresource &&
           (operation == "Apply" || api_version == other.api_version);
  }
};

std::vector<Owner> read_owners(const Value& object) {
  std::vector<Owner> out;
  for (const Value& entry : object.at({"metadata", "managedFields"}).items()) {
    out.push_back({std::string(entry["manager"].as_string()), std::string(entry["operation"].as_string()),
                   std::string(entry["apiVersion"].as_string()), std::string(entry["subresource"].as_string()),
                   std::string(entry["time"].as_string()), parse_fields(entry["fieldsV1"])});
  }
  return out;
}

void write_owners(Value& object, std::vector<Owner> owners) {
  std::erase_if(owners, [](const Owner& owner) { return owner.set.empty(); });
  std::sort(owners.begin(), owners.end(), [](const Owner& a, const Owner& b) {
    return std::tie(a.operation, a.time, a.manager, a.api_version, a.subresource) <
           std::tie(b.operation, b.time, b.manager, b.api_version, b.subresource);
  });
  Value list = Value::list();
  for (const Owner& owner : owners) {
    Value entry = Value::map({{"manager", owner.manager},
                              {"operation", owner.operation},
                              {"apiVersion", owner.api_version},
                              {"fieldsType", "FieldsV1"},
                              {"fieldsV1", format_fields(owner.set)}});
    if (!owner.time.empty()) entry.set("time", owner.time);
    if (!owner.subresource.empty()) entry.set("subresource", owner.subresource);
    list.append(std::move(entry));
  }
  Value& metadata = object.edit("metadata");
  metadata.erase("managedFields");
  if (list.size() > 0) metadata.set("managedFields", std::move(list));
}

/// Fields that nobody owns.
const FieldSet& unowned_fields() {
  static const FieldSet* const set = [] {
    auto* made = new FieldSet;
    for (const char* name : {"apiVersion", "kind", "metadata"}) made->insert(FieldPath{field_element(name)});
    for (const char* name : {"name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation",
                             "managedFields", "resourceVersion"}) {
      made->insert(FieldPath{"f:metadata", field_element(name)});
    }
    return made;
  }();
  return *set;
}

/// metadata itself and what the server sets in it are unowned, its labels and the like are not.
FieldSet owned_part(const FieldSet& set) {
  return subtract(set, unowned_fields());
}

Value without_managed_fields(const Value& object) {
  Value out = object;
  if (object.at({"metadata", "managedFields"}).is_null()) return out;
  out.edit("metadata").erase("managedFields");
  return out;
}

Failure make_conflict(const std::vector<std::pair<const Owner*, FieldSet>>& conflicts) {
  Failure failure{.code = 409, .reason = "Conflict", .message = {}};
  std::vector<std::pair<std::string, std::string>> found;  // who, field
  for (const auto& [owner, set] : conflicts) {
    std::string who = "\"" + owner->manager + "\"";
    if (!owner->subresource.empty()) who += " with subresource \"" + owner->subresource + "\"";
    if (owner->operation == "Update") who += " using " + owner->api_version;
    for (const FieldPath& path : list_paths(set)) found.emplace_back(who, format_path(path));
  }
  std::sort(found.begin(), found.end());
  for (const auto& [who, field] : found)
    failure.causes.push_back({"FieldManagerConflict", "conflict with " + who, field});
  if (found.size() == 1) {
    failure.message = "Apply failed with 1 conflict: conflict with " + found[0].first + ": " + found[0].second;
    return failure;
  }
  failure.message = "Apply failed with " + std::to_string(found.size()) + " conflicts: ";
  std::string last;
  for (const auto& [who, field] : found) {
    if (who != last) failure.message += (last.empty() ? "conflicts with " : "\nconflicts with ") + who + ":";
    failure.message += "\n- " + field;
    last = who;
  }
  return failure;
}

/// Takes from all owners but `self` what the comparison says changed.
void take_fields(std::vector<Owner>& owners, const Comparison& change, const Owner* self) {
  const FieldSet taken = unite(change.modified, change.added);
  for (Owner& owner : owners) {
    if (self != nullptr && owner.is(*self)) continue;
    owner.set = subtract(subtract(owner.set, intersect(owner.set, taken)), change.removed);
  }
}

/// What the last apply of the manager set, this one does not, and nobody else owns, goes.
Value prune_dropped(const TypeNode& type, const Value& merged, const std::vector<Owner>& owners, const FieldSet& last) {
  if (last.empty()) return merged;
  const FieldSet last_named = with_named_fields(type, last);
  Value pruned = remove_fields(type, merged, last_named);
  const FieldSet merged_set = with_named_fields(type, fields_of(type, merged));
  FieldSet managed;
  for (const Owner& owner : owners) managed = unite(managed, owner.set);
  const FieldSet gone = subtract(merged_set, with_named_fields(type, fields_of(type, pruned)));
  pruned = remove_fields(type, merged, subtract(gone, with_named_fields(type, managed)));
  const FieldSet dangling = subtract(merged_set, with_named_fields(type, fields_of(type, pruned)));
  return remove_fields(type, merged, intersect(dangling, last_named));
}

/// Ten update managers are kept; the oldest fall together, as in the API server.
void cap_update_managers(std::vector<Owner>& owners) {
  std::vector<Owner*> updates;
  for (Owner& owner : owners) {
    if (owner.operation == "Update" && owner.manager != "ancient-changes" && owner.subresource.empty())
      updates.push_back(&owner);
  }
  if (updates.size() <= k_max_update_managers) return;
  std::stable_sort(updates.begin(), updates.end(), [](const Owner* a, const Owner* b) { return a->time < b->time; });
  Owner ancient{"ancient-changes", "Update", updates[0]->api_version, "", updates[0]->time, {}};
  for (std::size_t index = 0; index + k_max_update_managers <= updates.size(); ++index) {
    ancient.set = unite(ancient.set, updates[index]->set);
    updates[index]->set = {};
  }
  for (Owner& owner : owners) {
    if (!owner.is(ancient)) continue;
    owner.set = unite(owner.set, ancient.set);
    return;
  }
  owners.push_back(std::move(ancient));
}

}  // namespace

Outcome<Value> apply_fields(const TypeNode& type, const Value& live, const Value& config, const Writer& writer,
                            OnConflict on_conflict, Exists exists, const FieldSet& reset) {
  const Value base = without_managed_fields(live);
  std::vector<Owner> owners = read_owners(live);
  if (owners.empty() && exists == Exists::yes) {  // an object that nobody tracked yet: all it has belongs to its past
    const Value nothing = Value::map({{"apiVersion", base["apiVersion"]}, {"kind", base["kind"]}});
    const Value zero = type.definition.empty() ? nothing : fill_zero(type, nothing);
    const Value filled = type.definition.empty() ? base : fill_zero(type, base);
    const Comparison all = compare(type, zero, filled);
    const FieldSet set = owned_part(subtract_trees(unite(all.added, all.modified), reset));
    owners.push_back({"before-first-apply", "Update", writer.api_version, "", writer.time, set});
  }
  Owner self{writer.manager, "Apply", writer.api_version, writer.subresource, writer.time, {}};
  const FieldSet before = [&] {
    for (const Owner& owner : owners) {
      if (owner.is(self)) return owner.set;
    }
    return FieldSet{};
  }();

  const FieldSet config_set = fields_of(type, config);
  const Value effective = reset.empty() ? config : remove_fields(type, config, reset);
  Value merged = merge(type, base, effective.is_null() ? Value::map() : effective);
  self.set = subtract_trees(config_set, reset);
  std::vector<Owner> with_self = owners;
  std::erase_if(with_self, [&](const Owner& owner) { return owner.is(self); });
  with_self.push_back(self);
  merged = prune_dropped(type, merged, with_self, before);

  const Comparison change = compare(type, base, merged);
  std::vector<std::pair<const Owner*, FieldSet>> conflicts;
  const FieldSet changed = unite(change.modified, change.added);
  for (const Owner& owner : owners) {
    if (owner.is(self)) continue;
    FieldSet overlap = intersect(owner.set, changed);
    if (!overlap.empty()) conflicts.emplace_back(&owner, std::move(overlap));
  }
  if (!conflicts.empty() && on_conflict == OnConflict::refuse) return refuse(make_conflict(conflicts));
  take_fields(with_self, change, &self);

  for (Owner& owner : with_self) {
    if (!owner.is(self)) continue;
    owner.set = owned_part(owner.set);
    // An apply that changes nothing keeps its time, or has none if it is the manager's first.
    if (!change.same()) continue;
    owner.time.clear();
    for (const Owner& old : owners) {
      if (old.is(self)) owner.time = old.time;
    }
  }
  write_owners(merged, std::move(with_self));
  return merged;
}

Value record_update(const TypeNode& type, const Value& live, const Value& changed, const Writer& writer,
                    const FieldSet& reset) {
  std::vector<Owner> owners = read_owners(live);
  if (!live.is_null() && owners.empty()) return without_managed_fields(changed);  // tracking begins at creation
  const bool typed_by_go = !type.definition.empty();
  Value before = without_managed_fields(live);
  if (before.is_null()) {
    before =
        typed_by_go ? Value::map() : Value::map({{"apiVersion", changed["apiVersion"]}, {"kind", changed["kind"]}});
  }
  Value after = without_managed_fields(changed);
  Value after_filled = after;
  if (typed_by_go) {
    before = fill_zero(type, before);
    after_filled = fill_zero(type, after);
  }
  Comparison change = compare(type, before, after_filled);
  take_fields(owners, change, nullptr);
  const FieldSet gained = owned_part(subtract_trees(unite(change.modified, change.added), reset));
  if (!gained.empty()) {
    Owner self{writer.manager, "Update", writer.api_version, writer.subresource, writer.time, gained};
    bool found = false;
    for (Owner& owner : owners) {
      if (!owner.is(self)) continue;
      owner.set = unite(owner.set, gained);
      owner.time = writer.time;
      found = true;
    }
    if (!found) owners.push_back(std::move(self));
  }
  cap_update_managers(owners);
  write_owners(after, std::move(owners));
  return after;
}

bool equal_but_for_times(const Value& a, const Value& b) {
  const auto stripped = [](const Value& object) {
    Value out = object;
    Value& metadata = out.edit("metadata");
    metadata.erase("resourceVersion");
    if (const Value* fields = metadata.find("managedFields"); fields != nullptr) {
      Value list = *fields;
      for (std::size_t index = 0; index < list.size(); ++index) list.edit_item(index).erase("time");
      metadata.set("managedFields", std::move(list));
    }
    return out;
  };
  return stripped(a) == stripped(b);
}

}  // namespace reconciled::sandbox
