// What it costs to follow a commit that changes one file of a 50 MB repository: bytes on the wire, counted by a proxy
// between the client and real servers (TLS and SSH included), and objects read.
#include "base/clock.h"
#include "base/file.h"
#include "bench/pairs.h"
#include "sources/git_source.h"
#include "tests/support/git_repository.h"
#include "tests/support/git_servers.h"
#include "tests/support/tcp_proxy.h"
#include "tests/support/temp_folder.h"

#include <cstdint>
#include <cstdio>
#include <string>

namespace reconciled {
namespace {

constexpr int k_stacks = 500;
constexpr std::size_t k_bytes_a_stack = 100'000;
constexpr double k_max_wire_bytes = 64 * 1024;
constexpr double k_max_objects = 20;

/// Text of hexadecimal digits that compresses to about half.
std::string noise(std::size_t size, std::uint64_t seed) {
  std::string text(size, '\n');
  for (std::size_t i = 0; i < size; ++i) {
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    if (i % 80 != 0) text[i] = static_cast<char>(seed >> 56);
  }
  return text;
}

std::string stack_folder(int stack) {
  return "applications/stack-" + std::to_string(stack);
}

Result<GitRepository> make_repository(const std::string& folder) {
  TRY_ASSIGN(auto repository, GitRepository::make(folder));
  for (int stack = 0; stack < k_stacks; ++stack) {
    TRY(repository.write(stack_folder(stack) + "/data", noise(k_bytes_a_stack, static_cast<std::uint64_t>(stack))));
    TRY(repository.write(stack_folder(stack) + "/values.yaml", "replicas: 1\n"));
  }
  TRY(repository.commit("Begin"));
  return repository;
}

/// What a daemon does with a commit: finds out which stacks moved, and reads a file of one.
Status follow(GitSource& source, const SourceRef& ref) {
  TRY_ASSIGN(const auto revision, source.resolve(ref, monotonic_now() + std::chrono::minutes(5)));
  TRY_ASSIGN(const auto tree, source.open(revision));
  for (int stack = 0; stack < k_stacks; ++stack) TRY(tree->id(stack_folder(stack)));
  TRY(tree->read(stack_folder(7) + "/values.yaml", 1000));
  return {};
}

struct Way {
  const char* name;
  std::string url;
  TcpProxy* proxy;  ///< nullptr: nothing goes over a wire
};

Result<bool> measure(const Way& way, GitSource& source, GitRepository& repository, const std::string& remote) {
  const SourceRef ref{.url = way.url, .ref = "main"};
  const auto begin = monotonic_now();
  TRY(follow(source, ref));
  const auto cloned = monotonic_now();
  TRY(repository.write(stack_folder(7) + "/values.yaml", std::string("way: ") + way.name + "\n"));
  TRY(repository.commit("Change one file"));
  TRY(repository.push_to(remote));
  if (way.proxy != nullptr) way.proxy->begin_plan({});
  const GitTraffic before = source.traffic();
  const auto start = monotonic_now();
  TRY(follow(source, ref));
  const auto end = monotonic_now();
  const double wire =
      way.proxy == nullptr ? 0 : static_cast<double>(way.proxy->from_server() + way.proxy->from_client());
  const double objects = static_cast<double>(source.traffic().objects_read - before.objects_read);
  std::printf("%s: first fetch %s, the commit %s, %.0f bytes on the wire, %.0f objects read\n", way.name,
              format_duration(cloned - begin).c_str(), format_duration(end - start).c_str(), wire, objects);
  const bool small = bench::report((std::string("source-fetch-bytes-") + way.name).c_str(), wire / k_max_wire_bytes, 1);
  return bench::report((std::string("source-fetch-objects-") + way.name).c_str(), objects / k_max_objects, 1) && small;
}

Result<bool> run() {
  const TempFolder temp;
  TRY_ASSIGN(auto repository, make_repository(temp.path() + "/repo"));
  TRY_ASSIGN(const auto https, HttpsGitServer::start());
  TRY_ASSIGN(const auto ssh, SshGitServer::start());
  const std::string https_remote = https->root() + "/r.git";
  const std::string ssh_remote = ssh->root() + "/r.git";
  TRY(repository.push_to(https_remote));
  TRY(repository.push_to(ssh_remote));
  TcpProxy https_proxy(https->port());
  TcpProxy ssh_proxy(ssh->port());
  const std::string https_url = "https://localhost:" + std::to_string(https_proxy.port()) + "/git/r.git";
  const std::string ssh_url = "ssh://" + ssh->user() + "@127.0.0.1:" + std::to_string(ssh_proxy.port()) + ssh_remote;
  GitSourceOptions options;
  options.cache_folder = temp.path() + "/cache";
  options.credentials.resize(2);
  options.credentials[0].url_prefix = https_url;
  options.credentials[0].ca_file = https->ca_file();
  options.credentials[1].url_prefix = ssh_url;
  options.credentials[1].ssh_key_file = ssh->key_file();
  options.credentials[1].known_hosts_file = temp.path() + "/known_hosts";
  TRY_ASSIGN(const std::string known, ssh->known_hosts_for(ssh_proxy.port()));
  TRY(write_file_atomically(options.credentials[1].known_hosts_file, known));
  const auto source = make_git_source(std::move(options));
  TRY_ASSIGN(bool good, measure({"https", https_url, &https_proxy}, *source, repository, https_remote));
  TRY_ASSIGN(const bool ssh_good, measure({"ssh", ssh_url, &ssh_proxy}, *source, repository, ssh_remote));
  TRY_ASSIGN(const bool file_good, measure({"file", repository.file_url(), nullptr}, *source, repository, ssh_remote));
  return good && ssh_good && file_good;
}

}  // namespace
}  // namespace reconciled

int main() {
  const auto good = reconciled::run();
  if (!good) std::fprintf(stderr, "%s\n", reconciled::format_error(good.error()).c_str());
  return good && *good ? 0 : 1;
}
