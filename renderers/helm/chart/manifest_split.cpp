#include "renderers/helm/chart/manifest_split.h"

#include "base/go_text.h"

namespace reconciled::helm {
namespace {

constexpr std::string_view k_separator = "---";
constexpr std::string_view k_blank = "\t\n\f\r ";

/// A separator with the blanks that belong to it.
struct Separator {
  std::size_t begin = std::string_view::npos;
  std::size_t end = std::string_view::npos;
};

Separator find_separator(std::string_view text, std::size_t from) {
  Separator found;
  std::size_t dashes = 0;
  if (from == 0 && text.starts_with(k_separator)) {
    found.begin = 0;
  } else {
    const auto line_feed = text.find("\n---", from);
    if (line_feed == std::string_view::npos) return found;
    dashes = line_feed + 1;
    found.begin = line_feed;
    while (found.begin > from && k_blank.find(text[found.begin - 1]) != std::string_view::npos) --found.begin;
  }
  found.end = std::min(text.find_first_not_of(k_blank, dashes + k_separator.size()), text.size());
  return found;
}

}  // namespace

std::vector<std::string_view> split_manifests(std::string_view text) {
  text = trim_space(text);
  std::vector<std::string_view> documents;
  for (std::size_t from = 0;;) {
    const auto separator = find_separator(text, from);
    const auto document =
        text.substr(from, separator.begin == std::string_view::npos ? separator.begin : separator.begin - from);
    if (!document.empty()) documents.push_back(trim_space(document));
    if (separator.begin == std::string_view::npos) return documents;
    from = separator.end;
  }
}

}  // namespace reconciled::helm
