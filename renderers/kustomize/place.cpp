#include "renderers/kustomize/place.h"

#include "base/go_path.h"
#include "renderers/kustomize/node_edit.h"

#include <algorithm>
#include <optional>

namespace reconciled::kustomize {
namespace {

constexpr int k_most_links = 255;

tl::unexpected<Error> leads_out(const Place& place, const std::string& path) {
  return fail(ErrorKind::policy, "'" + place.shown(path) + "' lies outside of what this build may read");
}

/// Goes down a path name by name, as filepath.EvalSymlinks does.
class Walk {
 public:
  Walk(const Place& place, const std::string& path) : m_place(place), m_path(path), m_left(path) {}

  Result<FoundEntry> run() {
    TreeEntry entry{"", TreeEntry::Kind::folder, 0};
    while (!m_left.empty()) {
      const std::string name = cut_name();
      if (name.empty() || name == ".") continue;
      if (name == "..") {
        if (m_at.empty()) return leads_out(m_place, m_path);
        m_at.resize(m_at.rfind('/') == std::string::npos ? 0 : m_at.rfind('/'));
        entry = {"", TreeEntry::Kind::folder, 0};
        continue;
      }
      if (entry.kind == TreeEntry::Kind::file) return refuse("not a directory");
      const std::string next = join_path(m_at, name);
      TRY_ASSIGN(auto found, m_place.tree->stat(next));
      if (!found) return refuse("lstat " + m_place.shown(next) + ": no such file or directory");
      if (found->kind == TreeEntry::Kind::submodule)
        return fail_render("'" + m_place.shown(next) + "' is a submodule; submodules are never fetched");
      if (found->kind == TreeEntry::Kind::symlink) {
        TRY(follow(next));
        continue;
      }
      m_at = next;
      entry = *std::move(found);
    }
    return FoundEntry{std::move(m_at), std::move(entry)};
  }

 private:
  std::string cut_name() {
    const auto end = m_left.find('/');
    std::string name = m_left.substr(0, end);
    m_left.erase(0, end == std::string::npos ? end : end + 1);
    return name;
  }
  [[nodiscard]] tl::unexpected<Error> refuse(const std::string& why) const {
    return fail_render("evalsymlink failure on '" + m_place.shown(m_path) + "' : " + why);
  }
  Status follow(const std::string& link) {
    if (++m_links > k_most_links) return refuse("EvalSymlinks: too many links");
    auto target = m_place.tree->read_link(link);
    if (!target) return fail(wrap(std::move(target.error()), "'" + m_place.shown(link) + "'"));
    if (target->starts_with('/')) {
      if (!target->starts_with(m_place.name + "/")) return leads_out(m_place, m_path);
      target->erase(0, m_place.name.size() + 1);
      m_at.clear();
    }
    m_left = *target + (m_left.empty() ? "" : "/" + m_left);
    return {};
  }

  const Place& m_place;
  const std::string& m_path;
  std::string m_left;
  std::string m_at;
  int m_links = 0;
};

}  // namespace

std::string clean_path(std::string_view path) {
  path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
  std::string clean = clean_go_path(path);
  return clean == "." ? std::string() : clean;
}

Result<FoundEntry> find_entry(const Place& place, const std::string& path) {
  if (path == ".." || path.starts_with("../")) return leads_out(place, path);
  if (path.empty()) return FoundEntry{"", {"", TreeEntry::Kind::folder, 0}};
  TRY_ASSIGN(auto entry, place.tree->stat(path));
  const bool plain = entry && (entry->kind == TreeEntry::Kind::file || entry->kind == TreeEntry::Kind::folder);
  if (plain) return FoundEntry{path, *std::move(entry)};
  return Walk(place, path).run();
}

}  // namespace reconciled::kustomize
