// Merging maps in place, by the rules of mergo 1.0.1.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "renderers/helm/values/go_value.h"

namespace reconciled::helm {

enum class MergeMode {
  fill,       ///< keys that are missing or empty in the destination
  overwrite,  ///< every key, also with empty values and nil
};

/// Merges into `destination`, which everybody who holds it sees; both are maps and not nil. Maps are merged key by key;
/// a map under a missing key is shared with the source, not copied. Lists are replaced. An error leaves what was merged
/// before it.
Status merge_maps(GoValue destination, GoValue source, MergeMode mode, Budget& budget);

/// The one error of mergo's that `merge` and `mergeOverwrite` swallow; its panics they do not.
bool is_mismatch(const Error& error);

}  // namespace reconciled::helm
