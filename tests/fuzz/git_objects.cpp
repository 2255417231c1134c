// Raw Git objects and what a person writes for a repository and a ref. Never crashes; what is accepted obeys its rules.
#include "sources/git_object_text.h"
#include "sources/git_ref.h"
#include "sources/git_url.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace reconciled;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto tree = parse_git_tree(text)) {
    for (const auto& entry : *tree) {
      const auto path = normalise_path(entry.name);
      if (!path || *path != entry.name || entry.name.find('/') != std::string::npos || !is_object_id(entry.id))
        std::abort();
    }
  }
  if (const auto commit = parse_git_commit(text);
      commit && (!is_object_id(commit->tree) || commit->subject.size() > 204))
    std::abort();
  if (const auto tag = parse_git_tag(text); tag && !is_object_id(*tag)) std::abort();
  if (const auto ref = parse_ref(text); ref && ref->text.starts_with('-')) std::abort();
  if (const auto url = parse_git_url(text)) {
    const auto again = parse_git_url(format_git_url(*url));
    if (!again || !(*again == *url) || url->host.starts_with('-') || url->path.find("/../") != std::string::npos)
      std::abort();
    if (mirror_name(*url).find('/') != std::string::npos) std::abort();
  }
  return 0;
}
