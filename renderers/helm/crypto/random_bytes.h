// Bytes out of the Random port.
#pragma once

#include "ports/random.h"

#include <cstddef>
#include <string>

namespace reconciled::helm {

std::string random_bytes(Random& random, std::size_t count);

}  // namespace reconciled::helm
