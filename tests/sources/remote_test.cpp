// Fetching from real servers: what comes, and how much of it.
#include "base/process.h"
#include "tests/sources/remote_fixture.h"

#include <filesystem>
#include <thread>

using namespace reconciled;
using Way = RemoteFixture::Way;

TEST_CASE_FIXTURE(RemoteFixture, "a repository is fetched, followed and left alone when nothing moved") {
  for (const Way way : k_ways) {
    CAPTURE(static_cast<int>(way));
    const std::string first = commit_file("apps/shop/a.yaml", "a: 1\n");
    push();
    CHECK(file(way, "main", "apps/shop/a.yaml") == "a: 1\n");
    const auto fetches = source->traffic().fetches;
    const Revision again = take(resolve(way, "main"));
    CHECK(again.commit == first);
    CHECK(take(resolve(way, "")).commit == first);
    CHECK(take(resolve(way, "refs/heads/main")).commit == first);
    CHECK(take(resolve(way, first)).commit == first);
    CHECK(source->traffic().fetches == fetches);
    commit_file("apps/shop/a.yaml", "a: 2\n");
    push();
    CHECK(file(way, "", "apps/shop/a.yaml") == "a: 2\n");
    CHECK(source->traffic().fetches == fetches + 1);
  }
}

TEST_CASE_FIXTURE(RemoteFixture, "an unmoved ref costs a few bytes and a moved one only what is new") {
  for (int i = 0; i < 40; ++i)
    check_ok(repository.write("big/" + std::to_string(i), noise(10'000, static_cast<std::uint64_t>(i))));
  commit_file("a", "1");
  push();
  for (const Way way : {Way::https, Way::ssh}) {
    CAPTURE(static_cast<int>(way));
    TcpProxy proxy(way == Way::ssh ? ssh_server().port() : https_server().port());
    source = make_source_through(proxy);
    const SourceRef ref{.url = url_through(proxy, way), .ref = "main"};
    take(source->resolve(ref, soon()));
    CHECK(proxy.from_server() > 400'000);
    proxy.begin_plan({});
    take(source->resolve(ref, soon()));
    CHECK(proxy.from_server() < 10'000);
    const std::string commit = commit_file("a", "changed for " + std::to_string(static_cast<int>(way)));
    push();
    proxy.begin_plan({});
    CHECK(take(source->resolve(ref, soon())).commit == commit);
    CHECK(proxy.from_server() < 20'000);
  }
}

TEST_CASE_FIXTURE(RemoteFixture, "force-pushes, deleted branches and tags are followed") {
  const std::string base = commit_file("a", "1");
  commit_file("a", "2");
  take(repository.git({"tag", "-a", "v1", "-m", "one"}));
  take(repository.git({"branch", "side"}));
  push();
  for (const Way way : k_ways) {
    CAPTURE(static_cast<int>(way));
    CHECK(file(way, "main", "a") == "2");
    CHECK(file(way, "v1", "a") == "2");
    CHECK(file(way, "side", "a") == "2");
  }
  take(repository.git({"reset", "-q", "--hard", base}));
  const std::string other = commit_file("b", "unrelated");
  take(repository.git({"branch", "-D", "side"}));
  take(repository.git({"branch", "side/deeper"}));
  push();
  for (const Way way : k_ways) {
    CAPTURE(static_cast<int>(way));
    CHECK(take(resolve(way, "main")).commit == other);
    CHECK(file(way, "main", "a") == "1");
    CHECK(file(way, "v1", "a") == "2");
    const Error gone = error_of(resolve(way, "side"));
    CHECK(gone.kind == ErrorKind::source_missing);
    CHECK(file(way, "side/deeper", "b") == "unrelated");
    const Error near = error_of(resolve(way, "mian"));
    CHECK(near.kind == ErrorKind::source_missing);
    CHECK(says(near, "did you mean \"main\"?"));
  }
}

TEST_CASE_FIXTURE(RemoteFixture, "commit ids are fetched whether a ref names them or not") {
  const std::string old = commit_file("a", "1");
  commit_file("a", "2");
  take(repository.git({"checkout", "-q", "--orphan", "island"}));
  const std::string island = commit_file("c", "island");
  commit_file("c", "island 2");
  take(repository.git({"checkout", "-q", "main"}));
  push();
  for (const Way way : k_ways) {
    CAPTURE(static_cast<int>(way));
    CHECK(file(way, old, "a") == "1");
    CHECK(file(way, island, "c") == "island");
    CHECK(error_of(resolve(way, std::string(40, '1'))).kind == ErrorKind::source_missing);
  }
}

TEST_CASE_FIXTURE(RemoteFixture, "an empty repository has no commits, and one that lost its refs is not believed") {
  push();
  for (const Way way : k_ways) {
    CAPTURE(static_cast<int>(way));
    const Error empty = error_of(resolve(way, "main"));
    CHECK(empty.kind == ErrorKind::source_missing);
    CHECK(says(empty, "has no commits"));
    CHECK(error_of(resolve(way, "")).kind == ErrorKind::source_missing);
  }
  commit_file("a", "1");
  push();
  for (const Way way : k_ways) take(resolve(way, "main"));
  take(run_git(https_server().root() + '/' + name, {"update-ref", "-d", "refs/heads/main"}));
  take(run_git(ssh_server().root() + '/' + name, {"update-ref", "-d", "refs/heads/main"}));
  for (const Way way : k_ways) CHECK(error_of(resolve(way, "main")).kind == ErrorKind::source_integrity);
}

TEST_CASE_FIXTURE(RemoteFixture, "submodules and links arrive and are never entered") {
  const std::string lines = "120000 blob " + take(repository.git({"hash-object", "-w", "--stdin"}, "/etc/passwd")) +
                            "\tlink\n160000 commit 0123456789012345678901234567890123456789\tmodule\n";
  const std::string tree = take(repository.git({"mktree", "--missing"}, lines));
  take(repository.git({"update-ref", "refs/heads/main", take(repository.git({"commit-tree", tree, "-m", "odd"}))}));
  push();
  for (const Way way : k_ways) {
    const auto fetched = take(source->open(take(resolve(way, "main"))));
    CHECK(take(fetched->stat("link"))->kind == TreeEntry::Kind::symlink);
    CHECK(take(fetched->stat("module"))->kind == TreeEntry::Kind::submodule);
  }
}

TEST_CASE_FIXTURE(RemoteFixture, "a repository with an odd path is asked for literally over ssh") {
  commit_file("a", "1");
  const std::string odd = "it's $(touch pwned); `x` & \"y\"" + name;
  check_ok(repository.push_to(ssh_server().root() + "/odd'$(touch-pwned)" + name));
  CHECK(take(source->resolve({.url = ssh_server().url("odd'$(touch-pwned)" + name), .ref = "main"}, soon())).subject ==
        "write a");
  CHECK(error_of(source->resolve({.url = ssh_server().url(odd), .ref = "main"}, soon())).kind == ErrorKind::config);
  CHECK(error_of(source->resolve({.url = ssh_server().url("none" + name), .ref = "main"}, soon())).kind ==
        ErrorKind::source_missing);
}

TEST_CASE_FIXTURE(RemoteFixture, "threads and processes may fetch one repository together") {
  for (int round = 0; round < 3; ++round) {
    const std::string commit = commit_file("a", "round " + std::to_string(round));
    push();
    std::vector<std::unique_ptr<GitSource>> sources;  // two sources are as strange to each other as two processes
    for (int i = 0; i < 2; ++i) sources.push_back(make_source());
    std::vector<std::string> seen(6);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < seen.size(); ++i) {
      threads.emplace_back([&, i] {
        const auto revision =
            sources[i % 2]->resolve({.url = url(i % 3 == 0 ? Way::ssh : Way::https), .ref = "main"}, soon(60));
        if (!revision) seen[i] = format_error(revision.error());
        if (!revision) return;
        const auto tree = sources[i % 2]->open(*revision);
        seen[i] = tree && (*tree)->read("a", 100) ? revision->commit : "unreadable";
      });
    }
    for (auto& thread : threads) thread.join();
    for (const auto& result : seen) CHECK(result == commit);
    CHECK(sources[0]->traffic().fetches + sources[1]->traffic().fetches == 2);  // one a mirror
  }
}

TEST_CASE_FIXTURE(RemoteFixture, "waiting for another process's lock ends with a clear error") {
  commit_file("a", "1");
  push();
  take(resolve(Way::https, "main"));
  commit_file("a", "2");
  push();
  std::string lock;
  for (const auto& entry : std::filesystem::directory_iterator(cache())) {
    if (entry.path().extension() == ".lock") lock = entry.path();
  }
  const Process holder = take(Process::start({.argv = {"flock", lock, "sh", "-c", "echo held; exec sleep 60"},
                                              .environment = current_environment(),
                                              .working_directory = ""}));
  char held = 0;
  REQUIRE(::read(holder.stdout_fd(), &held, 1) == 1);
  limits.lock_time = std::chrono::milliseconds(200);
  const Error error = error_of(make_source()->resolve({.url = url(Way::https), .ref = "main"}, soon()));
  CHECK(error.kind == ErrorKind::local);
  CHECK(says(error, "another process"));
}
