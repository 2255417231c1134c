// JSON of Go values, as encoding/json writes and reads it.
#pragma once

#include "base/result.h"
#include "renderers/helm/values/go_value.h"

#include <string>
#include <string_view>

namespace reconciled::helm {

enum class JsonForm : std::uint8_t {
  compact,  ///< json.Marshal: keys sorted, < > & U+2028 U+2029 escaped
  pretty,   ///< json.MarshalIndent with two spaces, escaped likewise
  raw,      ///< an Encoder with SetEscapeHTML(false), its last line break removed
};

/// The text lies in the arena. Errors have Go's text: "json: unsupported value: NaN", "json: unsupported type: func()".
Result<std::string_view> to_json(GoValue value, Arena& arena, JsonForm form = JsonForm::compact);

/// What is decoded into: an interface{}, a map[string]interface{} or a []interface{}. A JSON null leaves a nil of it.
enum class JsonTarget : std::uint8_t { any, map, list };

/// json.Unmarshal: numbers become float64, bytes that are no UTF-8 U+FFFD, the last of equal keys counts. Errors have
/// Go's text: "invalid character 'x' looking for beginning of value", "json: cannot unmarshal array into Go value of
/// type map[string]interface {}". The value may be incomplete where there is an error.
struct JsonRead {
  GoValue value;
  std::string error;  ///< empty: none
};
JsonRead read_json(std::string_view text, JsonTarget target, Arena& arena);
Result<GoValue> from_json(std::string_view text, JsonTarget target, Arena& arena);

}  // namespace reconciled::helm
