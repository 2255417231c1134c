#include "renderers/helm/values/warning.h"

namespace reconciled::helm {

std::string as_warning(std::string_view message) {
  std::string text(k_warning_start);
  text += message;
  text += k_warning_end;
  return text;
}

}  // namespace reconciled::helm
