// A place inside an object while two trees are walked: a chain of steps on the stack, written out only when needed.
#pragma once

#include "diff/managed_fields.h"

#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

/// One step down. The root has no parent. A step into a list has `item` set and knows its index on both sides, and the
/// element by which managedFields name it.
struct FieldStep {
  const FieldStep* parent = nullptr;
  std::string_view key;
  bool item = false;
  std::size_t live_index = 0;
  std::size_t desired_index = 0;
  std::string element;          ///< `k:{"name":"app"}`, `v:"x"`, `i:0`; empty inside an atomic list
  const Value* keys = nullptr;  ///< merge keys and values of a keyed item

  /// The nearest map key at or above this step, and the one above that; empty at the root.
  [[nodiscard]] std::string_view field() const;
  [[nodiscard]] std::string_view parent_field() const;
  [[nodiscard]] std::string_view grandparent_field() const;
};

/// The step to an item of a keyed list; an index past the end says that this side has no such item. `list` and `keys`
/// must outlive it.
FieldStep keyed_step(const FieldStep& list, const Value& keys, std::size_t live, std::size_t desired);

std::string format_pointer(const FieldStep& step);     ///< /spec/containers/0/image, indices of the live side
std::string format_path(const FieldStep& step);        ///< spec.containers[name=app].image
std::string format_owned_path(const FieldStep& step);  ///< .spec.containers[name="app"].image, as conflicts say
std::vector<std::string> desired_tokens(const FieldStep& step);  ///< keys and indices of the desired side

/// What an owner has at a place: nothing, or its part of it (a leaf above counts for all below it).
FieldSet owned_at(const FieldOwner& owner, const FieldStep& step);

}  // namespace reconciled
