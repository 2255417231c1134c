// Servers, networks and disks that misbehave: each has a named error, and the mirror is as good as before.
#include "tests/sources/remote_fixture.h"

#include <filesystem>
#include <fstream>

using namespace reconciled;
namespace fs = std::filesystem;
using Way = RemoteFixture::Way;

namespace {

/// Every file below a folder with its size and time, for comparison.
std::vector<std::string> listing(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    files.push_back(entry.path().string() + ' ' +
                    (entry.is_regular_file() ? std::to_string(entry.file_size()) : "folder"));
  }
  std::ranges::sort(files);
  return files;
}

std::string pack_of(const std::string& cache, const std::string& extension) {
  for (const auto& entry : fs::recursive_directory_iterator(cache)) {
    if (entry.path().extension() == extension && entry.path().string().find("/objects/pack/") != std::string::npos)
      return entry.path();
  }
  return {};
}

void flip(const std::string& file, std::uint64_t offset) {
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(offset));
  const char byte = static_cast<char>(stream.get());
  stream.seekp(static_cast<std::streamoff>(offset));
  stream.put(static_cast<char>(byte ^ 0x40));
}

}  // namespace

TEST_CASE_FIXTURE(RemoteFixture, "a server's refusal has its class and hides credentials") {
  const auto answer = [&](const std::string& place) {
    return error_of(source->resolve({.url = https_server().url(place, "x.git"), .ref = "main"}, soon()));
  };
  CHECK(answer("forbidden").kind == ErrorKind::source_auth);
  CHECK(answer("missing").kind == ErrorKind::source_missing);
  CHECK(answer("git").kind == ErrorKind::source_missing);
  CHECK(answer("error").kind == ErrorKind::source_transient);
  CHECK(answer("busy").kind == ErrorKind::source_transient);
  CHECK(answer("html").kind == ErrorKind::source_integrity);
  CHECK(says(answer("html"), "web page"));
  CHECK(answer("wrong-type").kind == ErrorKind::source_integrity);
  CHECK(answer("no-refs").kind == ErrorKind::source_missing);
  CHECK(answer("nothing").kind == ErrorKind::source_integrity);
  CHECK(says(answer("elsewhere"), "redirects to another host"));
  CHECK(answer("other-port").kind == ErrorKind::source_integrity);
  CHECK(answer("login").kind == ErrorKind::source_integrity);
  CHECK(answer("error").context.size() == 1);
  CHECK_FALSE(fs::exists(cache()));
}

TEST_CASE_FIXTURE(RemoteFixture, "a redirect within the server is followed") {
  commit_file("a", "1");
  push();
  const auto revision = take(source->resolve({.url = https_server().url("moved", name), .ref = "main"}, soon()));
  CHECK(revision.subject == "write a");
}

TEST_CASE_FIXTURE(RemoteFixture, "passwords and tokens are sent, renewed and never shown") {
  commit_file("a", "1");
  push();
  const auto with = [](const std::string& password, const std::string& token) {
    auto all = credentials();
    all[0].username = "bob";
    all[0].password = SecretString(password);
    all[0].token = SecretString(token);
    return all;
  };
  const SourceRef basic{.url = https_server().url("basic", name), .ref = "main"};
  const SourceRef bearer{.url = https_server().url("bearer", name), .ref = "main"};
  CHECK(error_of(source->resolve(basic, soon())).kind == ErrorKind::source_auth);
  CHECK(error_of(source->resolve(bearer, soon())).kind == ErrorKind::source_auth);
  source->set_credentials(with("wrong-password", ""));
  const Error refused = error_of(source->resolve(basic, soon()));
  CHECK(refused.kind == ErrorKind::source_auth);
  CHECK(says(refused, "refuses our credentials"));
  CHECK_FALSE(says(refused, "wrong-password"));
  source->set_credentials(with(HttpsGitServer::password(), ""));
  CHECK(take(source->resolve(basic, soon())).subject == "write a");
  source->set_credentials(with("", HttpsGitServer::token()));
  CHECK(take(source->resolve(bearer, soon())).subject == "write a");
}

TEST_CASE_FIXTURE(RemoteFixture, "certificates and host keys that are not trusted end the call") {
  commit_file("a", "1");
  push();
  const SourceRef https{.url = url(Way::https), .ref = "main"};
  const SourceRef ssh{.url = url(Way::ssh), .ref = "main"};
  auto all = credentials();
  all[0].ca_file = https_server().other_ca_file();
  all[1].known_hosts_file = ssh_server().wrong_known_hosts_file();
  source->set_credentials(std::move(all));
  const Error certificate = error_of(source->resolve(https, soon()));
  CHECK(certificate.kind == ErrorKind::source_integrity);
  CHECK(says(certificate, "certificate"));
  const Error changed = error_of(source->resolve(ssh, soon()));
  CHECK(changed.kind == ErrorKind::source_integrity);
  CHECK(says(changed, "host key"));
  all = credentials();
  all[0].ca_file.clear();
  all[1].known_hosts_file = ssh_server().empty_known_hosts_file();
  source->set_credentials(std::move(all));
  CHECK(error_of(source->resolve(https, soon())).kind == ErrorKind::source_integrity);
  CHECK(error_of(source->resolve(ssh, soon())).kind == ErrorKind::source_integrity);
  all = credentials();
  all[0].ca_file.clear();
  all[0].ca_pem = take(read_file(https_server().ca_file()));
  all[1].ssh_key_file = ssh_server().other_key_file();
  source->set_credentials(std::move(all));
  CHECK(take(source->resolve(https, soon())).subject == "write a");
  const Error key = error_of(source->resolve(ssh, soon()));
  CHECK(key.kind == ErrorKind::source_auth);
  CHECK(says(key, "refuses our key"));
}

TEST_CASE_FIXTURE(RemoteFixture, "unreachable servers and names are transient") {
  const std::string closed = std::to_string(free_port());
  CHECK(error_of(source->resolve({.url = "https://localhost:" + closed + "/r", .ref = ""}, soon())).kind ==
        ErrorKind::source_transient);
  CHECK(error_of(source->resolve({.url = "ssh://127.0.0.1:" + closed + "/r", .ref = ""}, soon())).kind ==
        ErrorKind::source_transient);
  CHECK(error_of(source->resolve({.url = "https://git.example.invalid/r", .ref = ""}, soon())).kind ==
        ErrorKind::source_transient);
  CHECK(error_of(source->resolve({.url = "http://git.example.invalid/r", .ref = ""}, soon())).kind ==
        ErrorKind::config);
}

TEST_CASE_FIXTURE(RemoteFixture, "a connection cut anywhere in the pack leaves the mirror as it was") {
  commit_file("a", "1");
  push();
  for (const Way way : {Way::https, Way::ssh}) {
    CAPTURE(static_cast<int>(way));
    TcpProxy proxy(way == Way::ssh ? ssh_server().port() : https_server().port());
    source = make_source_through(proxy);
    const SourceRef ref{.url = url_through(proxy, way), .ref = "main"};
    take(source->resolve(ref, soon()));
    const std::string commit = commit_file("noise", noise(100'000, static_cast<std::uint64_t>(way) + 1));
    push();
    const auto before = listing(cache());
    for (const unsigned offset : {100U, 2000U, 5000U, 20'000U, 60'000U, 100'000U}) {
      CAPTURE(offset);
      proxy.begin_plan({.cut_after = offset});
      const auto kind = error_of(source->resolve(ref, soon())).kind;
      CHECK(kind == ErrorKind::source_transient);
      CHECK(listing(cache()) == before);
    }
    proxy.begin_plan({});
    CHECK(take(source->resolve(ref, soon())).commit == commit);
    CHECK(source->traffic().rebuilds == 0);
  }
}

TEST_CASE_FIXTURE(RemoteFixture, "a server that drips is given up, by its speed and by the deadline") {
  commit_file("noise", noise(100'000, 1));
  push();
  for (const Way way : {Way::https, Way::ssh}) {
    CAPTURE(static_cast<int>(way));
    TcpProxy proxy(way == Way::ssh ? ssh_server().port() : https_server().port());
    proxy.begin_plan({.drip_after = 20'000});
    limits.slow_time = std::chrono::milliseconds(700);
    limits.bytes_per_second = 1000;
    const SourceRef ref{.url = url_through(proxy, way), .ref = "main"};
    const Error slow = error_of(make_source_through(proxy)->resolve(ref, soon()));
    CHECK(slow.kind == ErrorKind::source_transient);
    CHECK(says(slow, "too slowly"));
    limits.slow_time = std::chrono::seconds(30);
    proxy.begin_plan({.drip_after = 0});
    const auto begin = monotonic_now();
    const Error late = error_of(make_source_through(proxy)->resolve(ref, begin + std::chrono::milliseconds(600)));
    CHECK(late.kind == ErrorKind::timeout);
    CHECK(monotonic_now() - begin < std::chrono::seconds(5));
  }
}

TEST_CASE_FIXTURE(RemoteFixture, "limits on packs, objects and the disk are named and leave nothing behind") {
  commit_file("noise", noise(200'000, 1));
  push();
  const SourceRef ref{.url = url(Way::https), .ref = "main"};
  limits.pack_bytes = 50'000;
  CHECK(error_of(make_source()->resolve(ref, soon())).kind == ErrorKind::limit);
  limits.pack_bytes = GitLimits{}.pack_bytes;
  limits.free_disk_bytes = 1ULL << 60;
  const Error full = error_of(make_source()->resolve(ref, soon()));
  CHECK(full.kind == ErrorKind::local);
  CHECK(says(full, "disk"));
  for (const auto& entry : fs::directory_iterator(cache())) CHECK(entry.path().extension() == ".lock");
  const auto tree = take(source->open(take(source->resolve(ref, soon()))));
  CHECK(error_of(tree->read("noise", 199'999)).kind == ErrorKind::limit);
  CHECK(take(tree->read("noise", 200'000))->size() == 200'000);
}

TEST_CASE_FIXTURE(RemoteFixture, "a cache that cannot be written is an error of this machine") {
  commit_file("a", "1");
  push();
  check_ok(write_file_atomically(cache(), "a file where the folder should be"));
  CHECK(error_of(resolve(Way::https, "main")).kind == ErrorKind::local);
}

TEST_CASE_FIXTURE(RemoteFixture, "a deleted cache is made again") {
  commit_file("a", "1");
  push();
  const Revision revision = take(resolve(Way::https, "main"));
  fs::remove_all(cache());
  CHECK(error_of(source->open(revision)).kind == ErrorKind::source_transient);
  CHECK(file(Way::https, "main", "a") == "1");
}

TEST_CASE_FIXTURE(RemoteFixture, "a mirror with a missing or cut file is made again") {
  for (int i = 0; i < 20; ++i)
    check_ok(repository.write("f" + std::to_string(i), noise(2000, static_cast<std::uint64_t>(i))));
  commit_file("a", "1");
  push();
  std::uint64_t rebuilds = 0;
  const auto damage = [&](const char* what, auto&& harm) {
    CAPTURE(std::string(what));
    take(resolve(Way::https, "main"));
    harm();
    // Either the next call finds it, or reading does and the call after that repairs.
    const auto read_all = [&]() -> Status {
      TRY_ASSIGN(const auto revision, resolve(Way::https, "main"));
      TRY_ASSIGN(const auto tree, source->open(revision));
      for (int i = 0; i < 20; ++i) {
        TRY_ASSIGN(const auto content, tree->read("f" + std::to_string(i), 10'000));
        CHECK(content == noise(2000, static_cast<std::uint64_t>(i)));
      }
      return {};
    };
    const auto first = read_all();
    if (!first) CHECK(first.error().kind == ErrorKind::source_integrity);
    check_ok(read_all());
    CHECK(source->traffic().rebuilds == ++rebuilds);
  };
  damage("pack removed", [&] { fs::remove(pack_of(cache(), ".pack")); });
  damage("index removed", [&] { fs::remove(pack_of(cache(), ".idx")); });
  damage("pack cut", [&] { fs::resize_file(pack_of(cache(), ".pack"), 1000); });
  damage("pack emptied", [&] { fs::resize_file(pack_of(cache(), ".pack"), 0); });
  damage("index cut", [&] { fs::resize_file(pack_of(cache(), ".idx"), 1100); });
  damage("HEAD removed",
         [&] { fs::remove(fs::path(pack_of(cache(), ".pack")).parent_path().parent_path().parent_path() / "HEAD"); });
}

TEST_CASE_FIXTURE(RemoteFixture, "bytes that change on the disk are never taken for content") {
  for (int i = 0; i < 10; ++i)
    check_ok(repository.write("f" + std::to_string(i), noise(1000, static_cast<std::uint64_t>(i))));
  commit_file("a", "1");
  push();
  take(resolve(Way::https, "main"));
  const std::string pack = pack_of(cache(), ".pack");
  const std::uint64_t size = fs::file_size(pack);
  int found = 0;
  for (std::uint64_t offset = 3; offset < size - 20; offset += size / 25) {
    CAPTURE(offset);
    take(resolve(Way::https, "main"));
    flip(pack_of(cache(), ".pack"), offset);
    bool failed = false;
    for (int attempt = 0; attempt < 2; ++attempt) {
      const auto revision = take(resolve(Way::https, "main"));
      const auto tree = source->open(revision);
      if (!tree) {
        failed = true;
        continue;
      }
      for (int i = 0; i < 10; ++i) {
        const auto content = (*tree)->read("f" + std::to_string(i), 10'000);
        if (content) CHECK(*content == noise(1000, static_cast<std::uint64_t>(i)));
        if (!content) CHECK(content.error().kind == ErrorKind::source_integrity);
        failed = failed || !content;
      }
    }
    found += failed ? 1 : 0;
    fs::remove_all(cache());
  }
  CHECK(found > 12);
}

TEST_CASE_FIXTURE(RemoteFixture, "a mirror that lacks what it should have does not spoil the next fetch") {
  commit_file("a", noise(3000, 1));
  push();
  take(resolve(Way::https, "main"));
  const std::string pack = pack_of(cache(), ".pack");
  fs::remove(pack);
  fs::remove(fs::path(pack).replace_extension(".idx"));
  const std::string commit = commit_file("b", "2");
  push();
  CHECK(take(resolve(Way::https, "main")).commit == commit);
  CHECK(file(Way::https, "main", "a") == noise(3000, 1));
}

TEST_CASE_FIXTURE(RemoteFixture, "what a killed fetch left is cleared away") {
  commit_file("a", "1");
  push();
  take(resolve(Way::https, "main"));
  const fs::path mirror = fs::path(pack_of(cache(), ".pack")).parent_path().parent_path().parent_path();
  fs::create_directories(mirror / "incoming-abcdef/x");
  fs::create_directories(mirror.string() + ".new-abcdef/x");
  fs::create_directories(mirror.string() + ".old-abcdef/x");
  commit_file("a", "2");
  push();
  take(resolve(Way::https, "main"));
  CHECK_FALSE(fs::exists(mirror / "incoming-abcdef"));
  CHECK_FALSE(fs::exists(mirror.string() + ".new-abcdef"));
  CHECK_FALSE(fs::exists(mirror.string() + ".old-abcdef"));
}
