// The passwords of Master Password (com.lyndir.masterpassword), as sprig's derivePassword makes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reconciled::helm {

struct PasswordSite {
  std::string_view user;
  std::string_view site;
  std::uint32_t counter = 1;
};

/// `type` is maximum, long, medium, short, basic or pin; for any other the text says that there is no such template.
std::string derive_password(std::string_view type, std::string_view password, const PasswordSite& site);

}  // namespace reconciled::helm
