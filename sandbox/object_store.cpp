#include "sandbox/object_store.h"

#include <algorithm>

namespace reconciled::sandbox {
namespace {
constexpr std::size_t k_max_changes = 100'000;
}

const Value* ObjectStore::find(const ObjectKey& key) const {
  const auto found = m_objects.find(key);
  return found == m_objects.end() ? nullptr : &found->second;
}

void ObjectStore::record(Change change) {
  m_changes.push_back(std::move(change));
  while (m_changes.size() > k_max_changes) {
    m_compacted = m_changes.front().version;
    m_changes.pop_front();
  }
}

Value ObjectStore::put(const ObjectKey& key, Value object) {
  object.edit("metadata").set("resourceVersion", std::to_string(++m_version));
  Value& slot = m_objects[key];
  record({m_version, key, slot, object});
  slot = object;
  return object;
}

Value ObjectStore::remove(const ObjectKey& key) {
  const auto found = m_objects.find(key);
  if (found == m_objects.end()) return {};
  Value object = found->second;
  Value last = object;
  last.edit("metadata").set("resourceVersion", std::to_string(++m_version));
  record({m_version, key, std::move(object), Value()});
  m_objects.erase(found);
  return last;
}

void ObjectStore::compact(std::int64_t version) {
  m_compacted = std::max(m_compacted, std::min(version, m_version));
  while (!m_changes.empty() && m_changes.front().version <= m_compacted) m_changes.pop_front();
}

std::vector<Value> ObjectStore::list(const std::string& type, const std::string& namespace_) const {
  std::vector<Value> out;
  for (auto at = m_objects.lower_bound({type, namespace_, ""}); at != m_objects.end(); ++at) {
    if (at->first.type != type || (!namespace_.empty() && at->first.namespace_ != namespace_)) break;
    out.push_back(at->second);
  }
  return out;
}

std::vector<Value> ObjectStore::list_at(const std::string& type, const std::string& namespace_,
                                        std::int64_t version) const {
  std::map<ObjectKey, Value> objects;
  for (Value& object : list(type, namespace_)) {
    ObjectKey key{type, std::string(object.at({"metadata", "namespace"}).as_string()),
                  std::string(object.at({"metadata", "name"}).as_string())};
    objects.emplace(std::move(key), std::move(object));
  }
  for (auto change = m_changes.rbegin(); change != m_changes.rend() && change->version > version; ++change) {
    if (change->key.type != type || (!namespace_.empty() && change->key.namespace_ != namespace_)) continue;
    if (change->before.is_null()) {
      objects.erase(change->key);
    } else {
      objects[change->key] = change->before;
    }
  }
  std::vector<Value> out;
  for (auto& [key, object] : objects) out.push_back(std::move(object));
  return out;
}

std::vector<Change> ObjectStore::changes_after(std::int64_t version) const {
  const auto first = std::upper_bound(m_changes.begin(), m_changes.end(), version,
                                      [](std::int64_t at, const Change& change) { return at < change.version; });
  return {first, m_changes.end()};
}

std::vector<ObjectKey> ObjectStore::keys_in_namespace(const std::string& namespace_) const {
  std::vector<ObjectKey> out;
  for (const auto& [key, object] : m_objects) {
    if (key.namespace_ == namespace_) out.push_back(key);
  }
  return out;
}

std::vector<ObjectKey> ObjectStore::keys_of(const std::string& type) const {
  std::vector<ObjectKey> out;
  for (auto at = m_objects.lower_bound({type, "", ""}); at != m_objects.end() && at->first.type == type; ++at)
    out.push_back(at->first);
  return out;
}

}  // namespace reconciled::sandbox
