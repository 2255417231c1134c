#include "renderers/kustomize/loader.h"

#include "renderers/kustomize/node_edit.h"

#include <algorithm>
#include <optional>

namespace reconciled::kustomize {
namespace {

bool lies_in(std::string_view path, std::string_view folder) {
  return folder.empty() || path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

std::string_view parent_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

/// The folder at a path, without links.
Result<std::string> confirm_folder(const Place& place, const std::string& path) {
  auto found = find_entry(place, path);
  if (!found) return fail(wrap(std::move(found.error()), "must build at directory: not a valid directory"));
  if (found->entry.kind == TreeEntry::Kind::file)
    return fail_render("must build at directory: '" + place.shown(path) + "': file is not directory");
  return std::move(found->path);
}

}  // namespace

Result<Loader> Loader::open(Place place, std::string_view path, LoadRestriction restriction, const Remotes& remotes) {
  Loader loader;
  TRY_ASSIGN(loader.m_root, confirm_folder(place, clean_path(path)));
  loader.m_place = std::move(place);
  loader.m_restriction = restriction;
  loader.m_remotes = &remotes;
  return loader;
}

/// A path as the tree has it: from here, or absolute below the name of the tree's root.
Result<std::string> Loader::inner_path(std::string_view path) const {
  if (!path.starts_with('/')) return clean_path(m_root + "/" + std::string(path));
  const std::string clean = "/" + clean_path(path);
  if (clean.starts_with(m_place.name + "/")) return clean.substr(m_place.name.size() + 1);
  return fail_render("security; file '" + clean + "' is not in or below '" + root() + "'");
}

Result<std::string> Loader::load(std::string_view path, Budget& budget) const {
  if (!budget.step()) return fail(budget.error("loading files"));
  if (is_remote_file(path)) {
    if (auto content = m_remotes->find_file(path)) return *std::move(content);
    return fail(ErrorKind::source_missing,
                "the remote file '" + std::string(path) + "' is not part of this build's inputs");
  }
  TRY_ASSIGN(const std::string inner, inner_path(path));
  TRY_ASSIGN(const auto found, find_entry(m_place, inner));
  if (found.entry.kind == TreeEntry::Kind::folder)
    return fail_render("'" + display(inner) + "' must resolve to a file");
  if (m_restriction == LoadRestriction::root_only && !lies_in(parent_of(found.path), m_root))
    return fail_render("security; file '" + display(inner) + "' is not in or below '" + root() + "'");
  TRY_ASSIGN(auto content, m_place.tree->read(found.path, k_max_file_bytes));
  if (!content) return fail_render("open " + display(inner) + ": no such file or directory");
  if (!budget.take(content->size())) return fail(budget.error("loading files"));
  return *std::move(content);
}

std::shared_ptr<const SourceTree> Loader::find_folder(std::string_view path) const {
  const auto inner = inner_path(path);
  if (!inner) return nullptr;
  auto found = find_entry(m_place, *inner);
  if (!found || found->entry.kind != TreeEntry::Kind::folder) return nullptr;
  return make_subtree(m_place.tree, std::move(found->path));
}

Status Loader::check_cycle(std::string_view candidate) const {
  for (const Loader* loader = this; loader != nullptr; loader = loader->m_referrer) {
    if (loader->m_place.tree != m_place.tree || !lies_in(loader->m_root, candidate)) continue;
    return fail_render("cycle detected: candidate root '" + display(candidate) + "' contains visited root '" +
                       loader->root() + "'");
  }
  return {};
}

Result<Loader> Loader::enter_remote(std::string_view url) const {
  for (const Loader* loader = this; loader != nullptr; loader = loader->m_referrer) {
    if (!loader->m_url.empty() && loader->m_url.starts_with(url))
      return fail_render("cycle detected: URI '" + std::string(url) + "' referenced by previous URI '" + loader->m_url +
                         "'");
  }
  TRY_ASSIGN(const auto parsed, parse_repository_url(url));
  auto tree = m_remotes->find_repository(parsed);
  if (tree == nullptr)
    return fail(ErrorKind::source_missing,
                "the remote base '" + std::string(url) + "' is not part of this build's inputs");
  TRY_ASSIGN(Loader loader,
             open({std::move(tree), parsed.clone_url()}, parsed.path, LoadRestriction::root_only, *m_remotes));
  loader.m_referrer = this;
  loader.m_url = url;
  return loader;
}

Result<Loader> Loader::enter(std::string_view path) const {
  if (path.empty()) return fail_render("new root cannot be empty");
  if (parse_repository_url(path)) return enter_remote(path);
  if (path.starts_with('/')) return fail_render("new root '" + std::string(path) + "' cannot be absolute");
  TRY_ASSIGN(const std::string root, confirm_folder(m_place, clean_path(m_root + "/" + std::string(path))));
  TRY(check_cycle(root));
  Loader loader = *this;
  loader.m_root = root;
  loader.m_referrer = this;
  loader.m_url.clear();
  return loader;
}

}  // namespace reconciled::kustomize
