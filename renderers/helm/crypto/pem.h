// PEM blocks, as Go's encoding/pem reads and writes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reconciled::helm {

struct PemBlock {
  std::string type{};  ///< "CERTIFICATE", "RSA PRIVATE KEY"
  std::string bytes{};
};

/// The first block of the text that is whole.
std::optional<PemBlock> read_pem(std::string_view text);
std::string format_pem(std::string_view type, std::string_view bytes);

}  // namespace reconciled::helm
