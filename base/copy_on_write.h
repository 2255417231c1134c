// A value whose copies share memory until one of them is changed.
#pragma once

#include <memory>
#include <utility>

namespace reconciled {

/// Copying is as cheap as copying a pointer. All copies belong to one thread.
template <class T>
class CopyOnWrite {
 public:
  CopyOnWrite() : m_value(std::make_shared<T>()) {}
  CopyOnWrite(T value) : m_value(std::make_shared<T>(std::move(value))) {}

  const T& operator*() const { return *m_value; }
  const T* operator->() const { return m_value.get(); }
  /// Stays valid until this copy is changed or gone.
  [[nodiscard]] const T* get() const { return m_value.get(); }
  /// To change this copy alone.
  [[nodiscard]] T& edit() {
    if (m_value.use_count() > 1) m_value = std::make_shared<T>(*m_value);
    return *m_value;
  }

 private:
  std::shared_ptr<T> m_value;
};

}  // namespace reconciled
