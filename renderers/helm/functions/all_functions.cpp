#include "renderers/helm/functions/families.h"

namespace reconciled::helm {

std::vector<std::span<const GoFunction>> all_functions(HelmProfile profile) {
  std::vector<std::span<const GoFunction>> families{
      crypto_functions(),    date_functions(),       default_functions(),     dict_functions(),
      document_functions(),  encoding_functions(),   engine_functions(),      float_functions(),
      integer_functions(),   list_functions(),       path_functions(),        random_functions(),
      range_functions(),     reflection_functions(), regex_functions(),       semver_functions(),
      splitting_functions(), text_case_functions(),  text_making_functions(), text_part_functions(),
      toml_functions(),      url_functions(),        wrapping_functions(),
  };
  if (profile == HelmProfile::helm4) families.push_back(helm4_document_functions());
  return families;
}

}  // namespace reconciled::helm
