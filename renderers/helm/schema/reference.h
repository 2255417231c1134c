// URLs and pointers of references between schemas.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::helm {

struct SplitReference {
  std::string url;       ///< without the fragment
  std::string fragment;  ///< decoded; empty when there is none
};

/// "#/definitions/a%20b" gives "" and "/definitions/a b". Nothing for a fragment that is badly encoded.
std::optional<SplitReference> split_reference(std::string_view reference);
/// What a reference without its fragment means in a document at `base`.
std::string join_url(std::string_view base, std::string_view reference);

/// The names of a JSON pointer, without its escapes.
std::vector<std::string> pointer_names(std::string_view pointer);
/// `pointer` with one name more.
std::string append_name(std::string_view pointer, std::string_view name);

}  // namespace reconciled::helm
