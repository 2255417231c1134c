// Owners of libgit2's handles, and its errors as ours. Private to this folder.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct git_repository;
struct git_odb;
struct git_odb_object;
struct git_reference;
struct git_reference_iterator;
struct git_indexer;
struct git_status_list;

namespace reconciled {

struct Git2Free {
  void operator()(git_repository* handle) const noexcept;
  void operator()(git_odb* handle) const noexcept;
  void operator()(git_odb_object* handle) const noexcept;
  void operator()(git_reference* handle) const noexcept;
  void operator()(git_reference_iterator* handle) const noexcept;
  void operator()(git_indexer* handle) const noexcept;
  void operator()(git_status_list* handle) const noexcept;
};
template <class T>
using Git2 = std::unique_ptr<T, Git2Free>;

/// Starts the library once: no configuration of the machine or user is read, every object's hash is verified when it is
/// read, and no owner check refuses our own cache. Call it before anything else.
void start_git2();
/// Bounds one object of a pack, inflated; the library has one such bound for the whole process: the largest asked for.
void limit_git2_object_bytes(std::size_t bytes);

/// "doing: what the library says", control characters replaced. Trouble of the machine (disk, permissions) becomes
/// ErrorKind::local whatever `kind` says.
Error git2_error(ErrorKind kind, std::string_view doing);

/// A repository or bare repository exactly at `folder`, not above it.
Result<Git2<git_repository>> open_git_repository(const std::string& folder, ErrorKind kind);

/// The raw content of an object. `is_gone` tells absent from unreadable.
struct GitObject {
  enum class Type { commit, tree, blob, tag };
  Type type = Type::blob;
  std::string content;
};
/// Errors: ErrorKind::limit above `max_bytes`, otherwise source_integrity (absent, corrupt, another hash).
Result<GitObject> read_git_object(git_odb& odb, std::string_view id, std::size_t max_bytes);
bool has_git_object(git_odb& odb, std::string_view id);
/// The object's bytes without inflating all of it.
Result<std::size_t> git_object_size(git_odb& odb, std::string_view id);

}  // namespace reconciled
