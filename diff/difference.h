// Collects differences while two objects are walked, and finds out who owns what differs.
#pragma once

#include "diff/compare.h"
#include "diff/field_path.h"

#include <vector>

namespace reconciled {

class DifferenceList {
 public:
  DifferenceList(const Value& live, Trust trust);

  void add(FieldChange::Op op, const FieldStep& at, const Value& live, const Value& desired, bool atomic);
  [[nodiscard]] const std::vector<FieldOwner>& owners() const { return m_owners; }
  /// Our own part by server-side apply; empty when we never applied it.
  [[nodiscard]] FieldSet ours() const { return m_ours; }
  /// Whether a manager other than us owns the value at a place, or a part of it.
  [[nodiscard]] bool foreign(const FieldStep& at) const;
  [[nodiscard]] Trust trust() const { return m_trust; }
  std::vector<Difference> take() { return std::move(m_found); }

 private:
  std::vector<FieldOwner> m_owners;
  FieldSet m_ours;
  Trust m_trust;
  std::vector<Difference> m_found;
};

}  // namespace reconciled
