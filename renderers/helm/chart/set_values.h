// The grammar of --set and its relatives: "a.b[0]=c,d={e,f}".
#pragma once

#include "base/result.h"
#include "renderers/helm/values/go_value.h"

#include <functional>
#include <string>
#include <string_view>

namespace reconciled::helm {

enum class SetKind : std::uint8_t {
  typed,    ///< true, false, null, 0 and whole numbers are what they look like, the rest is text
  string,   ///< everything is text
  json,     ///< a value is JSON
  file,     ///< a value is the path of a file whose text is meant
  literal,  ///< a value is all that follows the first '=', and nothing is escaped
};

using ReadFile = std::function<Result<std::string>(const std::string& path)>;

/// Puts what a setting says into `values`. Names nest to 30 levels, indices go up to 65536. The message is Helm's own.
Status apply_setting(std::string_view setting, SetKind kind, GoMap& values, Arena& arena, const ReadFile& read_file);

}  // namespace reconciled::helm
