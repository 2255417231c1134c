// bcrypt, the password hash of htpasswd files.
#pragma once

#include "base/result.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace reconciled::helm {

using BcryptSalt = std::array<std::uint8_t, 16>;

/// "$2a$10$" with salt and hash. Passwords above 72 bytes are refused in Go's words. 2 to the power of `cost` rounds,
/// 4 to 31.
Result<std::string> bcrypt(std::string_view password, const BcryptSalt& salt, unsigned cost = 10);

}  // namespace reconciled::helm
