#include "base/value.h"

#include "base/hash.h"
#include "base/json.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <memory>
#include <new>

namespace reconciled {
namespace {

constexpr std::size_t k_index_above = 16;
const Value k_null;

}  // namespace

struct Value::StringRep {
  std::atomic<std::uint32_t> refs{1};

  static StringRep* make(std::string_view text) {
    void* memory = ::operator new(k_string_header + text.size());
    std::memcpy(static_cast<char*>(memory) + k_string_header, text.data(), text.size());
    return new (memory) StringRep;
  }
};

struct Value::ListRep {
  std::atomic<std::uint32_t> refs{1};
  std::vector<Value> items;
};

/// Entries in order of insertion; above 16 of them an open-addressing table of entry numbers finds a key. Small maps
/// are what a cluster's objects are made of, so each member counts.
struct Value::MapRep {
  std::atomic<std::uint32_t> refs{1};
  std::uint32_t slot_count = 0;  // a power of two, at least twice the entries; 0: no table
  std::vector<Entry> entries;
  std::unique_ptr<std::uint32_t[]> slots;  // entry number + 1, or 0

  [[nodiscard]] std::size_t position(std::string_view key) const noexcept {
    if (slot_count == 0) {
      for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].key.as_string() == key) return i;
      }
      return entries.size();
    }
    for (std::size_t slot = first_slot(key);; slot = (slot + 1) & (slot_count - 1)) {
      if (slots[slot] == 0) return entries.size();
      if (entries[slots[slot] - 1].key.as_string() == key) return slots[slot] - 1;
    }
  }
  void reindex() {
    slot_count = 0;
    if (entries.size() <= k_index_above) {
      slots.reset();
      return;
    }
    slot_count = 64;
    while (slot_count < entries.size() * 3) slot_count *= 2;
    slots = std::make_unique<std::uint32_t[]>(slot_count);
    for (std::size_t i = 0; i < entries.size(); ++i) place(i);
  }
  void add(Entry entry) {
    entries.push_back(std::move(entry));
    if (slot_count == 0 ? entries.size() > k_index_above : entries.size() * 2 > slot_count) {
      reindex();
    } else if (slot_count != 0) {
      place(entries.size() - 1);
    }
  }

 private:
  [[nodiscard]] std::size_t first_slot(std::string_view key) const noexcept {
    return hash_bytes(key) & (slot_count - 1);
  }
  void place(std::size_t entry) {
    std::size_t slot = first_slot(entries[entry].key.as_string());
    while (slots[slot] != 0) slot = (slot + 1) & (slot_count - 1);
    slots[slot] = static_cast<std::uint32_t>(entry + 1);
  }
};

Value::Value(std::string_view text) : Value(Kind::string) {
  static_assert(sizeof(StringRep) == k_string_header);
  if (text.size() <= k_inline_capacity) {
    if (!text.empty()) std::memcpy(m_payload, text.data(), text.size());
    m_length = static_cast<std::uint8_t>(text.size());
    return;
  }
  m_tag |= k_heap;
  store(StringRep::make(text));
  const auto size = static_cast<std::uint32_t>(text.size());
  std::memcpy(m_payload + sizeof(void*), &size, sizeof size);
}

void Value::release() noexcept {
  if (load<std::atomic<std::uint32_t>*>()->fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if (is_string()) {
    auto* rep = load<StringRep*>();
    rep->~StringRep();
    ::operator delete(rep);
  } else if (is_list()) {
    delete load<ListRep*>();
  } else {
    delete load<MapRep*>();
  }
}

Value Value::list() {
  return list({});
}

Value Value::list(std::vector<Value> items) {
  auto rep = std::make_unique<ListRep>();
  rep->items = std::move(items);
  return {Kind::list, rep.release()};
}

Value Value::map() {
  return map_of_distinct({});
}

Value Value::map(std::initializer_list<std::pair<std::string_view, Value>> entries) {
  Value result = map();
  for (const auto& [key, value] : entries) result.set(key, value);
  return result;
}

Value Value::map_of_distinct(std::vector<Entry> entries) {
  auto rep = std::make_unique<MapRep>();
  rep->entries = std::move(entries);
  rep->reindex();
  return {Kind::map, rep.release()};
}

bool Value::as_bool(bool fallback) const noexcept {
  return is_bool() ? load<std::int64_t>() != 0 : fallback;
}

std::int64_t Value::as_integer(std::int64_t fallback) const noexcept {
  if (is_integer()) return load<std::int64_t>();
  if (kind() != Kind::number) return fallback;
  const double number = load<double>();
  const bool integral =
      std::trunc(number) == number && number >= -9223372036854775808.0 && number < 9223372036854775808.0;
  return integral ? static_cast<std::int64_t>(number) : fallback;
}

double Value::as_double(double fallback) const noexcept {
  if (kind() == Kind::number) return load<double>();
  return is_integer() ? static_cast<double>(load<std::int64_t>()) : fallback;
}

std::span<const Value> Value::items() const noexcept {
  if (!is_list()) return {};
  return load<const ListRep*>()->items;
}

std::span<const Value::Entry> Value::entries() const noexcept {
  if (!is_map()) return {};
  return load<const MapRep*>()->entries;
}

std::size_t Value::size() const noexcept {
  return is_list() ? items().size() : entries().size();
}

const Value* Value::find(std::string_view key) const noexcept {
  if (!is_map()) return nullptr;
  const auto* rep = load<const MapRep*>();
  const std::size_t at = rep->position(key);
  return at == rep->entries.size() ? nullptr : &rep->entries[at].value;
}

const Value& Value::at(std::initializer_list<std::string_view> path) const noexcept {
  const Value* value = this;
  for (const auto key : path) {
    value = value->find(key);
    if (value == nullptr) return k_null;
  }
  return *value;
}

Value::ListRep& Value::own_list() {
  const bool was_sensitive = sensitive();
  if (!is_list()) *this = list();
  auto* rep = load<ListRep*>();
  if (rep->refs.load(std::memory_order_acquire) != 1) *this = list(rep->items);
  if (was_sensitive) mark_sensitive();
  return *load<ListRep*>();
}

Value::MapRep& Value::own_map() {
  const bool was_sensitive = sensitive();
  if (!is_map()) *this = map();
  auto* rep = load<MapRep*>();
  if (rep->refs.load(std::memory_order_acquire) != 1) *this = map_of_distinct(rep->entries);
  if (was_sensitive) mark_sensitive();
  return *load<MapRep*>();
}

Value& Value::edit(std::string_view key) {
  auto& rep = own_map();
  const std::size_t at = rep.position(key);
  if (at == rep.entries.size()) rep.add({Value(key), Value()});
  return rep.entries[at].value;
}

void Value::set(std::string_view key, Value value) {
  edit(key) = std::move(value);
}

void Value::erase(std::string_view key) {
  if (find(key) == nullptr) return;
  auto& rep = own_map();
  rep.entries.erase(rep.entries.begin() + static_cast<std::ptrdiff_t>(rep.position(key)));
  rep.reindex();
}

void Value::append(Value value) {
  own_list().items.push_back(std::move(value));
}

Value& Value::edit_item(std::size_t index) {
  return own_list().items.at(index);
}

void Value::erase_item(std::size_t index) {
  auto& items = own_list().items;
  items.erase(items.begin() + static_cast<std::ptrdiff_t>(index));
}

void Value::insert_item(std::size_t index, Value value) {
  auto& items = own_list().items;
  items.insert(items.begin() + static_cast<std::ptrdiff_t>(index), std::move(value));
}

bool Value::same_as(const Value& other) const noexcept {
  return holds_heap() && other.holds_heap() && kind() == other.kind() && load<void*>() == other.load<void*>();
}

bool Value::operator==(const Value& other) const noexcept {
  if (same_as(other)) return true;
  if (is_number() && other.is_number()) {
    if (is_integer() && other.is_integer()) return load<std::int64_t>() == other.load<std::int64_t>();
    if (!is_integer() && !other.is_integer()) return as_double() == other.as_double();
    // Exactly: a large integer is not the double it rounds to.
    const auto& integer = is_integer() ? *this : other;
    const auto& number = is_integer() ? other : *this;
    const double value = number.as_double();
    return value >= -9223372036854775808.0 && value < 9223372036854775808.0 && std::trunc(value) == value &&
           static_cast<std::int64_t>(value) == integer.as_integer();
  }
  if (kind() != other.kind()) return false;
  switch (kind()) {
    case Kind::null: return true;
    case Kind::boolean: return as_bool() == other.as_bool();
    case Kind::integer:
    case Kind::number: return true;  // decided above
    case Kind::string: return as_string() == other.as_string();
    case Kind::list: return std::ranges::equal(items(), other.items());
    case Kind::map:
      return size() == other.size() && std::ranges::all_of(entries(), [&](const Entry& entry) {
               const Value* match = other.find(entry.key.as_string());
               return match != nullptr && *match == entry.value;
             });
  }
  return false;
}

Digest Value::digest() const {
  std::string text;
  text.reserve(1024);  // most objects
  append_json(text, *this, JsonStyle::canonical);
  return sha256(text);
}

}  // namespace reconciled
