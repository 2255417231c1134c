// Value: one node of a manifest or API object, in 16 bytes, shared and copied on write.
#pragma once

#include "base/digest.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reconciled {

/// A JSON-shaped value. Copying costs a reference count; changing a shared list or map copies that level first.
/// Maps keep the order in which keys were added; equality and digest ignore that order, and 1 equals 1.0, as it does
/// for the API server. Reading one Value from several threads is safe; changing it is not.
class Value {
 public:
  enum class Kind : std::uint8_t { null, boolean, integer, number, string, list, map };
  struct Entry;  ///< {key, value} of a map; key is always a string

  Value() noexcept : Value(Kind::null) {}
  Value(std::nullptr_t) noexcept : Value(Kind::null) {}
  Value(bool flag) noexcept : Value(Kind::boolean) { store(static_cast<std::int64_t>(flag)); }
  Value(int number) noexcept : Value(static_cast<std::int64_t>(number)) {}
  Value(std::int64_t number) noexcept : Value(Kind::integer) { store(number); }
  Value(double number) noexcept : Value(Kind::number) { store(number); }
  Value(std::string_view text);
  Value(const std::string& text) : Value(std::string_view(text)) {}
  Value(const char* text) : Value(std::string_view(text)) {}

  Value(const Value& other) noexcept {
    std::memcpy(static_cast<void*>(this), &other, sizeof *this);
    if (holds_heap()) retain();
  }
  Value(Value&& other) noexcept {
    std::memcpy(static_cast<void*>(this), &other, sizeof *this);
    other.m_tag = 0;
  }
  Value& operator=(const Value& other) noexcept {
    if (this == &other) return *this;
    Value copy(other);
    return *this = std::move(copy);
  }
  Value& operator=(Value&& other) noexcept {
    if (this == &other) return *this;
    const Value old(std::move(*this));  // other may be a part of what this holds: released last
    std::memcpy(static_cast<void*>(this), &other, sizeof *this);
    other.m_tag = 0;
    return *this;
  }
  ~Value() {
    if (holds_heap()) release();
  }

  static Value list();
  static Value list(std::vector<Value> items);
  static Value map();
  static Value map(std::initializer_list<std::pair<std::string_view, Value>> entries);
  /// Takes entries whose keys are known to be distinct (parsers); `map` plus `set` otherwise.
  static Value map_of_distinct(std::vector<Entry> entries);

  [[nodiscard]] Kind kind() const noexcept { return static_cast<Kind>(m_tag & k_kind_mask); }
  [[nodiscard]] bool is_null() const noexcept { return kind() == Kind::null; }
  [[nodiscard]] bool is_bool() const noexcept { return kind() == Kind::boolean; }
  [[nodiscard]] bool is_integer() const noexcept { return kind() == Kind::integer; }
  [[nodiscard]] bool is_number() const noexcept { return kind() == Kind::integer || kind() == Kind::number; }
  [[nodiscard]] bool is_string() const noexcept { return kind() == Kind::string; }
  [[nodiscard]] bool is_list() const noexcept { return kind() == Kind::list; }
  [[nodiscard]] bool is_map() const noexcept { return kind() == Kind::map; }

  /// Scalars. A value of another kind answers with the fallback: the caller who cares checks the kind first.
  [[nodiscard]] bool as_bool(bool fallback = false) const noexcept;
  [[nodiscard]] std::int64_t as_integer(std::int64_t fallback = 0) const noexcept;
  [[nodiscard]] double as_double(double fallback = 0) const noexcept;
  /// Valid as long as this Value is neither changed nor destroyed.
  [[nodiscard]] std::string_view as_string(std::string_view fallback = {}) const noexcept {
    if (!is_string()) return fallback;
    if (holds_heap()) return {load<const char*>() + k_string_header, heap_size()};
    return {reinterpret_cast<const char*>(m_payload), m_length};
  }

  /// Items of a list, entries of a map; empty for every other kind.
  [[nodiscard]] std::span<const Value> items() const noexcept;
  [[nodiscard]] std::span<const Entry> entries() const noexcept;
  /// Number of items or entries; 0 for scalars.
  [[nodiscard]] std::size_t size() const noexcept;

  /// The value under a key, or nullptr when absent or when this is no map.
  [[nodiscard]] const Value* find(std::string_view key) const noexcept;
  /// Walks keys of nested maps: object.at({"metadata", "name"}); null Value when a step is absent.
  [[nodiscard]] const Value& at(std::initializer_list<std::string_view> path) const noexcept;
  [[nodiscard]] const Value& operator[](std::string_view key) const noexcept { return at({key}); }

  /// Changing. A null becomes a map (set, edit) or a list (append); other kinds are replaced by an empty one first.
  void set(std::string_view key, Value value);
  void erase(std::string_view key);
  void append(Value value);
  /// The value under a key, added as null when absent, to be changed in place.
  Value& edit(std::string_view key);
  Value& edit_item(std::size_t index);  ///< index < size()
  void erase_item(std::size_t index);
  void insert_item(std::size_t index, Value value);

  /// Sensitive values are redacted before anything formats them. The bit survives copies and merges.
  [[nodiscard]] bool sensitive() const noexcept { return (m_tag & k_sensitive) != 0; }
  void mark_sensitive() noexcept { m_tag |= k_sensitive; }

  bool operator==(const Value& other) const noexcept;
  /// Of the canonical JSON: keys sorted, numbers in shortest form. Equal values have equal digests.
  [[nodiscard]] Digest digest() const;

  /// Whether both share the same heap memory (then they are equal without looking).
  [[nodiscard]] bool same_as(const Value& other) const noexcept;

 private:
  static constexpr std::uint8_t k_kind_mask = 0x07;
  static constexpr std::uint8_t k_heap = 0x08;
  static constexpr std::uint8_t k_sensitive = 0x10;
  static constexpr std::size_t k_inline_capacity = 14;
  static constexpr std::size_t k_string_header = 4;  // before the bytes of a StringRep

  struct StringRep;
  struct ListRep;
  struct MapRep;

  explicit Value(Kind kind) noexcept : m_tag(static_cast<std::uint8_t>(kind)) {}
  Value(Kind kind, void* rep) noexcept : m_tag(static_cast<std::uint8_t>(kind) | k_heap) { store(rep); }
  [[nodiscard]] bool holds_heap() const noexcept { return (m_tag & k_heap) != 0; }
  template <class T>
  void store(T payload) noexcept {
    std::memcpy(m_payload, &payload, sizeof(T));
  }
  template <class T>
  [[nodiscard]] T load() const noexcept {
    T payload;
    std::memcpy(&payload, m_payload, sizeof(T));
    return payload;
  }
  void retain() const noexcept {
    // Every rep begins with its reference count.
    load<std::atomic<std::uint32_t>*>()->fetch_add(1, std::memory_order_relaxed);
  }
  // The size of a string stands beside its pointer: most keys that are not looked for are told by it.
  [[nodiscard]] std::uint32_t heap_size() const noexcept {
    std::uint32_t size = 0;
    std::memcpy(&size, m_payload + sizeof(void*), sizeof size);
    return size;
  }
  void release() noexcept;
  ListRep& own_list();
  MapRep& own_map();

  alignas(8) unsigned char m_payload[k_inline_capacity] = {};  // pointer, number, or an inline string
  std::uint8_t m_length = 0;                                   // of the inline string
  std::uint8_t m_tag = 0;
};

struct Value::Entry {
  Value key;
  Value value;
};

static_assert(sizeof(Value) == 16);

}  // namespace reconciled
