// Types of API objects: what server-side apply, strategic merge and validation need to know of each field.
#pragma once

#include "base/value.h"
#include "sandbox/failure.h"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::sandbox {

struct TypeNode;

/// How the entries of a list are owned and merged.
enum class ListType : std::uint8_t { atomic, set, map };

struct TypeField {
  std::string name;
  const TypeNode* type = nullptr;
  bool required = false;
  bool embedded = false;  ///< a Go struct held by value: always present in an object of a built-in kind
};

/// The type of one field, list item or map value. `any` is what no schema describes.
struct TypeNode {
  enum class Kind : std::uint8_t {
    any,
    string,
    integer,
    number,
    boolean,
    quantity,
    time,
    micro_time,
    int_or_string,
    structure,
    map,
    list
  };
  Kind kind = Kind::any;
  std::string definition;             ///< of a built-in structure: "core.v1.Container"
  std::vector<TypeField> fields;      ///< structure
  const TypeNode* element = nullptr;  ///< list, map; of a structure: the type of other keys, or nullptr
  ListType list_type = ListType::atomic;
  std::vector<std::string> keys;  ///< of a list of type map
  bool atomic = false;            ///< of a map or structure
  bool patch_merge = false;       ///< strategic merge merges this list
  std::string patch_key;          ///< by this key; empty: as a set of scalars
  bool retain_keys = false;
  std::optional<Value> default_value;
  std::vector<std::string> allowed;  ///< enum of strings

  // Only of custom resources:
  bool preserve_unknown = false;
  bool nullable = false;
  bool embedded_resource = false;
  Value constraints;  ///< the schema itself, for minimum, pattern and the like

  [[nodiscard]] const TypeField* find(std::string_view name) const;
  /// What a key of a keyed list is when an item of this type leaves it out: its default, or the zero of a field that Go
  /// always writes.
  [[nodiscard]] std::optional<Value> key_default(std::string_view name) const;
};

/// Owns nodes; addresses are stable.
class TypeRegistry {
 public:
  TypeNode& add();
  /// The node of a built-in definition such as "apps.v1.Deployment", or nullptr.
  [[nodiscard]] const TypeNode* find(std::string_view definition) const;
  void name(std::string definition, const TypeNode& node) { m_names.emplace(std::move(definition), &node); }
  [[nodiscard]] const TypeNode& any() const { return m_any; }

 private:
  std::deque<TypeNode> m_nodes;
  std::map<std::string, const TypeNode*, std::less<>> m_names;
  TypeNode m_any;
};

/// The types of the built-in kinds, read once from builtin_types.inc. Lines are either "NAME [a]" (a structure; a:
/// atomic) or " FIELD TYPE FLAG..." with TYPE s i n b q t m I * (string, integer, number, boolean, Quantity, Time,
/// MicroTime, IntOrString, any), @NAME, [TYPE, {TYPE, and flags ! required, 0 embedded, a atomic, S set, K(keys) map
/// list, M(key) strategic merge, R retainKeys, E(a|b) enum, =JSON default.
const TypeRegistry& builtin_types();

/// Makes the type of a custom resource of its openAPIV3Schema; apiVersion, kind and metadata get their standard types.
const TypeNode& make_custom_type(TypeRegistry& registry, const Value& schema);

}  // namespace reconciled::sandbox
