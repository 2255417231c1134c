// How Helm words the errors of templates.
#pragma once

#include "renderers/helm/template/execution.h"

#include <string>
#include <string_view>

namespace reconciled::helm {

/// `parse error at (FILE:LINE): ...` for an error of TemplateSet::parse.
Error as_parse_error(std::string_view file, Error error);
/// `execution error at (FILE:LINE:COLUMN): ...` for a warning; else in Helm 4 a block a link of the chain, if all can
/// be read, and the raw chain otherwise; Helm 3 keeps the raw chain.
Error as_execution_error(std::string_view file, HelmProfile profile, const ExecutionFailure& failure);
/// What Go prints for a value that is not there.
inline constexpr std::string_view k_no_value = "<no value>";
/// `text` without each `<no value>`: what Helm does to every rendered file and every result of tpl.
std::string without_no_value(std::string_view text);

}  // namespace reconciled::helm
