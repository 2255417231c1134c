// Rendered manifests as bytes: what is kept between runs and what a render worker answers.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "stacks/manifest.h"

#include <cstddef>
#include <string>

namespace reconciled {

/// A ManifestSet without trees: one text, read again when a run needs it. Immutable, so threads may share it.
class PackedManifests {
 public:
  static PackedManifests pack(const ManifestSet& set);
  /// Bytes that `bytes()` of a pack gave; what came from another process is checked when it is unpacked.
  static PackedManifests from_bytes(std::string bytes) { return PackedManifests(std::move(bytes)); }

  /// The same set, with Secrets marked sensitive again. ErrorKind::internal when the bytes are not those of a pack.
  [[nodiscard]] Result<ManifestSet> unpack() const;
  [[nodiscard]] const std::string& bytes() const { return m_bytes; }

 private:
  explicit PackedManifests(std::string bytes) : m_bytes(std::move(bytes)) {}
  std::string m_bytes;
};

}  // namespace reconciled
