// What an OCI registry answers: manifests, lists of tags, challenges and tokens.
#pragma once

#include "base/budget.h"
#include "base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

/// The layer of a manifest that is a chart's archive.
struct ChartLayer {
  std::string digest;  ///< SHA-256, 64 lower-case digits
  std::uint64_t size = 0;
  bool operator==(const ChartLayer&) const = default;
};

/// ErrorKind::source_integrity when it is no manifest, or one of something else than a chart.
Result<ChartLayer> read_chart_manifest(std::string_view text, Budget& budget);

/// The tags of one page.
Result<std::vector<std::string>> read_tag_list(std::string_view text, Budget& budget);

/// A Bearer challenge: `Bearer realm="https://auth.example.com/token",service="...",scope="..."`.
struct TokenChallenge {
  std::string realm;
  std::string service;
  std::string scope;
  bool operator==(const TokenChallenge&) const = default;
};
/// nullopt when the header asks for something else.
std::optional<TokenChallenge> read_challenge(std::string_view header);

/// The token of a token server's answer.
Result<std::string> read_token(std::string_view text, Budget& budget);

/// The target of a `Link: <...>; rel="next"` header, or empty.
std::string read_next_link(std::string_view header);

/// The tag of a version and back: '+' cannot stand in a tag.
std::string tag_of_version(std::string_view version);
std::string version_of_tag(std::string_view tag);

}  // namespace reconciled
