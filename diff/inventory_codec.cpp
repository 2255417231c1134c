// The text of a row: {"v":1,"stack":"env/layer/name","uid":…,"entries":[["apps/Deployment/ns/name","uid","digest"],…]}.
// Keys appear in one order only, so that equal rows have equal texts.
#include "base/json.h"
#include "diff/inventory.h"

#include <algorithm>

namespace reconciled {
namespace {

constexpr std::uint64_t k_max_row_bytes = 8ULL << 20;

Value encode_entries(const std::vector<InventoryEntry>& entries) {
  std::vector<Value> items;
  items.reserve(entries.size());
  for (const InventoryEntry& entry : entries) {
    items.push_back(Value::list({Value(encode_id(entry.id)), Value(entry.uid), Value(entry.desired.hex())}));
  }
  return Value::list(std::move(items));
}

constexpr std::size_t k_max_charts = 256;

Value encode_charts(const std::vector<ChartPin>& charts) {
  Value items = Value::list();
  for (const ChartPin& pin : charts) {
    items.append(
        Value::list({Value(pin.repository), Value(pin.name), Value(pin.version), Value(pin.digest), Value(pin.url)}));
  }
  return items;
}

tl::unexpected<Error> broken(std::string why, std::string key_path = {}) {
  return fail(ErrorKind::local, "an inventory row cannot be read: " + std::move(why),
              Where{"inventory", 0, 0, std::move(key_path)},
              "nothing is pruned until it is repaired; restore the row, or delete it to start with an empty inventory");
}

Result<InventoryEntry> decode_entry(const Value& item, std::string_view cluster, const std::string& at) {
  const auto parts = item.items();
  if (parts.size() != 3 || !parts[0].is_string() || !parts[1].is_string() || !parts[2].is_string()) {
    return broken("an entry is not [id, uid, digest]", at);
  }
  InventoryEntry entry;
  entry.id = decode_id(parts[0].as_string(), cluster);
  if (entry.id.kind.empty() || entry.id.name.empty()) return broken("an entry has no object id", at);
  entry.uid = parts[1].as_string();
  Result<Digest> digest = Digest::parse(parts[2].as_string());
  if (!digest) return broken("an entry has no digest", at);
  entry.desired = *digest;
  return entry;
}

Result<std::vector<InventoryEntry>> decode_entries(const Value& row, std::string_view key, std::string_view cluster) {
  std::vector<InventoryEntry> out;
  const Value* list = row.find(key);
  if (list == nullptr || !list->is_list()) return broken("a list is missing", std::string(key));
  out.reserve(list->size());
  for (const Value& item : list->items()) {
    TRY_ASSIGN(InventoryEntry entry,
               decode_entry(item, cluster, std::string(key) + "[" + std::to_string(out.size()) + "]"));
    out.push_back(std::move(entry));
  }
  std::sort(out.begin(), out.end(), [](const InventoryEntry& a, const InventoryEntry& b) { return a.id < b.id; });
  const auto twice =
      std::adjacent_find(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.id == b.id; });
  if (twice != out.end()) return broken("it names " + format_id(twice->id) + " twice", std::string(key));
  return out;
}

Result<std::vector<ChartPin>> decode_charts(const Value& list) {
  std::vector<ChartPin> charts;
  if (!list.is_list() || list.size() > k_max_charts) return broken("its charts are no list", "charts");
  for (const Value& item : list.items()) {
    const auto parts = item.items();
    const bool texts = std::ranges::all_of(parts, [](const Value& part) { return part.is_string(); });
    if (parts.size() != 5 || !texts) return broken("a chart is not [repository, name, version, digest, url]", "charts");
    const auto text = [&](std::size_t at) { return std::string(parts[at].as_string()); };
    charts.push_back({text(0), text(1), text(2), text(3), text(4)});
  }
  return charts;
}

Result<StackId> decode_stack(std::string_view key) {
  const std::size_t first = key.find('/');
  const std::size_t last = first == std::string_view::npos ? first : key.find('/', first + 1);
  if (last == std::string_view::npos || first == 0 || last == first + 1 || last + 1 == key.size()) {
    return broken("its stack is not environment/layer/name", "stack");
  }
  return StackId{std::string(key.substr(0, first)), std::string(key.substr(first + 1, last - first - 1)),
                 std::string(key.substr(last + 1))};
}

}  // namespace

std::string encode_row(const StackInventory& row) {
  Value out = Value::map();
  out.set("v", Inventory::k_schema);
  out.set("stack", row.stack.key());
  out.set("uid", row.stack_uid);
  out.set("revision", row.revision);
  out.set("writer", row.writer);
  out.set("epoch", static_cast<std::int64_t>(row.epoch));
  if (row.healthy != Digest{}) out.set("healthy", row.healthy.hex());
  if (!row.charts.empty()) out.set("charts", encode_charts(row.charts));
  out.set("entries", encode_entries(row.entries));
  out.set("intent", encode_entries(row.intent));
  return format_json(out);
}

Result<StackInventory> decode_row(std::string_view text, std::string_view cluster) {
  if (text.size() > k_max_row_bytes) return broken("it is larger than 8 MiB");
  Budget budget;
  Result<Value> parsed = parse_json(text, budget, DuplicateKeys::refuse);
  if (!parsed) return broken(parsed.error().message);
  const Value& row = *parsed;
  const Value& version = row["v"];
  if (!version.is_integer() || version.as_integer() < 1) return broken("it has no schema version", "v");
  if (version.as_integer() > Inventory::k_schema) {
    return fail(ErrorKind::refused,
                "the inventory has schema version " + std::to_string(version.as_integer()) +
                    ", this program knows up to " + std::to_string(Inventory::k_schema),
                Where{"inventory", 0, 0, "v"},
                "a newer release wrote it: use that release; this one only reads this cluster");
  }
  StackInventory out;
  TRY_ASSIGN(out.stack, decode_stack(row["stack"].as_string()));
  for (const auto& [key, member] :
       {std::pair{"uid", &out.stack_uid}, {"revision", &out.revision}, {"writer", &out.writer}}) {
    if (!row[key].is_string()) return broken("a text is missing", key);
    *member = row[key].as_string();
  }
  if (!row["epoch"].is_integer() || row["epoch"].as_integer() < 0) return broken("it has no epoch", "epoch");
  out.epoch = static_cast<std::uint64_t>(row["epoch"].as_integer());
  if (const Value* healthy = row.find("healthy"); healthy != nullptr) {
    const Result<Digest> digest = Digest::parse(healthy->as_string());
    if (!digest) return broken("its digest is none", "healthy");
    out.healthy = *digest;
  }
  if (const Value* charts = row.find("charts"); charts != nullptr) {
    TRY_ASSIGN(out.charts, decode_charts(*charts));
  }
  TRY_ASSIGN(out.entries, decode_entries(row, "entries", cluster));
  TRY_ASSIGN(out.intent, decode_entries(row, "intent", cluster));
  return out;
}

}  // namespace reconciled
