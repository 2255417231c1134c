// AES-256-CBC as sprig's encryptAES and decryptAES use it: the password, cut or filled with zeros, is the key, and the
// initialisation vector stands before the text.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace reconciled::helm {

/// `vector` has 16 bytes.
std::string encrypt_aes(std::string_view password, std::string_view text, std::string_view vector);

/// `capacity` is what Go's slice of `encrypted` would have room for: panics tell it.
Result<std::string> decrypt_aes(std::string_view password, std::string_view encrypted, std::size_t capacity);

}  // namespace reconciled::helm
