#include "sources/local_tree.h"

#include "tests/sources/support.h"
#include "tests/support/git_repository.h"
#include "tests/support/temp_folder.h"

#include <sys/stat.h>

#include <filesystem>

using namespace reconciled;

namespace {

struct Fixture {
  TempFolder temp;
  GitRepository repository = take(GitRepository::make(temp.path() + "/work"));
  std::unique_ptr<SourceTree> tree = take(make_local_tree(repository.folder()));
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "the files of a folder are read as they are") {
  check_ok(repository.write("a.yaml", "a: 1\n"));
  check_ok(repository.write("apps/shop/stack.yaml", "owner: shop\n"));
  const auto entries = take(tree->list(""));
  REQUIRE(entries.size() == 2);  // .git is left out
  CHECK(entries[0] == TreeEntry{.name = "a.yaml", .kind = TreeEntry::Kind::file, .size = 5});
  CHECK(entries[1] == TreeEntry{.name = "apps", .kind = TreeEntry::Kind::folder});
  CHECK(take(tree->read("apps/shop/stack.yaml", 100)) == "owner: shop\n");
  CHECK(take(tree->read("./apps//shop/stack.yaml", 100)).has_value());
  CHECK_FALSE(take(tree->read("none", 100)));
  CHECK_FALSE(take(tree->read("a.yaml/none", 100)));
  CHECK(error_of(tree->list("none")).kind == ErrorKind::source_missing);
  CHECK(error_of(tree->list("a.yaml")).kind == ErrorKind::source_missing);
  CHECK(error_of(tree->read("apps", 100)).kind == ErrorKind::source_missing);
  CHECK(error_of(tree->read("a.yaml", 4)).kind == ErrorKind::limit);
  for (const char* path : {"/etc/passwd", "../x", "apps/../../x", ".git/config"}) {
    CAPTURE(path);
    CHECK(error_of(tree->read(path, 100)).kind == ErrorKind::policy);
  }
}

TEST_CASE_FIXTURE(Fixture, "ids follow the content") {
  check_ok(repository.write("x/a", "1"));
  check_ok(repository.write("y/a", "1"));
  CHECK(take(tree->id("x")) == take(tree->id("y")));
  CHECK(take(tree->id("none")).empty());
  const std::string before = take(tree->id(""));
  check_ok(repository.write("x/a", "2"));
  CHECK(take(tree->id("x")) != take(tree->id("y")));
  CHECK(take(tree->id("")) != before);
}

TEST_CASE_FIXTURE(Fixture, "links are listed and never followed") {
  namespace fs = std::filesystem;
  check_ok(repository.write("real/secret", "s"));
  fs::create_symlink("/etc/passwd", repository.folder() + "/link");
  fs::create_directory_symlink("real", repository.folder() + "/folder");
  fs::create_symlink("loop", repository.folder() + "/loop");
  CHECK(take(tree->stat("link"))->kind == TreeEntry::Kind::symlink);
  CHECK(take(tree->stat("folder"))->kind == TreeEntry::Kind::symlink);
  CHECK(error_of(tree->read("link", 100)).kind == ErrorKind::source_missing);
  CHECK(error_of(tree->read("loop", 100)).kind == ErrorKind::source_missing);
  CHECK_FALSE(take(tree->read("folder/secret", 100)));
  CHECK(error_of(tree->list("folder")).kind == ErrorKind::source_missing);
  CHECK(take(tree->read_link("link")) == "/etc/passwd");
  CHECK(error_of(tree->read_link("folder/x")).kind == ErrorKind::local);
  CHECK(take(tree->id("link")).starts_with("link:"));
}

TEST_CASE_FIXTURE(Fixture, "pipes and unsafe names do not stop or fool a reader") {
  REQUIRE(::mkfifo((repository.folder() + "/pipe").c_str(), 0600) == 0);
  CHECK(take(tree->list("")).empty());
  CHECK_FALSE(take(tree->read("pipe", 100)));
  check_ok(
      repository.write("odd/a\x01"
                       "b",
                       "x"));
  const Error error = error_of(tree->list("odd"));
  CHECK(error.kind == ErrorKind::source_integrity);
  CHECK(error.where.file == "odd");
  CHECK(error_of(make_local_tree(temp.path() + "/none")).kind == ErrorKind::source_missing);
}

TEST_CASE_FIXTURE(Fixture, "a work tree tells its commit, branch and whether it was changed") {
  CHECK(take(make_local_revision(repository.folder())).revision.commit.empty());
  check_ok(repository.write("sub/a", "1"));
  const std::string commit = take(repository.commit("First"));
  const auto clean = take(make_local_revision(repository.folder() + "/sub"));
  CHECK(clean.revision.commit == commit);
  CHECK(clean.revision.subject == "First");
  CHECK(clean.branch == "main");
  CHECK(clean.work_tree == std::filesystem::canonical(repository.folder()));
  CHECK(clean.state == LocalRevision::State::clean);
  check_ok(repository.write("sub/new", "1"));
  CHECK(take(make_local_revision(repository.folder())).state == LocalRevision::State::changed);
  take(repository.git({"checkout", "-q", "--detach"}));
  CHECK(take(make_local_revision(repository.folder())).branch.empty());
}

TEST_CASE("a folder outside of git has no commit") {
  const TempFolder temp;
  const auto revision = take(make_local_revision(temp.path()));
  CHECK(revision.revision.commit.empty());
  CHECK(revision.work_tree.empty());
  CHECK(error_of(make_local_revision(temp.path() + "/none")).kind == ErrorKind::source_missing);
}
