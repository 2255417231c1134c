// How much of a YAML document may come from aliases.
#pragma once

#include <cstdint>

namespace reconciled {

/// Whether more nodes come from aliases than go-yaml allows: nearly all in a small document, a tenth of a huge one.
bool is_excessive_aliasing(std::uint64_t from_aliases, std::uint64_t all);

}  // namespace reconciled
