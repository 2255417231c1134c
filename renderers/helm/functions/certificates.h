// genCA and its relatives; crypto.cpp holds their table.
#pragma once

#include "renderers/helm/values/go_function.h"

namespace reconciled::helm {

Result<GoValue> call_gen_ca(FunctionCall& call);
Result<GoValue> call_gen_ca_with_key(FunctionCall& call);
Result<GoValue> call_gen_self_signed_cert(FunctionCall& call);
Result<GoValue> call_gen_self_signed_cert_with_key(FunctionCall& call);
Result<GoValue> call_gen_signed_cert(FunctionCall& call);
Result<GoValue> call_gen_signed_cert_with_key(FunctionCall& call);
Result<GoValue> call_build_custom_cert(FunctionCall& call);

}  // namespace reconciled::helm
