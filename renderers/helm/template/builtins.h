// The bodies of text/template's own functions.
#pragma once

#include "renderers/helm/values/go_function.h"

namespace reconciled::helm {

Result<GoValue> call_print(FunctionCall& call);
Result<GoValue> call_println(FunctionCall& call);
Result<GoValue> call_printf(FunctionCall& call);
Result<GoValue> call_html(FunctionCall& call);
Result<GoValue> call_js(FunctionCall& call);
Result<GoValue> call_urlquery(FunctionCall& call);

Result<GoValue> call_eq(FunctionCall& call);
Result<GoValue> call_ne(FunctionCall& call);
Result<GoValue> call_lt(FunctionCall& call);
Result<GoValue> call_le(FunctionCall& call);
Result<GoValue> call_gt(FunctionCall& call);
Result<GoValue> call_ge(FunctionCall& call);
Result<GoValue> call_not(FunctionCall& call);

Result<GoValue> call_index(FunctionCall& call);
Result<GoValue> call_slice(FunctionCall& call);
Result<GoValue> call_len(FunctionCall& call);

}  // namespace reconciled::helm
