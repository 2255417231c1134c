// Random charts with values and flags for them.
#pragma once

#include "tests/parity/generator.h"

namespace reconciled::parity {

/// A map: `files` by path; `values` (texts of files), `set`, `set_string`, `set_json`, `set_literal` and `api_versions`
/// as lists; `kube_version`; `include_crds`, `skip_tests`, `no_hooks` and `is_upgrade`.
helm::GoValue make_chart(Dice& dice, helm::Arena& arena);

/// "a.b[0]=c,d={e,f}", mostly by the grammar.
std::string make_setting(Dice& dice);
/// The same with JSON as values.
std::string make_json_setting(Dice& dice);

}  // namespace reconciled::parity
