#include "base/go_path.h"

#include "base/split.h"

namespace reconciled {

std::string clean_go_path(std::string_view path) {
  const bool rooted = path.starts_with('/');
  std::vector<std::string_view> names;
  for (const auto name : split(path, '/')) {
    if (name.empty() || name == ".") continue;
    if (name != ".." || ((names.empty() || names.back() == "..") && !rooted)) {
      names.push_back(name);
    } else if (!names.empty()) {
      names.pop_back();
    }
  }
  std::string cleaned(rooted ? "/" : "");
  for (const auto name : names) {
    if (!cleaned.empty() && cleaned.back() != '/') cleaned += '/';
    cleaned += name;
  }
  return cleaned.empty() ? "." : cleaned;
}

}  // namespace reconciled
