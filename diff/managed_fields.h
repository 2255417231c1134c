// Who owns which field of a live object: metadata.managedFields, read in place.
#pragma once

#include "base/value.h"

#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

/// A view of one level of a fieldsV1 tree ("f:name", "k:{…}", "v:…", "." and leaves {}). Empty when nothing is owned.
class FieldSet {
 public:
  FieldSet() = default;
  explicit FieldSet(const Value* node) : m_node(node) {}
  explicit operator bool() const { return m_node != nullptr; }

  /// A leaf: the value is owned as one, whatever is inside it (a scalar, an atomic list or map).
  [[nodiscard]] bool whole() const { return m_node != nullptr && m_node->size() == 0; }
  /// The value itself is owned ("." or a leaf), not only parts of it.
  [[nodiscard]] bool self() const { return m_node != nullptr && (m_node->size() == 0 || m_node->find(".") != nullptr); }
  /// The part below a map key; below a leaf the leaf itself.
  [[nodiscard]] FieldSet field(std::string_view name) const { return below("f:", name); }
  /// The part below a list item, by its element as the server writes it: `k:{"name":"app"}`, `v:"x"`.
  [[nodiscard]] FieldSet item(std::string_view element) const { return below("", element); }
  /// Names of the merge keys that this list uses ({"containerPort","protocol"}); empty when it is not a keyed list.
  [[nodiscard]] std::vector<std::string> item_keys() const;
  [[nodiscard]] bool is_set() const;  ///< items are owned by value
  [[nodiscard]] const Value* node() const { return m_node; }

 private:
  [[nodiscard]] FieldSet below(std::string_view prefix, std::string_view name) const;
  const Value* m_node = nullptr;
};

enum class FieldOperation : std::uint8_t { apply, update };

/// One entry of managedFields. Views: the object must outlive it.
struct FieldOwner {
  std::string_view manager;
  FieldOperation operation = FieldOperation::update;
  std::string_view subresource;
  std::string_view time;
  FieldSet fields;
};

/// Entries in their order; those that are malformed are left out.
std::vector<FieldOwner> read_managed_fields(const Value& object);

/// The merge-key element of a list item: `k:` and canonical JSON.
std::string item_element(const Value& keys);

}  // namespace reconciled
