#include "sources/git2_handles.h"
#include "sources/git_object_text.h"
#include "sources/local_tree.h"

#include <git2.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <system_error>

namespace reconciled {
namespace {

constexpr std::size_t k_max_commit_bytes = 1 << 20;

/// Whether a file is new, changed or removed.
Result<LocalRevision::State> state_of(git_repository* repository) {
  git_status_options options{};
  git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION);
  options.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
  options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_EXCLUDE_SUBMODULES;
  git_status_list* handle = nullptr;
  if (git_status_list_new(&handle, repository, &options) != 0) {
    return fail(git2_error(ErrorKind::local, "cannot compare the work tree with its commit"));
  }
  const Git2<git_status_list> list(handle);
  return git_status_list_entrycount(handle) == 0 ? LocalRevision::State::clean : LocalRevision::State::changed;
}

Status add_commit(git_repository* repository, LocalRevision& result) {
  git_reference* head = nullptr;
  const int code = git_repository_head(&head, repository);
  const Git2<git_reference> owner(head);
  if (code == GIT_EUNBORNBRANCH || code == GIT_ENOTFOUND) return {};
  if (code != 0) return fail(git2_error(ErrorKind::source_integrity, "cannot read HEAD"));
  if (git_reference_is_branch(head) == 1) result.branch = git_reference_shorthand(head);
  char id[GIT_OID_HEXSZ + 1] = {};
  git_oid_tostr(id, sizeof id, git_reference_target(head));
  git_odb* odb = nullptr;
  if (git_repository_odb(&odb, repository) != 0)
    return fail(git2_error(ErrorKind::source_integrity, "cannot open the object store"));
  const Git2<git_odb> store(odb);
  TRY_ASSIGN(const auto object, read_git_object(*odb, id, k_max_commit_bytes));
  TRY_ASSIGN(auto commit, parse_git_commit(object.content));
  result.revision.commit = id;
  result.revision.tree = std::move(commit.tree);
  result.revision.author = std::move(commit.author);
  result.revision.subject = std::move(commit.subject);
  result.revision.time = commit.time;
  return {};
}

}  // namespace

Result<LocalRevision> make_local_revision(const std::string& folder) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(folder.c_str(), nullptr), &std::free);
  if (!real) {
    return fail(ErrorKind::source_missing, "cannot open the folder: " + std::generic_category().message(errno),
                {.file = folder});
  }
  LocalRevision result;
  result.revision.url = real.get();
  start_git2();
  git_repository* handle = nullptr;
  const int code = git_repository_open_ext(&handle, real.get(), 0, nullptr);
  if (code == GIT_ENOTFOUND) return result;
  if (code != 0) return fail(git2_error(ErrorKind::source_integrity, "cannot open the repository around " + folder));
  const Git2<git_repository> repository(handle);
  if (git_repository_is_bare(handle) == 1) return result;
  result.work_tree = git_repository_workdir(handle);
  while (result.work_tree.size() > 1 && result.work_tree.ends_with('/')) result.work_tree.pop_back();
  TRY(add_commit(handle, result));
  TRY_ASSIGN(result.state, state_of(handle));
  return result;
}

}  // namespace reconciled
