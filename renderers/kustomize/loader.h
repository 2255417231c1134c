// Files and folders of a build: paths are joined, checked and named in messages as kustomize does.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "renderers/kustomize/place.h"
#include "renderers/kustomize/remote.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::kustomize {

enum class LoadRestriction : std::uint8_t {
  root_only,  ///< files lie in or below the kustomization that names them
  none,
};

/// A folder that a kustomization is built in, and the one that led to it.
class Loader {
 public:
  static Result<Loader> open(Place place, std::string_view path, LoadRestriction restriction, const Remotes& remotes);

  /// The folder's full path, as messages show it.
  [[nodiscard]] std::string root() const { return display(m_root); }
  /// A file, by its path from here. Errors have kustomize's texts.
  Result<std::string> load(std::string_view path, Budget& budget) const;
  /// A folder or remote base, by its path from here. It must not be one that was entered on the way here.
  /// This loader must outlive the other.
  Result<Loader> enter(std::string_view path) const;
  [[nodiscard]] const Remotes& remotes() const { return *m_remotes; }
  /// A folder as a tree of its own, wherever it lies; null when there is none.
  [[nodiscard]] std::shared_ptr<const SourceTree> find_folder(std::string_view path) const;

 private:
  Loader() = default;
  [[nodiscard]] std::string display(std::string_view path) const { return m_place.shown(path); }
  Result<std::string> inner_path(std::string_view path) const;
  Status check_cycle(std::string_view candidate) const;
  Result<Loader> enter_remote(std::string_view url) const;

  Place m_place;
  std::string m_root;  ///< in the tree, clean
  LoadRestriction m_restriction = LoadRestriction::root_only;
  const Loader* m_referrer = nullptr;
  const Remotes* m_remotes = nullptr;
  std::string m_url;  ///< of a remote base
};

}  // namespace reconciled::kustomize
