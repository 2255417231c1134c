// A text as a tree of files: a line "=== PATH" begins one.
#pragma once

#include "ports/source_tree.h"

#include <map>
#include <string>
#include <string_view>

namespace reconciled::testing {

/// What stands above the first such line, and what has no usable path, belongs to `first`. No file lies where another
/// one has a folder.
inline std::map<std::string, std::string> split_files(std::string_view text, const std::string& first) {
  std::map<std::string, std::string> files{{first, ""}};
  std::string path = first;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (line.starts_with("=== ")) {
      const auto clean = normalise_path(line.substr(4));
      path = clean && !clean->empty() ? *clean : first;
      files[path];
    } else {
      files[path].append(line).append("\n");
    }
  }
  for (auto at = files.begin(); at != files.end();) {
    const auto next = files.lower_bound(at->first + "/");
    const bool folder = next != files.end() && next->first.starts_with(at->first + "/");
    at = folder ? files.erase(at) : std::next(at);
  }
  return files;
}

/// Cuts a text in two at a line "=====".
inline std::pair<std::string_view, std::string_view> split_in_two(std::string_view text) {
  constexpr std::string_view k_line = "\n=====\n";
  const auto at = text.find(k_line);
  if (at == std::string_view::npos) return {text, {}};
  return {text.substr(0, at + 1), text.substr(at + k_line.size())};
}

}  // namespace reconciled::testing
