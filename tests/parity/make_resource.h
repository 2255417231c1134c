// Random Kubernetes objects as people write them for kustomizations: short names that collide, references to each
// other.
#pragma once

#include "tests/parity/generator.h"

#include <string>
#include <string_view>

namespace reconciled::parity {

struct ResourceType {
  std::string_view api_version;
  std::string_view kind;
};

ResourceType make_type(Dice& dice);
/// One of few names.
std::string_view make_name(Dice& dice);
/// A YAML document of a type, in lines: a piece less often is still a document.
std::string make_resource(Dice& dice, const ResourceType& type, std::string_view name);
/// The same as a strategic merge patch: a part of it, sometimes with directives.
std::string make_merge_patch(Dice& dice, const ResourceType& type, std::string_view name);
/// A scalar as JSON, mostly harmless.
std::string make_scalar(Dice& dice);
/// A whole number below 10 or so as text.
std::string make_count(Dice& dice);

}  // namespace reconciled::parity
