#include "sources/git2_handles.h"

#include <git2.h>

#include <algorithm>
#include <mutex>

namespace reconciled {
namespace {

Error unreadable(std::string_view id) {
  return git2_error(ErrorKind::source_integrity, "the object " + std::string(id) + " cannot be read");
}

}  // namespace

void Git2Free::operator()(git_repository* handle) const noexcept {
  git_repository_free(handle);
}
void Git2Free::operator()(git_odb* handle) const noexcept {
  git_odb_free(handle);
}
void Git2Free::operator()(git_odb_object* handle) const noexcept {
  git_odb_object_free(handle);
}
void Git2Free::operator()(git_reference* handle) const noexcept {
  git_reference_free(handle);
}
void Git2Free::operator()(git_reference_iterator* handle) const noexcept {
  git_reference_iterator_free(handle);
}
void Git2Free::operator()(git_indexer* handle) const noexcept {
  git_indexer_free(handle);
}
void Git2Free::operator()(git_status_list* handle) const noexcept {
  git_status_list_free(handle);
}

void start_git2() {
  static std::once_flag once;
  std::call_once(once, [] {
    git_libgit2_init();
    for (const int level :
         {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL}) {
      git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
    }
    git_libgit2_opts(GIT_OPT_SET_TEMPLATE_PATH, "");
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1);
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 1);
    constexpr std::size_t k_max_pack_objects = 50'000'000;
    git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS, k_max_pack_objects);
    // Trees are cached by our own reader; the library's cache would only hold memory.
    git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
  });
}

void limit_git2_object_bytes(std::size_t bytes) {
  git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECT_SIZE, bytes);
}

Error git2_error(ErrorKind kind, std::string_view doing) {
  const git_error* last = git_error_last();
  std::string message(doing);
  if (last != nullptr && last->message != nullptr) {
    message += ": " + std::string(last->message);
    const std::string_view text = last->message;
    const bool machine = text.find("No space left") != std::string_view::npos ||
                         text.find("Permission denied") != std::string_view::npos ||
                         text.find("Read-only file system") != std::string_view::npos ||
                         text.find("Too many open files") != std::string_view::npos ||
                         text.find("Input/output error") != std::string_view::npos ||
                         text.find("quota exceeded") != std::string_view::npos || last->klass == GIT_ERROR_NOMEMORY;
    if (machine) kind = ErrorKind::local;
  }
  std::ranges::replace_if(message, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return Error(kind, std::move(message));
}

Result<Git2<git_repository>> open_git_repository(const std::string& folder, ErrorKind kind) {
  start_git2();
  git_repository* handle = nullptr;
  if (git_repository_open_ext(&handle, folder.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr) != 0) {
    return fail(git2_error(kind, "cannot open the repository " + folder));
  }
  return Git2<git_repository>(handle);
}

bool has_git_object(git_odb& odb, std::string_view id) {
  git_oid oid;
  return git_oid_fromstrn(&oid, id.data(), id.size()) == 0 && id.size() == GIT_OID_HEXSZ &&
         git_odb_exists(&odb, &oid) == 1;
}

Result<std::size_t> git_object_size(git_odb& odb, std::string_view id) {
  git_oid oid;
  std::size_t size = 0;
  git_object_t type{};
  if (git_oid_fromstrn(&oid, id.data(), id.size()) != 0 || git_odb_read_header(&size, &type, &odb, &oid) != 0) {
    return fail(unreadable(id));
  }
  return size;
}

Result<GitObject> read_git_object(git_odb& odb, std::string_view id, std::size_t max_bytes) {
  TRY_ASSIGN(const std::size_t size, git_object_size(odb, id));
  if (size > max_bytes) {
    return fail(ErrorKind::limit, "the object " + std::string(id) + " has " + std::to_string(size) +
                                      " bytes, more than the " + std::to_string(max_bytes) + " that may be read");
  }
  git_oid oid;
  git_odb_object* handle = nullptr;
  if (git_oid_fromstrn(&oid, id.data(), id.size()) != 0 || git_odb_read(&handle, &odb, &oid) != 0)
    return fail(unreadable(id));
  const Git2<git_odb_object> object(handle);
  GitObject result;
  switch (git_odb_object_type(handle)) {
    case GIT_OBJECT_COMMIT: result.type = GitObject::Type::commit; break;
    case GIT_OBJECT_TREE: result.type = GitObject::Type::tree; break;
    case GIT_OBJECT_BLOB: result.type = GitObject::Type::blob; break;
    case GIT_OBJECT_TAG: result.type = GitObject::Type::tag; break;
    default: return fail(ErrorKind::source_integrity, "the object " + std::string(id) + " has an unknown type");
  }
  result.content.assign(static_cast<const char*>(git_odb_object_data(handle)), git_odb_object_size(handle));
  return result;
}

}  // namespace reconciled
