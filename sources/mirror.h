// One repository's bare mirror in the cache folder.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "ports/source.h"
#include "sources/descriptor.h"
#include "sources/git2_handles.h"
#include "sources/git_ref.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

/// An open repository, of a mirror or on this machine, for one thread.
class GitStore {
 public:
  static Result<GitStore> open(const std::string& folder, ErrorKind kind);

  [[nodiscard]] bool has(std::string_view id) const { return has_git_object(*m_odb, id); }
  /// Follows tags to a commit and reads it and its root tree; `url` and `ref` stay empty. Counts up `objects_read`.
  Result<Revision> describe(const std::string& id, std::uint64_t& objects_read) const;
  /// The refs of these names; all branches, tags and HEAD for an empty list.
  Result<std::vector<RemoteRef>> list_refs(const std::vector<std::string>& names) const;
  /// What we can tell a server that we have: every tip that was fetched, and some of the history of the last one.
  /// nullopt when one of them is gone: the repository is broken.
  std::optional<std::vector<std::string>> haves(const std::string& ref_name, std::uint64_t& objects_read) const;
  /// Remembers what was fetched for a ref.
  Status remember(const std::string& ref_name, const std::string& id) const;

 private:
  GitStore(Git2<git_repository> repository, Git2<git_odb> odb)
      : m_repository(std::move(repository)), m_odb(std::move(odb)) {}
  Git2<git_repository> m_repository;
  Git2<git_odb> m_odb;
};

/// Held while a mirror is changed; other processes and threads wait for it. Reading needs no lock.
class MirrorLock {
 public:
  /// ErrorKind::local when another one holds it until `deadline`.
  static Result<MirrorLock> take(const std::string& file, MonotonicTime deadline);

 private:
  explicit MirrorLock(Descriptor descriptor) : m_descriptor(std::move(descriptor)) {}
  Descriptor m_descriptor;
};

/// The folder of a mirror and what surrounds it.
class Mirror {
 public:
  /// `folder` need not exist.
  explicit Mirror(std::string folder) : m_folder(std::move(folder)) {}

  [[nodiscard]] const std::string& folder() const { return m_folder; }
  [[nodiscard]] std::string lock_file() const { return m_folder + ".lock"; }
  /// nullopt when there is none or it is known to be broken.
  [[nodiscard]] std::optional<GitStore> open() const;
  [[nodiscard]] bool exists() const;

  /// Says that an object was absent or corrupt, so that the next fetch makes the mirror again.
  void mark_broken() const;
  /// Under the lock: what an interrupted fetch left.
  void remove_leftovers() const;
  /// Under the lock: an empty bare repository beside the mirror, filled by `fill` and then put in its place.
  Status replace(const std::function<Status(const std::string& folder)>& fill) const;

 private:
  std::string m_folder;
};

}  // namespace reconciled
