// A repository, its copies on the HTTPS and the SSH server, and a source that reads them.
#pragma once

#include "base/file.h"
#include "sources/git_source.h"
#include "tests/sources/support.h"
#include "tests/support/git_repository.h"
#include "tests/support/git_servers.h"
#include "tests/support/tcp_proxy.h"
#include "tests/support/temp_folder.h"

#include <memory>
#include <string>

namespace reconciled {

/// Started once for all tests of the program.
inline HttpsGitServer& https_server() {
  static const std::unique_ptr<HttpsGitServer> server = take(HttpsGitServer::start());
  return *server;
}
inline SshGitServer& ssh_server() {
  static const std::unique_ptr<SshGitServer> server = take(SshGitServer::start());
  return *server;
}

struct RemoteFixture {
  enum class Way { https, https_v0, ssh };

  TempFolder temp;
  GitRepository repository = take(GitRepository::make(temp.path() + "/repo"));
  std::string name = temp.path().substr(temp.path().rfind('/') + 1) + ".git";  // nobody else's on the shared servers
  GitLimits limits;
  std::unique_ptr<GitSource> source = make_source();

  [[nodiscard]] std::string cache() const { return temp.path() + "/cache"; }

  [[nodiscard]] static std::vector<GitCredential> credentials() {
    std::vector<GitCredential> all(2);
    all[0].url_prefix = "https://localhost:" + std::to_string(https_server().port());
    all[0].ca_file = https_server().ca_file();
    all[1].url_prefix = "ssh://127.0.0.1:" + std::to_string(ssh_server().port());
    all[1].ssh_key_file = ssh_server().key_file();
    all[1].known_hosts_file = ssh_server().known_hosts_file();
    return all;
  }
  [[nodiscard]] std::unique_ptr<GitSource> make_source() const { return make_source(credentials()); }
  [[nodiscard]] std::unique_ptr<GitSource> make_source(std::vector<GitCredential> credentials) const {
    GitSourceOptions options;
    options.cache_folder = cache();
    options.credentials = std::move(credentials);
    options.limits = limits;
    return make_git_source(std::move(options));
  }
  /// Everything below a proxy's port, with what the real servers need.
  [[nodiscard]] std::unique_ptr<GitSource> make_source_through(const TcpProxy& proxy) const {
    std::vector<GitCredential> all = credentials();
    all[0].url_prefix = "https://localhost:" + std::to_string(proxy.port());
    all[1].url_prefix = "ssh://127.0.0.1:" + std::to_string(proxy.port());
    all[1].known_hosts_file = temp.path() + "/proxy_known_hosts";
    check_ok(write_file_atomically(all[1].known_hosts_file, take(ssh_server().known_hosts_for(proxy.port()))));
    return make_source(std::move(all));
  }

  [[nodiscard]] std::string url(Way way) const {
    if (way == Way::ssh) return ssh_server().url(name);
    return https_server().url(way == Way::https ? "git" : "v0", name);
  }
  [[nodiscard]] std::string url_through(const TcpProxy& proxy, Way way) const {
    const std::string port = std::to_string(proxy.port());
    if (way == Way::ssh)
      return "ssh://" + ssh_server().user() + "@127.0.0.1:" + port + ssh_server().root() + '/' + name;
    return "https://localhost:" + port + "/git/" + name;
  }
  void push() const {
    check_ok(repository.push_to(https_server().root() + '/' + name));
    check_ok(repository.push_to(ssh_server().root() + '/' + name));
  }
  Result<Revision> resolve(Way way, const std::string& ref) {
    return source->resolve({.url = url(way), .ref = ref}, soon());
  }
  /// A file of a ref, through resolve and open.
  std::string file(Way way, const std::string& ref, const std::string& path) {
    const auto tree = take(source->open(take(resolve(way, ref))));
    return take(tree->read(path, 1 << 20)).value_or("absent");
  }
  std::string commit_file(const std::string& path, std::string_view content) {
    check_ok(repository.write(path, content));
    return take(repository.commit("write " + path));
  }
};

/// Bytes that do not compress, the same for the same seed.
inline std::string noise(std::size_t size, std::uint64_t seed) {
  std::string text(size, '\0');
  for (char& c : text) {
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    c = static_cast<char>(seed >> 56);
  }
  return text;
}

constexpr RemoteFixture::Way k_ways[] = {RemoteFixture::Way::https, RemoteFixture::Way::https_v0,
                                         RemoteFixture::Way::ssh};

}  // namespace reconciled
