#include "sources/git_source.h"

#include "sources/credential_for.h"
#include "sources/git_channels.h"
#include "sources/git_ref.h"
#include "sources/git_tree.h"
#include "sources/git_url.h"
#include "sources/mirror.h"
#include "sources/pack_intake.h"
#include "sources/upload_pack.h"

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

namespace reconciled {
namespace {

using Credentials = std::shared_ptr<const std::vector<GitCredential>>;

/// A greeted server. The channel stands still in memory while UploadPack points to it.
struct Connection {
  std::unique_ptr<GitChannel> channel;
  UploadPack upload_pack;
};

/// One resolve of a remote repository.
struct Request {
  GitUrl url;
  std::string url_text;
  RefName ref;
  Credentials credentials;  // keeps `credential` alive
  const GitCredential* credential = nullptr;
  MonotonicTime deadline;
};

/// What to fetch: the object to ask for and the commit it leads to.
struct Tip {
  std::string name;
  std::string want;
  std::string commit;
};

class GitSourceImpl final : public GitSource {
 public:
  explicit GitSourceImpl(GitSourceOptions options) : m_options(std::move(options)) {
    set_credentials(std::move(m_options.credentials));
    m_options.credentials.clear();
    start_git2();
    limit_git2_object_bytes(m_options.limits.object_bytes);
  }

  Result<Revision> resolve(const SourceRef& ref, MonotonicTime deadline) override;
  Result<std::shared_ptr<const SourceTree>> open(const Revision& revision) override;
  Status check_base(const std::string& url) override;
  void set_credentials(std::vector<GitCredential> credentials) override;
  [[nodiscard]] GitTraffic traffic() const override;

 private:
  [[nodiscard]] Credentials credentials() const;
  [[nodiscard]] Mirror mirror_of(const GitUrl& url) const {
    return Mirror(m_options.cache_folder + '/' + mirror_name(url));
  }
  [[nodiscard]] Status check_local(const GitUrl& url) const;
  Result<Revision> resolve_local(const GitUrl& url, const RefName& ref);
  Result<Revision> resolve_remote(const Request& request);
  Result<Revision> describe(const GitStore& store, const std::string& id);
  std::optional<Revision> known(const Mirror& mirror, const std::string& commit);
  Result<Connection> connect(const Request& request);
  Result<Tip> find_tip(const Request& request, UploadPack& server, const Mirror& mirror);
  Result<Revision> update(const Request& request, Connection connection, const Mirror& mirror, const Tip& tip);
  Status fetch(const Request& request, UploadPack& server, const Tip& tip, const std::string& folder,
               const std::vector<std::string>& haves);
  Status fetch_commit(const Request& request, UploadPack& server, const Tip& tip, const std::string& folder,
                      const std::vector<std::string>& haves);
  Status rebuild(const Request& request, const Mirror& mirror, const Tip& tip, std::optional<Connection> connection);

  GitSourceOptions m_options;
  TrafficCounters m_traffic;
  mutable std::mutex m_mutex;
  Credentials m_credentials;  // guarded by m_mutex
};

void GitSourceImpl::set_credentials(std::vector<GitCredential> credentials) {
  auto fresh = std::make_shared<const std::vector<GitCredential>>(std::move(credentials));
  for (const auto& credential : *fresh) {
    if (m_options.log == nullptr) break;
    m_options.log->redact(credential.password.reveal());
    m_options.log->redact(credential.token.reveal());
  }
  const std::scoped_lock lock(m_mutex);
  m_credentials = std::move(fresh);
}

Credentials GitSourceImpl::credentials() const {
  const std::scoped_lock lock(m_mutex);
  return m_credentials;
}

GitTraffic GitSourceImpl::traffic() const {
  return {.bytes_received = m_traffic.received,
          .bytes_sent = m_traffic.sent,
          .fetches = m_traffic.fetches,
          .objects_read = m_traffic.objects_read,
          .rebuilds = m_traffic.rebuilds};
}

Status GitSourceImpl::check_base(const std::string& url) {
  TRY_ASSIGN(const GitUrl wanted, parse_git_url(url));
  for (const auto& text : m_options.base_prefixes) {
    TRY_ASSIGN(const GitUrl prefix, parse_git_url_prefix(text));
    if (covers(prefix, wanted)) return {};
  }
  return GitSource::check_base(url);
}

Result<Revision> GitSourceImpl::resolve(const SourceRef& ref, MonotonicTime deadline) {
  TRY_ASSIGN(GitUrl url, parse_git_url(ref.url));
  TRY_ASSIGN(RefName name, parse_ref(ref.ref));
  const std::string text = format_git_url(url);
  const auto run = [&]() -> Result<Revision> {
    if (url.scheme == GitUrl::Scheme::file) return resolve_local(url, name);
    Request request{.url = url, .url_text = text, .ref = name, .credentials = credentials(), .deadline = deadline};
    TRY_ASSIGN(request.credential, credential_for(*request.credentials, url));
    return resolve_remote(request);
  };
  auto revision = run();
  if (!revision)
    return fail(std::move(revision).error().in("resolve " + (ref.ref.empty() ? "the default branch" : ref.ref) +
                                               " of " + text));
  revision->url = text;
  revision->ref = ref.ref;
  return revision;
}

Result<Revision> GitSourceImpl::describe(const GitStore& store, const std::string& id) {
  std::uint64_t objects = 0;
  auto revision = store.describe(id, objects);
  m_traffic.objects_read += objects;
  return revision;
}

Status GitSourceImpl::check_local(const GitUrl& url) const {
  switch (m_options.local_repositories) {
    case LocalRepositories::allow: return {};
    case LocalRepositories::refuse:
      return fail(ErrorKind::config, "repositories of this machine are not allowed here", {}, "use https:// or ssh://");
    case LocalRepositories::named: break;
  }
  for (const auto& credential : *credentials()) {
    const auto prefix = parse_git_url_prefix(credential.url_prefix);
    if (prefix && covers(*prefix, url)) return {};
  }
  return fail(ErrorKind::config, "the settings name no repository " + url.path + " of this machine", {},
              "add it under sources, or use https:// or ssh://");
}

Result<Revision> GitSourceImpl::resolve_local(const GitUrl& url, const RefName& ref) {
  TRY(check_local(url));
  TRY_ASSIGN(const auto store, GitStore::open(url.path, ErrorKind::source_missing));
  if (ref.kind == RefName::Kind::commit) {
    if (!store.has(ref.text)) return fail(ErrorKind::source_missing, "there is no commit " + ref.text);
    return describe(store, ref.text);
  }
  TRY_ASSIGN(const auto refs, store.list_refs(names_of(ref)));
  auto chosen = choose_ref(ref, refs);
  if (!chosen && refs.empty()) {
    TRY_ASSIGN(const auto all, store.list_refs({}));
    if (all.empty()) return fail(ErrorKind::source_missing, "the repository has no commits");
    chosen = choose_ref(ref, all);
  }
  if (!chosen) return fail(std::move(chosen).error());
  return describe(store, chosen->id);
}

/// The revision of a commit that a healthy mirror holds. A commit is there only with everything that it needs.
std::optional<Revision> GitSourceImpl::known(const Mirror& mirror, const std::string& commit) {
  const auto store = mirror.open();
  if (!store || !store->has(commit)) return std::nullopt;
  auto revision = describe(*store, commit);
  if (revision) return std::move(*revision);
  if (revision.error().kind == ErrorKind::source_integrity) mirror.mark_broken();
  return std::nullopt;
}

Result<Connection> GitSourceImpl::connect(const Request& request) {
  const ChannelOptions options{.url = request.url,
                               .credential = *request.credential,
                               .limits = m_options.limits,
                               .deadline = request.deadline,
                               .plain_http = m_options.plain_http,
                               .ssh_program = m_options.ssh_program,
                               .traffic = m_traffic};
  const bool ssh = request.url.scheme == GitUrl::Scheme::ssh;
  TRY_ASSIGN(auto channel, ssh ? make_ssh_channel(options) : make_http_channel(options));
  TRY_ASSIGN(auto server, UploadPack::connect(*channel, m_options.limits.ref_list_bytes));
  return Connection{.channel = std::move(channel), .upload_pack = std::move(server)};
}

Result<Tip> GitSourceImpl::find_tip(const Request& request, UploadPack& server, const Mirror& mirror) {
  if (request.ref.kind == RefName::Kind::commit) {
    return Tip{.name = request.ref.text, .want = request.ref.text, .commit = request.ref.text};
  }
  TRY_ASSIGN(const auto refs, server.list_refs(names_of(request.ref)));
  auto chosen = choose_ref(request.ref, refs);
  if (!chosen && refs.empty()) {
    TRY_ASSIGN(const auto all, server.list_refs({}));
    if (all.empty() && mirror.exists()) {
      return fail(ErrorKind::source_integrity, "the server shows no refs at all, and showed some before", {},
                  "look at the repository on the server: it may be restoring or replaced");
    }
    if (all.empty()) return fail(ErrorKind::source_missing, "the repository has no commits");
    chosen = choose_ref(request.ref, all);
  }
  if (!chosen) return fail(std::move(chosen).error());
  return Tip{.name = chosen->symref_target.empty() ? chosen->name : chosen->symref_target,
             .want = chosen->id,
             .commit = chosen->target()};
}

Result<Revision> GitSourceImpl::resolve_remote(const Request& request) {
  const Mirror mirror = mirror_of(request.url);
  if (request.ref.kind == RefName::Kind::commit) {
    if (auto revision = known(mirror, request.ref.text)) return std::move(*revision);
  }
  TRY_ASSIGN(auto connection, connect(request));
  TRY_ASSIGN(const Tip tip, find_tip(request, connection.upload_pack, mirror));
  if (auto revision = known(mirror, tip.commit)) return std::move(*revision);
  return update(request, std::move(connection), mirror, tip);
}

Result<Revision> GitSourceImpl::update(const Request& request, Connection connection, const Mirror& mirror,
                                       const Tip& tip) {
  std::error_code code;
  std::filesystem::create_directories(m_options.cache_folder, code);
  if (code)
    return fail(ErrorKind::local, "cannot make the cache folder: " + code.message(), {.file = m_options.cache_folder});
  TRY_ASSIGN(
      const auto lock,
      MirrorLock::take(mirror.lock_file(), std::min(request.deadline, monotonic_now() + m_options.limits.lock_time)));
  mirror.remove_leftovers();
  if (auto revision = known(mirror, tip.commit)) return std::move(*revision);  // somebody else fetched it
  const auto store = mirror.open();
  std::uint64_t objects = 0;
  const auto haves = store ? store->haves(tip.name, objects) : std::nullopt;
  m_traffic.objects_read += objects;
  if (!haves) {
    TRY(rebuild(request, mirror, tip, std::move(connection)));
  } else {
    const auto fetched = fetch_commit(request, connection.upload_pack, tip, mirror.folder(), *haves);
    // A bad pack may be the server's fault or come of a mirror that lacks what it should have: a whole one tells.
    if (!fetched && fetched.error().kind == ErrorKind::source_integrity && !haves->empty()) {
      TRY(rebuild(request, mirror, tip, std::nullopt));
    } else {
      TRY(fetched);
    }
  }
  TRY_ASSIGN(const auto filled, GitStore::open(mirror.folder(), ErrorKind::source_integrity));
  TRY_ASSIGN(auto revision, describe(filled, tip.want));
  TRY(filled.remember(tip.name, revision.commit));
  if (m_options.log != nullptr) {
    m_options.log->debug("fetched", {{"repository", request.url_text}, {"ref", tip.name}, {"commit", revision.commit}});
  }
  return revision;
}

Status GitSourceImpl::rebuild(const Request& request, const Mirror& mirror, const Tip& tip,
                              std::optional<Connection> connection) {
  if (mirror.exists()) {
    ++m_traffic.rebuilds;
    if (m_options.log != nullptr)
      m_options.log->warn("a mirror is broken and is made again", {{"repository", request.url_text}});
  }
  if (!connection) {
    TRY_ASSIGN(connection, connect(request));
  }
  return mirror.replace(
      [&](const std::string& folder) { return fetch_commit(request, connection->upload_pack, tip, folder, {}); });
}

Status GitSourceImpl::fetch(const Request& request, UploadPack& server, const Tip& tip, const std::string& folder,
                            const std::vector<std::string>& haves) {
  TRY_ASSIGN(const auto intake, PackIntake::start(folder, m_options.limits, request.deadline));
  TRY(server.fetch(tip.want, haves, [&](std::string_view bytes) { return intake->add(bytes); }));
  TRY_ASSIGN(const std::uint64_t objects, intake->finish());
  m_traffic.objects_read += objects;
  ++m_traffic.fetches;
  return {};
}

/// A server that does not give a commit by its id may still have it in the history of a branch or tag.
Status GitSourceImpl::fetch_commit(const Request& request, UploadPack& server, const Tip& tip,
                                   const std::string& folder, const std::vector<std::string>& haves) {
  auto direct = fetch(request, server, tip, folder, haves);
  if (direct || request.ref.kind != RefName::Kind::commit || direct.error().kind != ErrorKind::source_missing)
    return direct;
  TRY_ASSIGN(auto connection, connect(request));
  TRY_ASSIGN(const auto refs, connection.upload_pack.list_refs({}));
  std::vector<std::string> known_tips = haves;
  for (const auto& ref : refs) {
    if (std::ranges::find(known_tips, ref.target()) != known_tips.end()) continue;
    TRY_ASSIGN(auto next, connect(request));
    TRY(fetch(request, next.upload_pack, Tip{.name = ref.name, .want = ref.id, .commit = ref.target()}, folder,
              known_tips));
    known_tips.push_back(ref.target());
    TRY_ASSIGN(const auto store, GitStore::open(folder, ErrorKind::source_integrity));
    if (store.has(tip.commit)) return {};
  }
  return fail(ErrorKind::source_missing, "there is no commit " + tip.commit + " in any branch or tag");
}

Result<std::shared_ptr<const SourceTree>> GitSourceImpl::open(const Revision& revision) {
  TRY_ASSIGN(const GitUrl url, parse_git_url(revision.url));
  GitTreeOptions options;
  options.root = revision.tree;
  options.objects_read = &m_traffic.objects_read;
  if (url.scheme == GitUrl::Scheme::file) {
    TRY(check_local(url));
    options.repository = url.path;
  } else {
    const Mirror mirror = mirror_of(url);
    if (!mirror.exists()) {
      return fail(ErrorKind::source_transient, "the mirror of " + revision.url + " was removed", {},
                  "resolve the ref again");
    }
    options.repository = mirror.folder();
    options.on_damage = [mirror] { mirror.mark_broken(); };
  }
  auto tree = open_git_tree(std::move(options));
  if (!tree) return fail(std::move(tree).error().in("open " + revision.commit + " of " + revision.url));
  return tree;
}

}  // namespace

std::unique_ptr<GitSource> make_git_source(GitSourceOptions options) {
  return std::make_unique<GitSourceImpl>(std::move(options));
}

}  // namespace reconciled
