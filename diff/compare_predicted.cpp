// Comparison with the answer of a dry-run: everything that an apply would change.
#include "diff/compare.h"
#include "diff/difference.h"
#include "diff/list_match.h"

#include <algorithm>
#include <array>

namespace reconciled {
namespace {

constexpr std::array<std::string_view, 6> k_noise{"managedFields", "resourceVersion",   "generation",
                                                  "uid",           "creationTimestamp", "selfLink"};

class PredictedWalk {
 public:
  PredictedWalk(const Value& live, const GroupKind& kind) : m_list(live, Trust::no), m_kind(kind) {}

  std::vector<Difference> run(const Value& predicted, const Value& live) {
    FieldStep root;
    map(predicted, live, root, [](const FieldStep& at) { return at.key == "status" || at.key == "apiVersion"; });
    return m_list.take();
  }

 private:
  template <class Skip>
  void map(const Value& predicted, const Value& live, const FieldStep& parent, const Skip& skip) {
    for (const Value::Entry& entry : predicted.entries()) {
      FieldStep at;
      at.parent = &parent;
      at.key = entry.key.as_string();
      if (skip(at)) continue;
      const Value* have = live.find(at.key);
      if (have != nullptr && !have->is_null()) {
        value(entry.value, *have, at);
      } else if (!entry.value.is_null()) {
        m_list.add(FieldChange::Op::add, at, Value(), entry.value, false);
      }
    }
    for (const Value::Entry& entry : live.entries()) {
      FieldStep at;
      at.parent = &parent;
      at.key = entry.key.as_string();
      if (skip(at) || entry.value.is_null() || predicted.find(at.key) != nullptr) continue;
      m_list.add(FieldChange::Op::remove, at, entry.value, Value(), false);
    }
  }

  void value(const Value& predicted, const Value& live, const FieldStep& at) {
    if (predicted == live) return;
    if (predicted.is_map() && live.is_map()) {
      const bool metadata = at.key == "metadata" && at.parent->parent == nullptr;
      map(predicted, live, at, [metadata](const FieldStep& inner) {
        return metadata && std::find(k_noise.begin(), k_noise.end(), inner.key) != k_noise.end();
      });
    } else if (predicted.is_list() && live.is_list()) {
      list(predicted, live, at);
    } else {
      m_list.add(FieldChange::Op::replace, at, live, predicted, false);
    }
  }

  void list(const Value& predicted, const Value& live, const FieldStep& at) {
    const ListShape shape = find_list_shape(at, m_list.owners(), m_kind);
    if (shape.kind == ListShape::Kind::keyed) {
      keyed_list(predicted, live, at, shape);
      return;
    }
    if (shape.kind == ListShape::Kind::set) {
      set_list(predicted, live, at);
      return;
    }
    if (predicted.size() != live.size()) {
      m_list.add(FieldChange::Op::replace, at, live, predicted, false);
      return;
    }
    for (std::size_t i = 0; i < predicted.size(); ++i) {
      FieldStep item;
      item.parent = &at;
      item.item = true;
      item.live_index = item.desired_index = i;
      value(predicted.items()[i], live.items()[i], item);
    }
  }

  void set_list(const Value& predicted, const Value& live, const FieldStep& at) {
    const auto contains = [](const Value& list, const Value& wanted) {
      return std::find(list.items().begin(), list.items().end(), wanted) != list.items().end();
    };
    const auto element = [](const Value& value) { return "v:" + item_element(value).substr(2); };
    for (std::size_t i = 0; i < predicted.size(); ++i) {
      const Value& value = predicted.items()[i];
      if (contains(live, value)) continue;
      FieldStep item;
      item.parent = &at;
      item.item = true;
      item.live_index = live.size();
      item.desired_index = i;
      item.element = element(value);
      m_list.add(FieldChange::Op::add, item, Value(), value, false);
    }
    for (std::size_t i = 0; i < live.size(); ++i) {
      const Value& value = live.items()[i];
      if (contains(predicted, value)) continue;
      FieldStep item;
      item.parent = &at;
      item.item = true;
      item.live_index = i;
      item.desired_index = predicted.size();
      item.element = element(value);
      m_list.add(FieldChange::Op::remove, item, value, Value(), false);
    }
  }

  void keyed_list(const Value& predicted, const Value& live, const FieldStep& at, const ListShape& shape) {
    for (std::size_t i = 0; i < predicted.size(); ++i) {
      const Value keys = keys_of(predicted.items()[i], shape);
      const std::size_t index = find_item(live.items(), keys, shape, i);
      const FieldStep item = keyed_step(at, keys, index == std::string::npos ? live.size() : index, i);
      if (index == std::string::npos) {
        m_list.add(FieldChange::Op::add, item, Value(), predicted.items()[i], false);
      } else {
        value(predicted.items()[i], live.items()[index], item);
      }
    }
    for (std::size_t i = 0; i < live.size(); ++i) {
      const Value keys = keys_of(live.items()[i], shape);
      if (find_item(predicted.items(), keys, shape, i) != std::string::npos) continue;
      m_list.add(FieldChange::Op::remove, keyed_step(at, keys, i, predicted.size()), live.items()[i], Value(), false);
    }
  }

  DifferenceList m_list;
  const GroupKind& m_kind;
};

}  // namespace

std::vector<Difference> compare_predicted(const Value& predicted, const Value& live, const GroupKind& kind) {
  return PredictedWalk(live, kind).run(predicted, live);
}

}  // namespace reconciled
