// Addresses in the brackets of a URL's host.
#pragma once

#include "base/result.h"

#include <string_view>

namespace reconciled::helm {

/// Good for an IPv6 address, with a zone or without. Messages are those of Go's net/url and netip.
Status check_ip_literal(std::string_view text);

}  // namespace reconciled::helm
