// b64enc, b64dec, b32enc, b32dec: what cannot be decoded gives the text of the error.
#include "base/base64.h"
#include "renderers/helm/functions/base_encoding.h"
#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/signature.h"

#include <array>
#include <string>

namespace reconciled::helm {
namespace {

using enum GoParameter;

Result<GoValue> text_or_message(FunctionCall& call, const Result<std::string>& decoded) {
  return text_result(call, decoded ? *decoded : decoded.error().message);
}

Result<GoValue> call_b64enc(FunctionCall& call) {
  return text_result(call, encode_base64(call.arguments[0].as_text()));
}

Result<GoValue> call_b64dec(FunctionCall& call) {
  return text_or_message(call, decode_base64_strictly(call.arguments[0].as_text()));
}

Result<GoValue> call_b32enc(FunctionCall& call) {
  return text_result(call, encode_base32(call.arguments[0].as_text()));
}

Result<GoValue> call_b32dec(FunctionCall& call) {
  return text_or_message(call, decode_base32(call.arguments[0].as_text()));
}

constexpr auto& k_text = k_takes<string>;
constexpr std::array k_functions{
    GoFunction{"b32dec", k_text, k_fixed, &call_b32dec},
    GoFunction{"b32enc", k_text, k_fixed, &call_b32enc},
    GoFunction{"b64dec", k_text, k_fixed, &call_b64dec},
    GoFunction{"b64enc", k_text, k_fixed, &call_b64enc},
};

}  // namespace

std::span<const GoFunction> encoding_functions() {
  return k_functions;
}

}  // namespace reconciled::helm
