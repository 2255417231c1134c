// Local comparison: the body that we would send against the live object.
#include "diff/compare.h"

#include "base/clock.h"
#include "diff/builtin.h"
#include "diff/difference.h"
#include "diff/list_match.h"
#include "diff/quantity.h"

#include <string>

namespace reconciled {
namespace {

bool is_empty(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::null: return true;
    case Value::Kind::boolean: return !value.as_bool();
    case Value::Kind::integer: return value.as_integer() == 0;
    case Value::Kind::number: return value.as_double() == 0;
    case Value::Kind::string: return value.as_string().empty();
    case Value::Kind::list:
    case Value::Kind::map: return value.size() == 0;
  }
  return false;
}

bool same_time(const Value& a, const Value& b) {
  const std::string_view left = a.as_string();
  const std::string_view right = b.as_string();
  if (left.size() < 20 || right.size() < 20 || left[4] != '-' || left[10] != 'T') return false;
  const Result<WallTime> first = parse_time(left);
  const Result<WallTime> second = parse_time(right);
  return first && second && *first == *second;
}

class DesiredWalk {
 public:
  DesiredWalk(const Value& live, const GroupKind& kind, Trust trust)
      : m_list(live, trust), m_kind(kind), m_builtin(is_builtin(kind)) {}

  std::vector<Difference> run(const Value& desired, const Value& live) {
    FieldStep root;
    for (const Value::Entry& entry : desired.entries()) {
      const std::string_view key = entry.key.as_string();
      if (key == "apiVersion" || key == "kind") continue;
      // The status of a kind with a status subresource is never taken from us; only ownership tells which kinds have
      // it.
      if (key == "status" && !m_list.ours().field("status")) continue;
      entry_of(key, entry.value, live, m_list.ours(), root, false);
    }
    removed_fields(desired, live, m_list.ours(), root);
    return m_list.take();
  }

 private:
  void entry_of(std::string_view key, const Value& desired, const Value& live, FieldSet ours, const FieldStep& parent,
                bool atomic) {
    FieldStep at;
    at.parent = &parent;
    at.key = key;
    const FieldSet owned = ours.field(key);
    const Value* have = live.find(key);
    if (have == nullptr || have->is_null()) {
      if (!absent_is_same(desired, owned, at)) m_list.add(FieldChange::Op::add, at, Value(), desired, atomic);
      return;
    }
    value(desired, *have, owned, at, atomic);
  }

  // Whether a value that we send and the live object lacks is what the API server made of it.
  bool absent_is_same(const Value& desired, FieldSet owned, const FieldStep& at) const {
    if (desired.is_null()) return true;
    if (!is_empty(desired)) return false;
    return owned.self() || is_dropped(desired, at);
  }

  void value(const Value& desired, const Value& live, FieldSet owned, const FieldStep& at, bool atomic) {
    if (desired.same_as(live)) return;
    if (desired.is_map() && live.is_map()) {
      map(desired, live, owned, at, atomic || is_atomic(at));
    } else if (desired.is_list() && live.is_list()) {
      list(desired, live, owned, at, atomic);
    } else if (!same_scalar(desired, live, owned, at)) {
      replace(desired, live, at, atomic);
    }
  }

  void replace(const Value& desired, const Value& live, const FieldStep& at, bool atomic) {
    if (is_dropped(desired, at))
      m_list.add(FieldChange::Op::remove, at, live, Value(), atomic);
    else
      m_list.add(FieldChange::Op::replace, at, live, desired, atomic);
  }

  // An empty value of a Go type that does not tell it from none: the field goes.
  bool is_dropped(const Value& desired, const FieldStep& at) const {
    return m_builtin && !at.item && is_empty(desired) && !empty_matters(at.field(), at.parent_field());
  }

  bool is_atomic(const FieldStep& at) const { return m_builtin && !at.item && is_atomic_map(at.field()); }

  bool same_scalar(const Value& desired, const Value& live, FieldSet owned, const FieldStep& at) const {
    if (desired == live) return true;
    if (desired.is_null()) return owned.self();
    if (!m_builtin) return false;
    const std::string_view field = at.field();
    if (is_quantity(field, at.parent_field(), at.grandparent_field()) && same_quantity(desired, live)) return true;
    if (desired.is_string() && live.is_string()) {
      if (field == "clusterIP" && desired.as_string().empty()) return true;  // allocated by the API server
      if (same_time(desired, live)) return true;
      return field == "caBundle" && same_base64(desired.as_string(), live.as_string());
    }
    return false;
  }

  static bool same_base64(std::string_view desired, std::string_view live) {
    std::string joined;
    for (const char c : desired) {
      if (c != '\n' && c != '\r') joined += c;
    }
    return joined == live;
  }

  void map(const Value& desired, const Value& live, FieldSet owned, const FieldStep& at, bool atomic) {
    for (const Value::Entry& entry : desired.entries()) {
      entry_of(entry.key.as_string(), entry.value, live, owned, at, atomic);
    }
    if (!atomic) {
      removed_fields(desired, live, owned, at);
      return;
    }
    // Owned as one: what the live value has beyond ours is a change, unless the API server filled it in.
    if (owned.self()) return;
    for (const Value::Entry& entry : live.entries()) {
      const std::string_view key = entry.key.as_string();
      if (desired.find(key) != nullptr || is_empty(entry.value)) continue;
      FieldStep extra;
      extra.parent = &at;
      extra.key = key;
      if (!is_default(entry.value, extra)) m_list.add(FieldChange::Op::remove, extra, entry.value, Value(), true);
    }
  }

  bool is_default(const Value& live, const FieldStep& at) const {
    if (!m_builtin) return false;
    const std::string_view parent = at.parent_field();
    if (parent == "volumeClaimTemplates" && (at.key == "apiVersion" || at.key == "kind" || at.key == "status"))
      return true;
    if (m_kind.kind == "LimitRange" && (parent == "default" || parent == "defaultRequest"))
      return true;                            // from max and min
    if (live.is_map() && live.size() != 0) {  // a struct of nothing but defaults
      for (const Value::Entry& entry : live.entries()) {
        FieldStep inner;
        inner.parent = &at;
        inner.key = entry.key.as_string();
        if (!is_default(entry.value, inner)) return false;
      }
      return true;
    }
    return is_empty(live) || is_builtin_default(m_kind, at.field(), parent, live);
  }

  void list(const Value& desired, const Value& live, FieldSet owned, const FieldStep& at, bool atomic) {
    const ListShape shape = atomic ? ListShape{} : find_list_shape(at, m_list.owners(), m_kind);
    switch (shape.kind) {
      case ListShape::Kind::keyed: keyed_list(desired, live, owned, at, shape); return;
      case ListShape::Kind::set: set_list(desired, live, owned, at); return;
      case ListShape::Kind::atomic: atomic_list(desired, live, owned, at); return;
    }
  }

  void atomic_list(const Value& desired, const Value& live, FieldSet owned, const FieldStep& at) {
    if (desired.size() != live.size()) {
      replace(desired, live, at, false);
      return;
    }
    for (std::size_t i = 0; i < desired.size(); ++i) {
      FieldStep item;
      item.parent = &at;
      item.item = true;
      item.live_index = item.desired_index = i;
      value(desired.items()[i], live.items()[i], owned, item, true);
    }
  }

  void set_list(const Value& desired, const Value& live, FieldSet owned, const FieldStep& at) {
    for (std::size_t i = 0; i < desired.size(); ++i) {
      if (contains(live, desired.items()[i])) continue;
      FieldStep item = set_step(at, desired.items()[i], live.size(), i);
      m_list.add(FieldChange::Op::add, item, Value(), desired.items()[i], false);
    }
    for (std::size_t i = 0; i < live.size(); ++i) {
      FieldStep item = set_step(at, live.items()[i], i, desired.size());
      if (contains(desired, live.items()[i]) || owned.whole() || !owned.item(item.element) || m_list.foreign(item))
        continue;
      m_list.add(FieldChange::Op::remove, item, live.items()[i], Value(), false);
    }
  }

  static bool contains(const Value& list, const Value& wanted) {
    for (const Value& item : list.items()) {
      if (item == wanted) return true;
    }
    return false;
  }

  static FieldStep set_step(const FieldStep& list, const Value& value, std::size_t live, std::size_t desired) {
    FieldStep item;
    item.parent = &list;
    item.item = true;
    item.live_index = live;
    item.desired_index = desired;
    item.element = "v:" + item_element(value).substr(2);
    return item;
  }

  void keyed_list(const Value& desired, const Value& live, FieldSet owned, const FieldStep& at,
                  const ListShape& shape) {
    std::vector<bool> matched(live.size());
    for (std::size_t i = 0; i < desired.size(); ++i) {
      const Value& want = desired.items()[i];
      const Value keys = keys_of(want, shape);
      const std::size_t index = find_item(live.items(), keys, shape, i);
      FieldStep item = keyed_step(at, keys, index == std::string::npos ? live.size() : index, i);
      if (index == std::string::npos) {
        m_list.add(FieldChange::Op::add, item, Value(), want, false);
        continue;
      }
      matched[index] = true;
      value(want, live.items()[index], owned.whole() ? FieldSet() : owned.item(item.element), item, false);
    }
    if (!owned || owned.whole() || m_list.trust() == Trust::yes) return;
    for (std::size_t i = 0; i < live.size(); ++i) {
      if (matched[i]) continue;
      const Value keys = keys_of(live.items()[i], shape);
      FieldStep item = keyed_step(at, keys, i, desired.size());
      if (const FieldSet part = owned.item(item.element)) removed(live.items()[i], part, item);
    }
  }

  // Fields that we own in the live object and no longer send: apply takes them away.
  void removed_fields(const Value& desired, const Value& live, FieldSet owned, const FieldStep& at) {
    if (!owned || owned.whole() || m_list.trust() == Trust::yes) return;
    for (const Value::Entry& entry : owned.node()->entries()) {
      const std::string_view element = entry.key.as_string();
      if (!element.starts_with("f:")) continue;
      const std::string_view key = element.substr(2);
      const Value* have = live.find(key);
      if (desired.find(key) != nullptr || have == nullptr || have->is_null()) continue;
      FieldStep gone;
      gone.parent = &at;
      gone.key = key;
      removed(*have, FieldSet(&entry.value), gone);
    }
  }

  void removed(const Value& live, FieldSet owned, const FieldStep& at) {
    if (owned.self() && !m_list.foreign(at)) {
      if (!is_default(live, at)) m_list.add(FieldChange::Op::remove, at, live, Value(), false);
      return;
    }
    if (live.is_map()) {
      removed_fields(Value::map(), live, owned, at);
    } else if (live.is_list() && !owned.whole()) {
      list(Value::list(), live, owned, at, false);
    }
  }

  DifferenceList m_list;
  const GroupKind& m_kind;
  bool m_builtin;
};

}  // namespace

std::vector<Difference> compare_desired(const Value& desired, const Value& live, const GroupKind& kind, Trust trust) {
  return DesiredWalk(live, kind, trust).run(desired, live);
}

}  // namespace reconciled
