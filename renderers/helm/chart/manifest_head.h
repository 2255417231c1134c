// The head of a rendered document: what Helm decodes of it.
#pragma once

#include "base/result.h"
#include "renderers/helm/values/arena.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reconciled::helm {

struct ManifestHead {
  std::string api_version;
  std::string kind;
  std::string name;
  std::vector<std::pair<std::string, std::string>> annotations;

  /// nullptr when absent.
  [[nodiscard]] const std::string* annotation(std::string_view key) const;
};

/// Reads the whole document, as it must be YAML to its end. The message is Go's: "error converting YAML to JSON: yaml:
/// line 3: ..." or "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ...".
Result<ManifestHead> read_manifest_head(std::string_view document, Budget& budget);

}  // namespace reconciled::helm
