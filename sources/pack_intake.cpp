#include "sources/pack_intake.h"

#include "base/digest.h"
#include "sources/pack_check.h"

#include <git2.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

namespace reconciled {

namespace fs = std::filesystem;

struct PackIntake::State {
  std::string repository;
  std::string quarantine;
  GitLimits limits;
  MonotonicTime deadline;
  std::uint64_t received = 0;
  bool late = false;
  Git2<git_repository> handle;
  Git2<git_odb> odb;
  Git2<git_indexer> indexer;
  git_indexer_progress progress{};

  [[nodiscard]] Error indexer_error() const {
    if (late) return Error(ErrorKind::timeout, "checking the pack took too long");
    return git2_error(ErrorKind::source_integrity, "the pack is broken");
  }
};

namespace {

template <class State>
int on_progress(const git_indexer_progress*, void* payload) {
  auto* const state = static_cast<State*>(payload);
  state->late = monotonic_now() >= state->deadline;
  return state->late ? -1 : 0;
}

/// libgit2 writes packs through memory maps, where a full disk is a signal and not an error: so it is asked before.
Status check_disk(const std::string& folder, std::uint64_t needed) {
  struct statvfs status{};
  if (::statvfs(folder.c_str(), &status) != 0) {
    return fail(ErrorKind::local, "cannot look at the disk: " + std::generic_category().message(errno),
                {.file = folder});
  }
  if (static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize >= needed) return {};
  return fail(ErrorKind::local, "the disk of the cache folder is full", {.file = folder},
              "free space; the cache itself may be deleted");
}

}  // namespace

PackIntake::PackIntake(std::unique_ptr<State> state) : m_state(std::move(state)) {}

PackIntake::~PackIntake() {
  m_state->indexer.reset();
  std::error_code ignored;
  fs::remove_all(m_state->quarantine, ignored);
}

Result<std::unique_ptr<PackIntake>> PackIntake::start(const std::string& repository, const GitLimits& limits,
                                                      MonotonicTime deadline) {
  auto state = std::make_unique<State>();
  state->repository = repository;
  state->limits = limits;
  state->deadline = deadline;
  TRY(check_disk(repository, limits.free_disk_bytes));
  TRY_ASSIGN(state->handle, open_git_repository(repository, ErrorKind::source_integrity));
  git_odb* odb = nullptr;
  if (git_repository_odb(&odb, state->handle.get()) != 0) {
    return fail(git2_error(ErrorKind::source_integrity, "cannot open the object store"));
  }
  state->odb.reset(odb);
  std::string folder = repository + "/incoming-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) {
    return fail(ErrorKind::local, "cannot make a folder: " + std::generic_category().message(errno),
                {.file = repository});
  }
  state->quarantine = folder;
  git_indexer_options options{};
  git_indexer_options_init(&options, GIT_INDEXER_OPTIONS_VERSION);
  options.progress_cb = &on_progress<State>;
  options.progress_cb_payload = state.get();
  git_indexer* indexer = nullptr;
  const int code = git_indexer_new(&indexer, folder.c_str(), 0, odb, &options);
  state->indexer.reset(indexer);
  std::unique_ptr<PackIntake> intake(new PackIntake(std::move(state)));
  if (code != 0) return fail(git2_error(ErrorKind::local, "cannot begin a pack"));
  return intake;
}

Status PackIntake::add(std::string_view bytes) {
  State& state = *m_state;
  state.received += bytes.size();
  if (state.received > state.limits.pack_bytes) {
    return fail(ErrorKind::limit,
                "the pack is larger than the " + std::to_string(state.limits.pack_bytes) + " bytes that are allowed");
  }
  TRY(check_disk(state.quarantine, bytes.size() + state.limits.free_disk_bytes));
  if (git_indexer_append(state.indexer.get(), bytes.data(), bytes.size(), &state.progress) != 0)
    return fail(state.indexer_error());
  return {};
}

Result<std::uint64_t> PackIntake::finish() {
  State& state = *m_state;
  if (git_indexer_commit(state.indexer.get(), &state.progress) != 0) return fail(state.indexer_error());
  const std::string name = git_indexer_name(state.indexer.get());
  state.indexer.reset();
  TRY_ASSIGN(const std::uint64_t objects,
             check_pack_complete(state.quarantine + "/pack-" + name + ".idx", *state.odb, state.deadline));
  // libgit2 knows open packs of the whole process by their path: a mirror that is made again must not meet those of its
  // broken predecessor, so no name comes twice.
  const std::string nonce =
      state.quarantine + std::to_string(::getpid()) + std::to_string(monotonic_now().time_since_epoch().count());
  const std::string stored = state.repository + "/objects/pack/pack-" + sha256(nonce).hex().substr(0, 40);
  // The index last: a pack without one is not seen.
  for (const std::string_view end : {".pack", ".idx"}) {
    std::error_code code;
    fs::rename(state.quarantine + "/pack-" + name + std::string(end), stored + std::string(end), code);
    if (code)
      return fail(ErrorKind::local, "cannot move a pack into the mirror: " + code.message(),
                  {.file = state.repository});
  }
  return objects;
}

}  // namespace reconciled
