#include "renderers/helm/functions/plain_text.h"

#include "renderers/helm/functions/sequence.h"
#include "renderers/helm/values/format.h"

#include <vector>

namespace reconciled::helm {

Result<std::string_view> plain_text(GoValue value, Arena& arena) {
  if (value.is_string() || value.type() == GoType::bytes) return value.as_text();
  return format_v(value, arena);
}

Result<GoValue> plain_texts(GoValue value, Arena& arena) {
  if (value.type() == GoType::list_string) return value;
  std::vector<GoValue> texts;
  if (const auto sequence = as_sequence(value, arena)) {
    for (const GoValue& item : *sequence) {
      if (item.is_nil()) continue;
      TRY_ASSIGN(const std::string_view text, plain_text(item, arena));
      texts.push_back(GoValue::string(text));
    }
  } else if (!value.is_nil()) {
    TRY_ASSIGN(const std::string_view text, plain_text(value, arena));
    texts.push_back(GoValue::string(text));
  }
  return make_list(arena, texts, GoType::list_string);
}

}  // namespace reconciled::helm
