// The functions that templates have besides text/template's own: sprig's and Helm's, one table a family.
#pragma once

#include "renderers/helm/values/go_function.h"

#include <span>
#include <vector>

namespace reconciled::helm {

/// All of them. Their names are distinct, and only `slice` is one of text/template's own, which it replaces.
std::vector<std::span<const GoFunction>> all_functions(HelmProfile profile);

std::span<const GoFunction> default_functions();
std::span<const GoFunction> dict_functions();
std::span<const GoFunction> document_functions();
/// What Helm 3 does not have.
std::span<const GoFunction> helm4_document_functions();
std::span<const GoFunction> encoding_functions();
std::span<const GoFunction> engine_functions();
std::span<const GoFunction> float_functions();
std::span<const GoFunction> integer_functions();
std::span<const GoFunction> list_functions();
std::span<const GoFunction> path_functions();
std::span<const GoFunction> random_functions();
std::span<const GoFunction> range_functions();
std::span<const GoFunction> reflection_functions();
std::span<const GoFunction> splitting_functions();
std::span<const GoFunction> text_case_functions();
std::span<const GoFunction> text_making_functions();
std::span<const GoFunction> text_part_functions();
std::span<const GoFunction> wrapping_functions();

std::span<const GoFunction> crypto_functions();
std::span<const GoFunction> date_functions();
std::span<const GoFunction> regex_functions();
std::span<const GoFunction> semver_functions();
std::span<const GoFunction> toml_functions();
std::span<const GoFunction> url_functions();

// Methods of types whose values are no GoObject.
std::span<const GoFunction> duration_methods();
std::span<const GoFunction> month_methods();
std::span<const GoFunction> weekday_methods();

}  // namespace reconciled::helm
