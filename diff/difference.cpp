#include "diff/difference.h"

namespace reconciled {
namespace {

bool is_ours(const FieldOwner& owner) {
  return owner.manager == k_field_manager;
}

// The manager that a person is told: the last foreign one that owns the value, else us.
void attribute(Difference& found, const std::vector<FieldOwner>& owners, const FieldStep& at) {
  const FieldOwner* named = nullptr;
  for (const FieldOwner& owner : owners) {
    if (!owned_at(owner, at)) continue;
    if (is_ours(owner)) {
      found.ours = true;
    } else {
      found.others.push_back({std::string(owner.manager), owner.operation == FieldOperation::apply,
                              std::string(owner.subresource), std::string(owner.time)});
    }
    const bool later = named == nullptr || (is_ours(*named) && !is_ours(owner)) ||
                       (is_ours(*named) == is_ours(owner) && owner.time > named->time);
    if (later) named = &owner;
  }
  if (named == nullptr) return;
  found.change.manager = named->manager;
  found.change.time = named->time;
}

// The place that an owner has as one, at or above a step inside it: what the API server names in a conflict.
const FieldStep* atomic_root(const std::vector<FieldOwner>& owners, const FieldStep& at) {
  const FieldStep* root = &at;
  for (const FieldOwner& owner : owners) {
    if (!owned_at(owner, at).whole()) continue;
    while (root->parent != nullptr && root->parent->parent != nullptr && owned_at(owner, *root->parent).whole()) {
      root = root->parent;
    }
    break;
  }
  return root;
}

// Nobody owns what is not there: the last foreign manager of what is around it is the likeliest to have taken it away.
void attribute_absent(Difference& found, const std::vector<FieldOwner>& owners, const FieldStep& at) {
  for (const FieldStep* step = at.parent; step != nullptr && step->parent != nullptr; step = step->parent) {
    const FieldOwner* named = nullptr;
    for (const FieldOwner& owner : owners) {
      if (is_ours(owner) || !owner.subresource.empty() || !owned_at(owner, *step)) continue;
      if (named == nullptr || owner.time > named->time) named = &owner;
    }
    if (named == nullptr) continue;
    found.change.manager = named->manager;
    found.change.time = named->time;
    return;
  }
}

}  // namespace

DifferenceList::DifferenceList(const Value& live, Trust trust) : m_owners(read_managed_fields(live)), m_trust(trust) {
  for (const FieldOwner& owner : m_owners) {
    if (is_ours(owner) && owner.operation == FieldOperation::apply && owner.subresource.empty()) m_ours = owner.fields;
  }
}

bool DifferenceList::foreign(const FieldStep& at) const {
  for (const FieldOwner& owner : m_owners) {
    if (!is_ours(owner) && owned_at(owner, at)) return true;
  }
  return false;
}

void DifferenceList::add(FieldChange::Op op, const FieldStep& at, const Value& live, const Value& desired,
                         bool atomic) {
  Difference found;
  found.change.op = op;
  found.atomic = atomic;
  // Inside something that is owned as one, even what is absent has an owner.
  if (op != FieldChange::Op::add || atomic) attribute(found, m_owners, at);
  if (m_trust == Trust::yes && found.ours) return;
  if (m_trust == Trust::yes && op == FieldChange::Op::add && !atomic) attribute_absent(found, m_owners, at);
  if (op != FieldChange::Op::add) found.change.live = live;
  if (op != FieldChange::Op::remove) found.change.desired = desired;
  found.change.pointer = format_pointer(at);
  found.change.path = format_path(at);
  found.at = desired_tokens(at);
  found.field = format_owned_path(atomic ? *atomic_root(m_owners, at) : at);
  m_found.push_back(std::move(found));
}

}  // namespace reconciled
