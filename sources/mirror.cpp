#include "sources/mirror.h"

#include "base/digest.h"
#include "sources/git_object_text.h"

#include <fcntl.h>
#include <git2.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace reconciled {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_max_commit_bytes = 1 << 20;
constexpr std::size_t k_max_tree_bytes = 16 << 20;
constexpr int k_max_tag_depth = 8;
constexpr std::size_t k_max_haves = 64;
constexpr std::size_t k_history_haves = 4;
constexpr int k_lock_poll_ms = 20;
constexpr std::string_view k_broken_mark = "/broken";
constexpr std::string_view k_tips = "refs/tips/";

tl::unexpected<Error> system_failure(std::string_view doing, const std::string& path) {
  return fail(ErrorKind::local, "cannot " + std::string(doing) + ": " + std::generic_category().message(errno),
              {.file = path});
}

std::string text_of(const git_oid& oid) {
  char text[GIT_OID_HEXSZ + 1] = {};
  git_oid_tostr(text, sizeof text, &oid);
  return text;
}

/// A name without folders, so that "a" and "a/b" may follow each other.
std::string tip_name(const std::string& ref_name) {
  return std::string(k_tips) + sha256(ref_name).hex().substr(0, 40);
}

RemoteRef remote_ref_of(git_reference* resolved, std::string name) {
  RemoteRef ref{.name = std::move(name), .id = text_of(*git_reference_target(resolved))};
  git_object* peeled = nullptr;
  if (git_reference_peel(&peeled, resolved, GIT_OBJECT_COMMIT) == 0) {
    const std::string commit = text_of(*git_object_id(peeled));
    if (commit != ref.id) ref.peeled = commit;
    git_object_free(peeled);
  }
  return ref;
}

std::optional<RemoteRef> find_ref(git_repository* repository, const std::string& name) {
  git_reference* found = nullptr;
  if (git_reference_lookup(&found, repository, name.c_str()) != 0) return std::nullopt;
  const Git2<git_reference> owner(found);
  git_reference* resolved = nullptr;
  if (git_reference_resolve(&resolved, found) != 0) return std::nullopt;
  const Git2<git_reference> target(resolved);
  RemoteRef ref = remote_ref_of(resolved, name);
  if (git_reference_type(found) == GIT_REFERENCE_SYMBOLIC) ref.symref_target = git_reference_symbolic_target(found);
  return ref;
}

}  // namespace

Result<GitStore> GitStore::open(const std::string& folder, ErrorKind kind) {
  TRY_ASSIGN(auto repository, open_git_repository(folder, kind));
  git_odb* odb = nullptr;
  if (git_repository_odb(&odb, repository.get()) != 0)
    return fail(git2_error(kind, "cannot open the object store of " + folder));
  return GitStore(std::move(repository), Git2<git_odb>(odb));
}

Result<Revision> GitStore::describe(const std::string& id, std::uint64_t& objects_read) const {
  std::string current = id;
  for (int depth = 0; depth < k_max_tag_depth; ++depth) {
    TRY_ASSIGN(const auto object, read_git_object(*m_odb, current, k_max_commit_bytes));
    ++objects_read;
    if (object.type == GitObject::Type::tag) {
      TRY_ASSIGN(current, parse_git_tag(object.content));
      continue;
    }
    if (object.type != GitObject::Type::commit)
      return fail(ErrorKind::source_missing, "the ref does not lead to a commit");
    TRY_ASSIGN(auto commit, parse_git_commit(object.content));
    TRY_ASSIGN(const auto tree, read_git_object(*m_odb, commit.tree, k_max_tree_bytes));
    ++objects_read;
    if (tree.type != GitObject::Type::tree)
      return fail(ErrorKind::source_integrity, "the commit " + current + " names no tree");
    Revision revision;
    revision.commit = std::move(current);
    revision.tree = std::move(commit.tree);
    revision.author = std::move(commit.author);
    revision.subject = std::move(commit.subject);
    revision.time = commit.time;
    return revision;
  }
  return fail(ErrorKind::source_integrity, "a tag points to a tag to a tag, more than 8 deep");
}

Result<std::vector<RemoteRef>> GitStore::list_refs(const std::vector<std::string>& names) const {
  std::vector<RemoteRef> refs;
  for (const auto& name : names) {
    if (auto ref = find_ref(m_repository.get(), name)) refs.push_back(std::move(*ref));
  }
  if (!names.empty()) return refs;
  git_reference_iterator* handle = nullptr;
  if (git_reference_iterator_new(&handle, m_repository.get()) != 0) {
    return fail(git2_error(ErrorKind::source_integrity, "cannot list the refs"));
  }
  const Git2<git_reference_iterator> iterator(handle);
  if (auto head = find_ref(m_repository.get(), "HEAD")) refs.push_back(std::move(*head));
  const char* name = nullptr;
  while (git_reference_next_name(&name, handle) == 0) {
    const std::string_view text = name;
    if (!text.starts_with("refs/heads/") && !text.starts_with("refs/tags/")) continue;
    if (auto ref = find_ref(m_repository.get(), name)) refs.push_back(std::move(*ref));
  }
  return refs;
}

std::optional<std::vector<std::string>> GitStore::haves(const std::string& ref_name,
                                                        std::uint64_t& objects_read) const {
  std::vector<std::string> ids;
  const auto add = [&](const std::string& id) {
    if (ids.size() < k_max_haves && std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
  };
  git_oid tip;
  if (git_reference_name_to_id(&tip, m_repository.get(), tip_name(ref_name).c_str()) == 0) {
    std::string current = text_of(tip);
    for (std::size_t i = 0; i < k_history_haves; ++i) {
      const auto object = read_git_object(*m_odb, current, k_max_commit_bytes);
      ++objects_read;
      const auto commit = object ? parse_git_commit(object->content) : Result<GitCommit>(fail(object.error()));
      if (!commit) return std::nullopt;
      add(current);
      if (commit->parents.empty()) break;
      current = commit->parents.front();
    }
  }
  git_reference_iterator* handle = nullptr;
  if (git_reference_iterator_glob_new(&handle, m_repository.get(), (std::string(k_tips) + '*').c_str()) != 0) {
    return std::nullopt;
  }
  const Git2<git_reference_iterator> iterator(handle);
  git_reference* next = nullptr;
  while (ids.size() < k_max_haves && git_reference_next(&next, handle) == 0) {
    const Git2<git_reference> reference(next);
    if (git_reference_target(next) == nullptr) return std::nullopt;
    const std::string id = text_of(*git_reference_target(next));
    if (!has(id)) return std::nullopt;
    add(id);
  }
  return ids;
}

Status GitStore::remember(const std::string& ref_name, const std::string& id) const {
  git_oid oid;
  git_reference* made = nullptr;
  if (git_oid_fromstr(&oid, id.c_str()) != 0 ||
      git_reference_create(&made, m_repository.get(), tip_name(ref_name).c_str(), &oid, 1, nullptr) != 0) {
    return fail(git2_error(ErrorKind::local, "cannot note the ref in the mirror"));
  }
  const Git2<git_reference> owner(made);
  return {};
}

Result<MirrorLock> MirrorLock::take(const std::string& file, MonotonicTime deadline) {
  while (true) {
    Descriptor descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!descriptor.valid()) return system_failure("open the lock file", file);
    while (::flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK && errno != EINTR) return system_failure("lock the mirror", file);
      if (monotonic_now() >= deadline) {
        return fail(ErrorKind::local, "another process is fetching this repository and does not end", {.file = file},
                    "wait for it, or use another cache folder");
      }
      ::poll(nullptr, 0, k_lock_poll_ms);
    }
    // The cache may have been deleted meanwhile; a lock on a file that is gone protects nothing.
    struct stat held{};
    struct stat named{};
    if (::fstat(descriptor.get(), &held) == 0 && ::stat(file.c_str(), &named) == 0 && held.st_ino == named.st_ino &&
        held.st_dev == named.st_dev) {
      return MirrorLock(std::move(descriptor));
    }
    if (monotonic_now() >= deadline) return fail(ErrorKind::local, "the lock file disappears", {.file = file});
  }
}

bool Mirror::exists() const {
  std::error_code ignored;
  return fs::exists(m_folder, ignored);
}

std::optional<GitStore> Mirror::open() const {
  std::error_code ignored;
  if (!exists() || fs::exists(m_folder + std::string(k_broken_mark), ignored)) return std::nullopt;
  auto store = GitStore::open(m_folder, ErrorKind::source_integrity);
  if (!store) return std::nullopt;
  return std::move(*store);
}

void Mirror::mark_broken() const {
  const Descriptor mark(
      ::open((m_folder + std::string(k_broken_mark)).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
}

void Mirror::remove_leftovers() const {
  std::error_code code;
  const fs::path path(m_folder);
  const std::string name = path.filename().string();
  std::vector<fs::path> doomed;
  const auto collect = [&](const fs::path& folder, const std::string& prefix) {
    for (fs::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code)) {
      if (entry->path().filename().string().starts_with(prefix)) doomed.push_back(entry->path());
    }
  };
  collect(path.parent_path(), name + ".new-");
  collect(path.parent_path(), name + ".old-");
  collect(path, "incoming-");
  for (const auto& folder : doomed) fs::remove_all(folder, code);
}

Status Mirror::replace(const std::function<Status(const std::string& folder)>& fill) const {
  start_git2();
  std::string fresh = m_folder + ".new-XXXXXX";
  if (::mkdtemp(fresh.data()) == nullptr) return system_failure("make a mirror", m_folder);
  git_repository_init_options options{};
  git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
  options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH | GIT_REPOSITORY_INIT_NO_REINIT;
  git_repository* made = nullptr;
  const int code = git_repository_init_ext(&made, fresh.c_str(), &options);
  const Git2<git_repository> owner(made);
  Status filled = code == 0 ? fill(fresh) : Status(fail(git2_error(ErrorKind::local, "cannot make a mirror")));
  std::error_code failed;
  const std::string old = m_folder + ".old-" + fresh.substr(fresh.size() - 6);
  if (filled && exists()) fs::rename(m_folder, old, failed);
  if (filled && !failed) fs::rename(fresh, m_folder, failed);
  if (filled && failed)
    filled = fail(ErrorKind::local, "cannot put a mirror into its place: " + failed.message(), {.file = m_folder});
  std::error_code ignored;
  fs::remove_all(filled ? old : fresh, ignored);
  return filled;
}

}  // namespace reconciled
