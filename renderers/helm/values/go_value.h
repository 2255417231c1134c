// A value as Go's template engine sees it: dynamic type and all. 16 bytes, copied freely, owned by an Arena.
#pragma once

#include "renderers/helm/values/arena.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace reconciled::helm {

class GoMap;
class GoObject;
struct GoFunction;

/// Dynamic types that can reach a chart. The names that typeOf prints are in go_type.cpp's table, and so are reflect
/// kinds.
enum class GoType : std::uint8_t {
  invalid,  ///< nothing: an untyped nil, reflect's zero Value
  nil,      ///< a nil interface{}: what a missing key of a map[string]interface{} gives
  boolean,
  int_,
  int8,
  int16,
  int32,
  int64,
  uint,
  uint8,
  uint16,
  uint32,
  uint64,
  float32,
  float64,
  complex128,
  string,
  bytes,        ///< []uint8
  duration,     ///< time.Duration: an int64 with methods
  month,        ///< time.Month
  weekday,      ///< time.Weekday
  list,         ///< []interface {}
  list_string,  ///< []string
  list_int,     ///< []int
  list_map,     ///< []map[string]interface {}
  list_list,    ///< [][]interface {}
  version_set,  ///< common.VersionSet: []string with Has
  map,          ///< map[string]interface {}
  map_string,   ///< map[string]string
  values,       ///< common.Values: map[string]interface {} with methods
  files,        ///< engine.files: map[string][]uint8 with methods
  object,       ///< a struct or a pointer to one, see GoObject
  function,     ///< a method as a value
};

/// Of reflect.Kind, as far as templates can tell them apart.
enum class GoKind : std::uint8_t {
  invalid,
  interface,
  boolean,
  integer,
  unsigned_integer,
  floating,
  complex,
  string,
  slice,
  map,
  structure,
  pointer,
  function
};

struct GoComplex {
  double real = 0;
  double imaginary = 0;
};

class GoValue;

/// A slice: lists share their items, as Go's slices do. Items are never changed in place once others can see them.
struct GoList {
  const GoValue* items = nullptr;
  std::uint32_t size = 0;
};

class GoValue {
 public:
  GoValue() = default;
  static GoValue nil() { return GoValue(GoType::nil); }
  static GoValue boolean(bool flag);
  static GoValue integer(std::int64_t number, GoType type = GoType::int_);
  static GoValue unsigned_integer(std::uint64_t number, GoType type);
  static GoValue number(double number, GoType type = GoType::float64);
  static GoValue complex(const GoComplex* number);
  /// The text is not copied: it lies in an arena or lives for ever.
  static GoValue string(std::string_view text, GoType type = GoType::string);
  static GoValue list(const GoList* items, GoType type = GoType::list);
  static GoValue map(GoMap* entries, GoType type = GoType::map);
  static GoValue object(const GoObject* object);
  static GoValue function(const GoFunction* function);

  [[nodiscard]] GoType type() const { return m_type; }
  [[nodiscard]] GoKind kind() const;
  /// Whether Go's reflect would see it inside an interface{}: an element of a map[string]interface{} or []interface{}.
  /// Only the engine sets it, for the wording of errors; what functions get and return is not boxed.
  [[nodiscard]] bool is_boxed() const { return m_boxed || m_type == GoType::nil; }
  [[nodiscard]] GoValue boxed() const;
  /// The value inside: `invalid` for a nil interface.
  [[nodiscard]] GoValue unboxed() const;
  /// `invalid` or a nil interface.
  [[nodiscard]] bool is_nil() const { return m_type <= GoType::nil; }
  [[nodiscard]] bool is_string() const { return m_type == GoType::string; }
  [[nodiscard]] bool is_map() const { return m_type >= GoType::map && m_type <= GoType::files; }
  [[nodiscard]] bool is_list() const { return m_type >= GoType::list && m_type <= GoType::version_set; }

  /// Each is for a value whose type says that it holds such a thing.
  [[nodiscard]] bool as_bool() const { return m_payload.flag; }
  [[nodiscard]] std::int64_t as_int() const { return m_payload.integer; }
  [[nodiscard]] std::uint64_t as_uint() const { return m_payload.unsigned_integer; }
  [[nodiscard]] double as_double() const { return m_payload.number; }
  [[nodiscard]] const GoComplex& as_complex() const { return *m_payload.complex; }
  [[nodiscard]] std::string_view as_text() const { return {m_payload.text, m_size}; }  ///< of string and bytes
  [[nodiscard]] std::span<const GoValue> items() const;                                ///< of every list type
  [[nodiscard]] const GoList* as_list() const { return m_payload.list; }  ///< of every list type; null: a nil slice
  [[nodiscard]] GoMap* as_map() const { return m_payload.map; }           ///< of every map type; null: a nil map
  [[nodiscard]] const GoObject* as_object() const { return m_payload.object; }
  [[nodiscard]] const GoFunction* as_function() const { return m_payload.function; }

  /// The name of its dynamic type, as %T prints it: "map[string]interface {}", "*semver.Version", "<nil>".
  [[nodiscard]] std::string_view type_name() const;
  /// The name of its reflect.Kind: "int64", "slice", "ptr", "struct", "invalid".
  [[nodiscard]] std::string_view kind_name() const;

 private:
  explicit GoValue(GoType type) : m_type(type) {}

  union {
    bool flag;
    std::int64_t integer = 0;
    std::uint64_t unsigned_integer;
    double number;
    const GoComplex* complex;
    const char* text;
    const GoList* list;
    GoMap* map;
    const GoObject* object;
    const GoFunction* function;
  } m_payload;
  std::uint32_t m_size = 0;  // of a text
  GoType m_type = GoType::invalid;
  bool m_boxed = false;
};
static_assert(sizeof(GoValue) == 16);

/// A list of `count` items that the caller fills before anybody sees it.
GoValue* make_items(Arena& arena, std::size_t count);
GoValue make_list(Arena& arena, std::span<const GoValue> items, GoType type = GoType::list);

/// A map with string keys, a reference as in Go: all copies of its GoValue see a change. Entries are in byte order of
/// keys, which is the order that range and JSON use.
class GoMap {
 public:
  struct Entry {
    std::string_view key;  ///< in the arena
    GoValue value;
  };

  explicit GoMap(Arena& arena) : m_arena(&arena) {}
  [[nodiscard]] std::span<const Entry> entries() const { return {m_entries, m_size}; }
  [[nodiscard]] std::size_t size() const { return m_size; }
  /// nullptr when absent.
  [[nodiscard]] const GoValue* find(std::string_view key) const;
  /// The key is copied into the arena when it is new; `set_shared` takes one that already lies there.
  void set(std::string_view key, GoValue value);
  void set_shared(std::string_view key, GoValue value);
  void erase(std::string_view key);
  /// The same entries in a map of their own; values are shared.
  [[nodiscard]] GoMap* clone() const;

 private:
  [[nodiscard]] std::size_t lower_bound(std::string_view key) const;
  void insert_at(std::size_t index, std::string_view key, GoValue value);

  Arena* m_arena;
  Entry* m_entries = nullptr;
  std::uint32_t m_size = 0;
  std::uint32_t m_capacity = 0;
};

GoMap* make_map(Arena& arena);

/// A struct with fields and methods that charts can reach: Capabilities, a semantic version, a time, a certificate.
/// Lives in an arena or for ever; its destructor is never called, so it owns nothing.
class GoObject {
 public:
  /// Whether methods of the pointer count, as when the value itself is printed and not an argument of printf.
  enum class Receiver : std::uint8_t { value, pointer };

  [[nodiscard]] virtual std::string_view type_name() const = 0;  ///< as %T prints it
  [[nodiscard]] virtual bool is_pointer() const = 0;             ///< *T rather than T
  /// An exported field in `field`; false when there is none of this name.
  virtual bool field(std::string_view name, Arena& arena, GoValue& field) const = 0;
  /// nullptr when there is none of this name. Its receiver is given as FunctionCall::receiver.
  [[nodiscard]] virtual const GoFunction* method(std::string_view name) const = 0;
  /// What String() or Error() gives; false when the type has neither for such a receiver.
  virtual bool text(Arena& arena, Receiver receiver, std::string_view& text) const = 0;
  /// Fields in declaration order for %v, as name and value.
  virtual std::span<const GoMap::Entry> fields(Arena& arena) const = 0;
  /// What MarshalJSON or MarshalText gives; false when the type has neither and is written as its fields.
  virtual bool json_text(Arena& arena, std::string_view& text) const;
  /// Fields under the names of their json tags, in declaration order; by default `fields`. What begins with a small
  /// letter counts as not exported when it comes from there.
  virtual std::span<const GoMap::Entry> json_fields(Arena& arena) const;

 protected:
  ~GoObject() = default;
};

}  // namespace reconciled::helm
