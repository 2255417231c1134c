// Messages that a chart's author wrote: those of `required` and `fail`.
#pragma once

#include <string>
#include <string_view>

namespace reconciled::helm {

/// What Helm puts around such a message, so that it is shown alone, with the outermost place of the chain.
inline constexpr std::string_view k_warning_start = "HELM_ERR_START";
inline constexpr std::string_view k_warning_end = "HELM_ERR_END";
/// The message of the error that `required` and `fail` give.
std::string as_warning(std::string_view message);

}  // namespace reconciled::helm
