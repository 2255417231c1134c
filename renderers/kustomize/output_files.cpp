#include "renderers/kustomize/output_files.h"

#include "base/go_text.h"
#include "renderers/kustomize/output.h"

#include <set>

namespace reconciled::kustomize {
namespace {

std::string file_name(const Resource& resource) {
  const Gvk gvk = resource.gvk();
  std::string name;
  for (const auto part : {gvk.group, gvk.version, gvk.kind}) {
    if (!part.empty()) name.append(name.empty() ? "" : "_").append(part);
  }
  name.append("_").append(resource.name());
  return to_lower(name) + ".yaml";
}

}  // namespace

Result<std::vector<OutputFile>> format_files(const NodeArena& arena, std::span<Resource* const> resources) {
  std::set<std::string_view> namespaces;
  for (const Resource* resource : resources) {
    const ResourceId id = resource->current_id();
    if (!id.cluster_scoped) namespaces.insert(id.effective_namespace());
  }
  std::vector<OutputFile> files;
  files.reserve(resources.size());
  for (const Resource* resource : resources) {
    OutputFile file{file_name(*resource), {}};
    const ResourceId id = resource->current_id();
    if (!id.cluster_scoped && namespaces.size() > 1) file.name = to_lower(id.effective_namespace()) + "_" + file.name;
    if (file.name.find('/') != std::string::npos)
      return fail_render(format_id(id) + " cannot be a file of its own: \"" + file.name + "\" has a slash");
    TRY_ASSIGN(file.text, format_resource(arena, *resource));
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace reconciled::kustomize
