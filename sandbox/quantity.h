// Resource quantities ("1000m", "1.5Gi") in the form the API server gives back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reconciled::sandbox {

/// "1000m" -> "1", "1.5Gi" -> "1536Mi"; nullopt when the text is no quantity.
std::optional<std::string> canonical_quantity(std::string_view text);

}  // namespace reconciled::sandbox
