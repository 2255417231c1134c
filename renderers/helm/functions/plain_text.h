// The text that sprig makes of a value where it needs one, and the list of texts it makes of a list.
#pragma once

#include "base/result.h"
#include "renderers/helm/values/go_value.h"

#include <string_view>

namespace reconciled::helm {

/// A string or the bytes themselves, what String() gives, else as %v; a nil is `<nil>`.
Result<std::string_view> plain_text(GoValue value, Arena& arena);

/// A []string as it is, with shared items; of another list a []string of its items that are not nil; of a nil an empty
/// one; else the value's text alone.
Result<GoValue> plain_texts(GoValue value, Arena& arena);

}  // namespace reconciled::helm
