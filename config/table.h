// What a setting is: the rows that reading, reference, schema and comparison are made from. Internal to config/.
#pragma once

#include "base/clock.h"
#include "base/secret.h"

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace reconciled::config {

enum class Shape : std::uint8_t {
  text,
  path,      ///< of a file or folder; relative to the settings file
  count,     ///< whole number
  size,      ///< bytes: 256Mi
  duration,  ///< 1m30s
  boolean,
  choice,
  secret,    ///< a text, or one ${file:..}, ${env:..} or ${cred:..}
  texts,     ///< list of texts
  paths,     ///< list of paths
  secrets,   ///< list of secrets
  section,   ///< map with rows of its own
  sections,  ///< list of such maps
  inlined,   ///< rows of another section, without a key of their own
};

enum class Reload : std::uint8_t { live, restart };
enum class Presence : std::uint8_t { optional, required };

struct Choice {
  std::string_view text;
  int value;
};

/// What is wrong with a text, or an empty string. Never repeats the text: it may hold a secret.
using Check = std::string (*)(std::string_view text);

struct Section;

/// What a row may say beyond its name, shape and doc.
struct Rules {
  std::string_view fallback = {};  ///< the default, as one would write it
  Presence presence = Presence::optional;
  Reload reload = Reload::live;
  Check check = nullptr;
  std::int64_t min = 0;  ///< of a count, of bytes, of nanoseconds
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  std::span<const Choice> choices = {};
  const Section* section = nullptr;
};

/// One setting. The function pointers reach its member in the struct of its section.
struct Row {
  std::string_view name;
  Shape shape = Shape::text;
  std::string_view doc;
  Rules rules;
  void* (*member)(void* owner) = nullptr;
  void* (*append)(void* list) = nullptr;                   ///< sections: adds an empty item
  std::size_t (*length)(const void* list) = nullptr;       ///< sections
  void* (*item)(void* list, std::size_t index) = nullptr;  ///< sections
  void (*set_choice)(void* member, int value) = nullptr;   ///< choice
  int (*get_choice)(const void* member) = nullptr;         ///< choice
};

struct Section {
  std::string_view doc;
  std::span<const Row> rows;
};

/// The whole of Settings.
const Section& root_section();

template <class T>
struct MemberOf;
template <class T, class Struct>
struct MemberOf<T Struct::*> {
  using Owner = Struct;
  using Type = T;
};
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};

template <class T>
constexpr bool fits(Shape shape) {
  switch (shape) {
    case Shape::text:
    case Shape::path: return std::is_same_v<T, std::string>;
    case Shape::count:
    case Shape::size: return std::is_same_v<T, std::uint64_t>;
    case Shape::duration: return std::is_same_v<T, Duration>;
    case Shape::boolean: return std::is_same_v<T, bool>;
    case Shape::choice: return std::is_enum_v<T>;
    case Shape::secret: return std::is_same_v<T, SecretString>;
    case Shape::texts:
    case Shape::paths: return std::is_same_v<T, std::vector<std::string>>;
    case Shape::secrets: return std::is_same_v<T, std::vector<SecretString>>;
    case Shape::section:
    case Shape::inlined: return std::is_class_v<T>;
    case Shape::sections: return IsVector<T>::value;
  }
  return false;
}

/// A row for a member; does not compile when the member's type is not what the shape stores.
template <auto Member, Shape k_shape>
constexpr Row row(std::string_view name, std::string_view doc, const Rules& rules = {}) {
  using Owner = typename MemberOf<decltype(Member)>::Owner;
  using Type = typename MemberOf<decltype(Member)>::Type;
  static_assert(fits<Type>(k_shape), "the member cannot hold this shape");
  Row row{.name = name, .shape = k_shape, .doc = doc, .rules = rules};
  row.member = [](void* owner) -> void* { return &(static_cast<Owner*>(owner)->*Member); };
  if constexpr (k_shape == Shape::sections) {
    row.append = [](void* list) -> void* { return &static_cast<Type*>(list)->emplace_back(); };
    row.length = [](const void* list) { return static_cast<const Type*>(list)->size(); };
    row.item = [](void* list, std::size_t index) -> void* { return &(*static_cast<Type*>(list))[index]; };
  }
  if constexpr (k_shape == Shape::choice) {
    row.set_choice = [](void* member, int value) { *static_cast<Type*>(member) = static_cast<Type>(value); };
    row.get_choice = [](const void* member) { return static_cast<int>(*static_cast<const Type*>(member)); };
  }
  return row;
}

/// Calls `visit(row, owner)` for each row, those of inlined sections in their place.
template <class Visit>
void each_row(const Section& section, void* owner, Visit&& visit) {
  for (const Row& row : section.rows) {
    void* member = owner == nullptr ? nullptr : row.member(owner);
    if (row.shape == Shape::inlined)
      each_row(*row.rules.section, member, visit);
    else
      visit(row, owner);
  }
}

/// The environment twin of a path without its prefix: "limits.renderBytes" is LIMITS_RENDER_BYTES.
std::string twin_of(std::string_view path);
/// Whether a row has one: not sections, not lists of secrets, and nothing within a list.
bool has_twin(const Row& row);

}  // namespace reconciled::config
