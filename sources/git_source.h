// Git repositories as a Source: over HTTPS, over SSH, and on this machine.
#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "ports/source.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace reconciled {

/// How to reach the repositories below a URL prefix. The longest prefix that fits a URL is taken, whole; scheme, host
/// and port must be equal, so a credential never reaches another server.
struct GitCredential {
  std::string url_prefix;     ///< "https://git.example.com/team/", "git@git.example.com:"
  std::string username;       ///< for basic authentication; of ssh where the URL names none
  SecretString password;      ///< basic authentication
  std::string password_file;  ///< holds the password; read at each use, so that a rotated one counts at once
  SecretString token;         ///< sent as "Authorization: Bearer"; wins over the password
  std::string ca_file;        ///< trusted instead of the machine's authorities
  std::string ca_pem;         ///< the same as text
  std::string client_certificate_file;
  std::string client_key_file;
  std::string ssh_key_file;      ///< empty: the agent's and user's keys
  std::string known_hosts_file;  ///< empty: the user's; a host that is not in it is refused either way
  std::string proxy;             ///< of http and https; "http://proxy:3128". The environment is not asked.
  [[nodiscard]] GitCredential clone() const;
};

struct GitLimits {
  std::uint64_t pack_bytes = 4ULL << 30;        ///< one fetch
  std::uint64_t object_bytes = 256ULL << 20;    ///< one object of a pack, inflated; the largest of all sources holds
  std::uint64_t ref_list_bytes = 64ULL << 20;   ///< what a server says about its refs
  std::uint64_t free_disk_bytes = 32ULL << 20;  ///< left free on the disk of the cache
  std::uint64_t bytes_per_second = 128;         ///< slower than that for `slow_time` is an error
  Duration slow_time = std::chrono::seconds(30);
  Duration connect_time = std::chrono::seconds(10);
  Duration lock_time = std::chrono::seconds(120);  ///< waiting for another process that fetches the same repository
};

/// Where http:// without TLS is spoken. Credentials travel over it only to this machine.
enum class PlainHttp : std::uint8_t { refuse, loopback, allow };
/// Which repositories of this machine are read, by file:// or an absolute folder: `named` are those under the URL
/// prefix of a credential, so that a stack cannot name what lies on the machine that renders it.
enum class LocalRepositories : std::uint8_t { refuse, named, allow };

struct GitSourceOptions {
  std::string cache_folder;  ///< made when absent; may be deleted at any time
  std::vector<GitCredential> credentials;
  GitLimits limits;
  PlainHttp plain_http = PlainHttp::loopback;
  LocalRepositories local_repositories = LocalRepositories::allow;
  std::vector<std::string> base_prefixes;  ///< URL prefixes of repositories that hold bases of kustomizations
  std::string ssh_program = "ssh";
  Logger* log = nullptr;  ///< told of rebuilt mirrors and finished fetches; must outlive the source
};

/// What it cost so far, since the source was made.
struct GitTraffic {
  std::uint64_t bytes_received = 0;  ///< of answers, after TLS or ssh
  std::uint64_t bytes_sent = 0;
  std::uint64_t fetches = 0;       ///< packs transferred
  std::uint64_t objects_read = 0;  ///< from object stores, by resolve and by the trees it opened
  std::uint64_t rebuilds = 0;      ///< mirrors found broken and made again
};

class GitSource : public Source {
 public:
  /// For a token that was rotated; calls under way finish with the old ones.
  virtual void set_credentials(std::vector<GitCredential> credentials) = 0;
  [[nodiscard]] virtual GitTraffic traffic() const = 0;
};

/// One bare mirror and one lock file a repository in the cache folder, shared by processes; repositories of this
/// machine are read where they lie. Fetches are incremental, and transfer nothing when the ref has not moved; a failed
/// one leaves the mirror as it was. A mirror that turns out broken is made again. Submodules, hooks, filters and LFS
/// are never run. Does nothing on the disk or network before the first call.
std::unique_ptr<GitSource> make_git_source(GitSourceOptions options);

}  // namespace reconciled
