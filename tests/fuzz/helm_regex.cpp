// A pattern, a NUL and a text: never crashes; matches lie in the text in their order, and to replace each by itself
// changes nothing.
#include "renderers/helm/functions/go_regex.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace reconciled;
using namespace reconciled::helm;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const std::size_t nul = all.find('\0');
  const auto regex = GoRegex::compile(all.substr(0, nul));
  if (!regex) {
    if (!regex.error().message.starts_with("error parsing regexp: ")) std::abort();
    return 0;
  }
  const std::string_view given = nul == std::string_view::npos ? std::string_view() : all.substr(nul + 1);
  const RegexText text(given);
  Budget budget;
  const auto matches = (*regex)->find_all(text, -1, budget);
  if (!matches) return 0;
  std::size_t last = 0;
  for (const RegexGroup& match : *matches) {
    if (match.begin < last || match.end < match.begin || match.end > text.text().size()) std::abort();
    last = match.end;
  }
  const auto same = (*regex)->replace_all(text, "$0", GoRegex::Replacement::with_groups, budget);
  if (same && *same != given) std::abort();
  return 0;
}
