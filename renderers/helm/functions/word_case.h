// Names in camel, snake and kebab case, by the rules of xstrings 1.5.
#pragma once

#include <string>
#include <string_view>

namespace reconciled::helm {

/// "http_server-name x" is "HttpServerNameX": words begin after spaces, `_` and `-`. Connectors before the first word
/// stay.
std::string to_pascal_case(std::string_view text);
/// "HTTPServer" is "http_server" with `_`, "Bld4Floor3rd" is "bld4_floor_3rd".
std::string to_connected_case(std::string_view text, char connector);

}  // namespace reconciled::helm
