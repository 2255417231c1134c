// The parts of an OpenAPI schema that strategic merges ask for, as data.
#pragma once

#include "renderers/kustomize/resource_id.h"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace reconciled::kustomize {

/// How the items of a list merge: not at all, by one or two keys, or by their value (no key).
struct SchemaKeys {
  bool merges = false;
  std::array<std::string_view, 2> names{};
};

struct SchemaField {
  std::string_view name;
  std::int16_t type = -1;
};

/// Types are numbers; -1 is a type of which nothing is known.
struct SchemaType {
  std::uint16_t first_field = 0;
  std::uint16_t field_count = 0;
  std::int16_t other_keys = -1;  ///< the type of values under keys that are no field
  std::int16_t items = -1;       ///< the type of the items of a list
  std::uint8_t keys = 0;         ///< what its items merge by: an index into SchemaTable::keys
};

struct SchemaRoot {
  Gvk gvk;
  std::int16_t type = -1;
};

struct SchemaTable {
  std::span<const SchemaKeys> keys;
  std::span<const SchemaField> fields;
  std::span<const SchemaType> types;
  std::span<const SchemaRoot> roots;  ///< sorted by group, version, kind
};

extern const SchemaTable k_builtin_schema;

}  // namespace reconciled::kustomize
