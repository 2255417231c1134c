// Objects with resourceVersions and the history of their changes.
#pragma once

#include "base/value.h"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace reconciled::sandbox {

/// Where an object is stored.
struct ObjectKey {
  std::string type;        ///< ServedResource::storage_key
  std::string namespace_;  ///< empty for cluster scope
  std::string name;
  auto operator<=>(const ObjectKey&) const = default;
};

/// One write. An object that was created has no `before`, a deleted one no `after`.
struct Change {
  std::int64_t version = 0;
  ObjectKey key;
  Value before;
  Value after;
};

/// Keeps the last changes, so that lists of the past and watches from it can be answered.
class ObjectStore {
 public:
  [[nodiscard]] const Value* find(const ObjectKey& key) const;
  /// Stores with the next resourceVersion, which it returns in the object.
  Value put(const ObjectKey& key, Value object);
  /// Removes; returns the object as it was with the resourceVersion of its deletion.
  Value remove(const ObjectKey& key);

  [[nodiscard]] std::int64_t version() const { return m_version; }
  /// Versions up to here are forgotten: lists and watches from before are 410.
  [[nodiscard]] std::int64_t compacted() const { return m_compacted; }
  void compact(std::int64_t version);

  /// All objects of a type (of one namespace, if given) in the order of namespace and name.
  [[nodiscard]] std::vector<Value> list(const std::string& type, const std::string& namespace_) const;
  /// The same as it was at a version that is not compacted.
  [[nodiscard]] std::vector<Value> list_at(const std::string& type, const std::string& namespace_,
                                           std::int64_t version) const;
  /// Changes after a version, oldest first.
  [[nodiscard]] std::vector<Change> changes_after(std::int64_t version) const;
  [[nodiscard]] std::vector<ObjectKey> keys_in_namespace(const std::string& namespace_) const;
  [[nodiscard]] std::vector<ObjectKey> keys_of(const std::string& type) const;

 private:
  void record(Change change);
  std::map<ObjectKey, Value> m_objects;
  std::deque<Change> m_changes;
  std::int64_t m_version = 1;
  std::int64_t m_compacted = 0;
};

}  // namespace reconciled::sandbox
