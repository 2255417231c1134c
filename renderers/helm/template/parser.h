// Parses the text of a file into a Program, with text/template's rules and errors.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "renderers/helm/template/program.h"
#include "renderers/helm/template/template_set.h"

#include <memory>
#include <string>
#include <string_view>

namespace reconciled::helm {

/// The error's message is Go's, `template: NAME:LINE: ...`. Control structures and parentheses may be nested 1000 deep.
Result<std::unique_ptr<const Program>> parse_program(std::string_view name, std::string_view text, SourceText source,
                                                     const FunctionTable& functions, Budget& budget);

}  // namespace reconciled::helm
