// How the parts of kustomization files are decoded; configurations of plugins share them.
#pragma once

#include "renderers/kustomize/json_decoder.h"
#include "renderers/kustomize/kustomization.h"

namespace reconciled::kustomize {

void decode(JsonDecoder& decoder, const Value& value, OwnedFieldSpec& out);
void decode(JsonDecoder& decoder, const Value& value, Selector& out);
void decode(JsonDecoder& decoder, const Value& value, ImageEntry& out);
void decode(JsonDecoder& decoder, const Value& value, ReplicaEntry& out);
void decode(JsonDecoder& decoder, const Value& value, Replacement& out);
void decode(JsonDecoder& decoder, const Value& value, GeneratorArgs& out);
void decode(JsonDecoder& decoder, const Value& value, HelmChart& out);
void decode(JsonDecoder& decoder, const Value& value, Kustomization& out);

/// For templates that take a decode function.
inline constexpr auto k_decode = [](JsonDecoder& decoder, const Value& value, auto& out) {
  decode(decoder, value, out);
};

}  // namespace reconciled::kustomize
