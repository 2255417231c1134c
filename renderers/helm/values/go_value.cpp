#include "renderers/helm/values/go_value.h"

#include "renderers/helm/values/go_function.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <vector>

namespace reconciled::helm {
namespace {

struct TypeRow {
  GoType type;
  GoKind kind;
  std::string_view name;
  std::string_view kind_name;
};

constexpr std::array k_parameter_names{
    std::string_view("interface {}"),
    std::string_view("bool"),
    std::string_view("int"),
    std::string_view("int64"),
    std::string_view("float64"),
    std::string_view("string"),
    std::string_view("[]uint8"),
    std::string_view("[]interface {}"),
    std::string_view("[]string"),
    std::string_view("map[string]interface {}"),
    std::string_view("map[string]string"),
    std::string_view("uint32"),
    std::string_view("time.Duration"),
    std::string_view("time.Time"),
    std::string_view("*time.Location"),
    std::string_view("*semver.Version"),
    std::string_view("sprig.certificate"),
    std::string_view("reflect.Value"),
};
static_assert(k_parameter_names.size() == static_cast<std::size_t>(GoParameter::reflect_value) + 1);

constexpr std::array k_types{
    TypeRow{GoType::invalid, GoKind::invalid, "<nil>", "invalid"},
    TypeRow{GoType::nil, GoKind::interface, "<nil>", "interface"},
    TypeRow{GoType::boolean, GoKind::boolean, "bool", "bool"},
    TypeRow{GoType::int_, GoKind::integer, "int", "int"},
    TypeRow{GoType::int8, GoKind::integer, "int8", "int8"},
    TypeRow{GoType::int16, GoKind::integer, "int16", "int16"},
    TypeRow{GoType::int32, GoKind::integer, "int32", "int32"},
    TypeRow{GoType::int64, GoKind::integer, "int64", "int64"},
    TypeRow{GoType::uint, GoKind::unsigned_integer, "uint", "uint"},
    TypeRow{GoType::uint8, GoKind::unsigned_integer, "uint8", "uint8"},
    TypeRow{GoType::uint16, GoKind::unsigned_integer, "uint16", "uint16"},
    TypeRow{GoType::uint32, GoKind::unsigned_integer, "uint32", "uint32"},
    TypeRow{GoType::uint64, GoKind::unsigned_integer, "uint64", "uint64"},
    TypeRow{GoType::float32, GoKind::floating, "float32", "float32"},
    TypeRow{GoType::float64, GoKind::floating, "float64", "float64"},
    TypeRow{GoType::complex128, GoKind::complex, "complex128", "complex128"},
    TypeRow{GoType::string, GoKind::string, "string", "string"},
    TypeRow{GoType::bytes, GoKind::slice, "[]uint8", "slice"},
    TypeRow{GoType::duration, GoKind::integer, "time.Duration", "int64"},
    TypeRow{GoType::month, GoKind::integer, "time.Month", "int"},
    TypeRow{GoType::weekday, GoKind::integer, "time.Weekday", "int"},
    TypeRow{GoType::list, GoKind::slice, "[]interface {}", "slice"},
    TypeRow{GoType::list_string, GoKind::slice, "[]string", "slice"},
    TypeRow{GoType::list_int, GoKind::slice, "[]int", "slice"},
    TypeRow{GoType::list_map, GoKind::slice, "[]map[string]interface {}", "slice"},
    TypeRow{GoType::list_list, GoKind::slice, "[][]interface {}", "slice"},
    TypeRow{GoType::version_set, GoKind::slice, "common.VersionSet", "slice"},
    TypeRow{GoType::map, GoKind::map, "map[string]interface {}", "map"},
    TypeRow{GoType::map_string, GoKind::map, "map[string]string", "map"},
    TypeRow{GoType::values, GoKind::map, "common.Values", "map"},
    TypeRow{GoType::files, GoKind::map, "engine.files", "map"},
    TypeRow{GoType::object, GoKind::structure, "", "struct"},
    TypeRow{GoType::function, GoKind::function, "func", "func"},
};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < k_types.size(); ++i) {
    if (static_cast<std::size_t>(k_types[i].type) != i) return false;
  }
  return true;
}
static_assert(is_in_order(), "a row for each GoType, in their order");

const TypeRow& row_of(GoType type) {
  return k_types[static_cast<std::size_t>(type)];
}

constexpr std::uint32_t k_first_capacity = 4;

}  // namespace

GoValue GoValue::boolean(bool flag) {
  GoValue value(GoType::boolean);
  value.m_payload.flag = flag;
  return value;
}
GoValue GoValue::integer(std::int64_t number, GoType type) {
  GoValue value(type);
  value.m_payload.integer = number;
  return value;
}
GoValue GoValue::unsigned_integer(std::uint64_t number, GoType type) {
  GoValue value(type);
  value.m_payload.unsigned_integer = number;
  return value;
}
GoValue GoValue::number(double number, GoType type) {
  GoValue value(type);
  value.m_payload.number = number;
  return value;
}
GoValue GoValue::complex(const GoComplex* number) {
  GoValue value(GoType::complex128);
  value.m_payload.complex = number;
  return value;
}
GoValue GoValue::string(std::string_view text, GoType type) {
  GoValue value(type);
  value.m_payload.text = text.data();
  value.m_size = static_cast<std::uint32_t>(text.size());
  return value;
}
GoValue GoValue::list(const GoList* items, GoType type) {
  GoValue value(type);
  value.m_payload.list = items;
  return value;
}
GoValue GoValue::map(GoMap* entries, GoType type) {
  GoValue value(type);
  value.m_payload.map = entries;
  return value;
}
GoValue GoValue::object(const GoObject* object) {
  GoValue value(GoType::object);
  value.m_payload.object = object;
  return value;
}
GoValue GoValue::function(const GoFunction* function) {
  GoValue value(GoType::function);
  value.m_payload.function = function;
  return value;
}

GoValue GoValue::boxed() const {
  if (is_nil()) return nil();
  GoValue value = *this;
  value.m_boxed = true;
  return value;
}
GoValue GoValue::unboxed() const {
  if (m_type == GoType::nil) return {};
  GoValue value = *this;
  value.m_boxed = false;
  return value;
}

GoKind GoValue::kind() const {
  if (m_type == GoType::object && m_payload.object->is_pointer()) return GoKind::pointer;
  return row_of(m_type).kind;
}

std::string_view GoValue::type_name() const {
  return m_type == GoType::object ? m_payload.object->type_name() : row_of(m_type).name;
}

std::string_view GoValue::kind_name() const {
  if (m_type == GoType::object && m_payload.object->is_pointer()) return "ptr";
  return row_of(m_type).kind_name;
}

std::string_view go_parameter_name(GoParameter parameter) {
  return k_parameter_names[static_cast<std::size_t>(parameter)];
}

std::span<const GoValue> GoValue::items() const {
  if (!is_list() || m_payload.list == nullptr) return {};
  return {m_payload.list->items, m_payload.list->size};
}

GoValue* make_items(Arena& arena, std::size_t count) {
  auto* items = arena.make_array<GoValue>(count);
  std::uninitialized_fill_n(items, count, GoValue());
  return items;
}

GoValue make_list(Arena& arena, std::span<const GoValue> items, GoType type) {
  GoValue* own = make_items(arena, items.size());
  std::copy(items.begin(), items.end(), own);
  return GoValue::list(arena.make<GoList>(GoList{own, static_cast<std::uint32_t>(items.size())}), type);
}

std::size_t GoMap::lower_bound(std::string_view key) const {
  if (m_size == 0 || m_entries[m_size - 1].key < key) return m_size;  // keys often come in order
  const Entry* found = std::lower_bound(m_entries, m_entries + m_size, key,
                                        [](const Entry& entry, std::string_view wanted) { return entry.key < wanted; });
  return static_cast<std::size_t>(found - m_entries);
}

const GoValue* GoMap::find(std::string_view key) const {
  const std::size_t at = lower_bound(key);
  return at < m_size && m_entries[at].key == key ? &m_entries[at].value : nullptr;
}

void GoMap::insert_at(std::size_t index, std::string_view key, GoValue value) {
  if (m_size == m_capacity) {
    m_capacity = std::max(k_first_capacity, m_capacity * 2);
    auto* larger = m_arena->make_array<Entry>(m_capacity);
    std::uninitialized_copy_n(m_entries, m_size, larger);
    m_entries = larger;
  }
  if (index < m_size)
    std::memmove(static_cast<void*>(m_entries + index + 1), m_entries + index, (m_size - index) * sizeof(Entry));
  m_entries[index] = Entry{key, value};
  ++m_size;
}

void GoMap::set(std::string_view key, GoValue value) {
  const std::size_t at = lower_bound(key);
  if (at < m_size && m_entries[at].key == key) {
    m_entries[at].value = value;
  } else {
    insert_at(at, m_arena->copy(key), value);
  }
}

void GoMap::set_shared(std::string_view key, GoValue value) {
  const std::size_t at = lower_bound(key);
  if (at < m_size && m_entries[at].key == key) {
    m_entries[at].value = value;
  } else {
    insert_at(at, key, value);
  }
}

void GoMap::erase(std::string_view key) {
  const std::size_t at = lower_bound(key);
  if (at >= m_size || m_entries[at].key != key) return;
  std::memmove(static_cast<void*>(m_entries + at), m_entries + at + 1, (m_size - at - 1) * sizeof(Entry));
  --m_size;
}

GoMap* GoMap::clone() const {
  auto* copy = m_arena->make<GoMap>(*m_arena);
  if (m_size == 0) return copy;
  copy->m_entries = m_arena->make_array<Entry>(m_size);
  std::uninitialized_copy_n(m_entries, m_size, copy->m_entries);
  copy->m_size = copy->m_capacity = m_size;
  return copy;
}

GoMap* make_map(Arena& arena) {
  return arena.make<GoMap>(arena);
}

bool GoObject::json_text(Arena& /*arena*/, std::string_view& /*text*/) const {
  return false;
}

std::span<const GoMap::Entry> GoObject::json_fields(Arena& arena) const {
  const auto all = fields(arena);
  std::vector<GoMap::Entry> exported;
  for (const GoMap::Entry& field : all) {
    if (!field.key.empty() && field.key[0] >= 'A' && field.key[0] <= 'Z') exported.push_back(field);
  }
  if (exported.size() == all.size()) return all;
  auto* own = arena.make_array<GoMap::Entry>(exported.size());
  std::uninitialized_copy(exported.begin(), exported.end(), own);
  return {own, exported.size()};
}

}  // namespace reconciled::helm
