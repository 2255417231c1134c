// What the files of this folder share about OpenSSL; not for others.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace reconciled::helm {

template <auto release>
struct Releases {
  template <class T>
  void operator()(T* object) const {
    release(object);
  }
};
/// Owns an object of OpenSSL.
template <class T, auto release>
using Owned = std::unique_ptr<T, Releases<release>>;

inline const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
inline unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

/// The last reason that OpenSSL gave, and forgets all of them.
std::string take_openssl_error();

}  // namespace reconciled::helm
