#include "base/budget.h"
#include "sources/git_source.h"
#include "sources/git_url.h"
#include "tests/sources/support.h"
#include "tests/support/git_repository.h"
#include "tests/support/temp_folder.h"

#include <filesystem>

using namespace reconciled;

namespace {

struct Fixture {
  TempFolder temp;
  GitRepository repository = take(GitRepository::make(temp.path() + "/repo"));
  std::unique_ptr<GitSource> source = make_source();

  std::unique_ptr<GitSource> make_source() const {
    GitSourceOptions options;
    options.cache_folder = temp.path() + "/cache";
    return make_git_source(std::move(options));
  }
  Result<Revision> resolve(const std::string& ref) {
    return source->resolve({.url = repository.file_url(), .ref = ref}, soon());
  }
  std::shared_ptr<const SourceTree> tree_of(const std::string& ref) { return take(source->open(take(resolve(ref)))); }
  /// Commits a tree made of `git mktree` lines, however hostile; on the branch "odd".
  void commit_tree(const std::string& lines) {
    const std::string tree = take(repository.git({"mktree", "--missing"}, lines));
    const std::string commit = take(repository.git({"commit-tree", tree, "-m", "odd"}));
    take(repository.git({"update-ref", "refs/heads/odd", commit}));
  }
  std::string blob(std::string_view content) { return take(repository.git({"hash-object", "-w", "--stdin"}, content)); }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a commit's files are read without a checkout") {
  check_ok(repository.write("a.yaml", "a: 1\n"));
  check_ok(repository.write("apps/shop/stack.yaml", "owner: shop\n"));
  check_ok(repository.write("apps-b/x", "x"));
  const std::string commit = take(repository.commit("First\nof many"));
  const Revision revision = take(resolve("main"));
  CHECK(revision.commit == commit);
  CHECK(revision.tree == take(repository.git({"rev-parse", "HEAD^{tree}"})));
  CHECK(revision.subject == "First");
  CHECK(revision.author == "Ada Author");
  CHECK(format_time(revision.time) == "2023-11-14T22:13:20Z");
  CHECK(revision.url == repository.file_url());
  CHECK(revision.ref == "main");

  const auto tree = take(source->open(revision));
  const auto entries = take(tree->list(""));
  REQUIRE(entries.size() == 3);
  CHECK(entries[0] == TreeEntry{.name = "a.yaml", .kind = TreeEntry::Kind::file});
  CHECK(entries[1] == TreeEntry{.name = "apps", .kind = TreeEntry::Kind::folder});
  CHECK(entries[2].name == "apps-b");
  CHECK(take(tree->read("apps/shop/stack.yaml", 100)) == "owner: shop\n");
  CHECK_FALSE(take(tree->read("apps/none", 100)));
  CHECK_FALSE(take(tree->read("a.yaml/x", 100)));
  CHECK(take(tree->stat("apps"))->kind == TreeEntry::Kind::folder);
  CHECK(take(tree->id("apps")) == take(repository.git({"rev-parse", "HEAD:apps"})));
  CHECK(take(tree->id("a.yaml")) == take(repository.git({"rev-parse", "HEAD:a.yaml"})));
  CHECK(take(tree->id("none")).empty());
  CHECK(error_of(tree->list("none")).kind == ErrorKind::source_missing);
  CHECK(error_of(tree->read("apps", 100)).kind == ErrorKind::source_missing);
  CHECK(error_of(tree->read("../x", 100)).kind == ErrorKind::policy);
  const Error large = error_of(tree->read("a.yaml", 3));
  CHECK(large.kind == ErrorKind::limit);
  CHECK(large.where.file == "a.yaml");
}

TEST_CASE_FIXTURE(Fixture, "refs of every spelling lead to their commits") {
  check_ok(repository.write("a", "1"));
  const std::string first = take(repository.commit("one"));
  take(repository.git({"tag", "light"}));
  take(repository.git({"tag", "-a", "annotated", "-m", "x"}));
  take(repository.git({"tag", "-a", "twice", "annotated", "-m", "x"}));
  check_ok(repository.write("a", "2"));
  const std::string second = take(repository.commit("two"));
  take(repository.git({"branch", "team/side", first}));
  const std::pair<std::string, std::string> cases[] = {
      {"", second},         {"HEAD", second},     {"main", second}, {"refs/heads/main", second},
      {"light", first},     {"annotated", first}, {"twice", first}, {"refs/tags/annotated", first},
      {"team/side", first}, {first, first}};
  for (const auto& [ref, commit] : cases) {
    CAPTURE(ref);
    CHECK(take(resolve(ref)).commit == commit);
  }
  CHECK(says(error_of(resolve("mian")), "did you mean \"main\"?"));
  CHECK(error_of(resolve(std::string(40, '0'))).kind == ErrorKind::source_missing);
  CHECK(error_of(resolve("refs/heads/none")).kind == ErrorKind::source_missing);
  CHECK(error_of(resolve("main^")).kind == ErrorKind::source_missing);
  take(repository.git({"update-ref", "refs/tags/blob", blob("x")}));
  CHECK(says(error_of(resolve("blob")), "does not lead to a commit"));
  take(repository.git({"checkout", "-q", "--detach", first}));
  CHECK(take(resolve("")).commit == first);
}

TEST_CASE_FIXTURE(Fixture, "folders that hold no commits or no repository are named errors") {
  const Error empty = error_of(resolve("main"));
  CHECK(empty.kind == ErrorKind::source_missing);
  CHECK(says(empty, "has no commits"));
  CHECK(error_of(source->resolve({.url = temp.path(), .ref = ""}, soon())).kind == ErrorKind::source_missing);
  CHECK(error_of(source->resolve({.url = temp.path() + "/none", .ref = ""}, soon())).kind == ErrorKind::source_missing);
  GitSourceOptions options;
  options.local_repositories = LocalRepositories::refuse;
  CHECK(
      error_of(make_git_source(std::move(options))->resolve({.url = repository.file_url(), .ref = ""}, soon())).kind ==
      ErrorKind::config);
}

TEST_CASE_FIXTURE(
    Fixture, "of this machine's repositories only those are read that the settings name, where that is asked for") {
  const auto kind_of = [&](const std::string& prefix) {
    GitSourceOptions options;
    options.local_repositories = LocalRepositories::named;
    if (!prefix.empty()) {
      options.credentials.emplace_back();
      options.credentials.back().url_prefix = prefix;
    }
    const auto named = make_git_source(std::move(options));
    const ErrorKind kind = error_of(named->resolve({.url = repository.file_url(), .ref = ""}, soon())).kind;
    // What was resolved elsewhere is not opened either.
    Revision elsewhere;
    elsewhere.url = repository.file_url();
    if (kind == ErrorKind::config) CHECK(error_of(named->open(elsewhere)).kind == kind);
    return kind;
  };
  constexpr ErrorKind k_read = ErrorKind::source_missing;  // and found to have no commit
  const std::string folder = parse_git_url(repository.file_url())->path;
  CHECK(kind_of("") == ErrorKind::config);
  CHECK(kind_of("https://git.example.com/") == ErrorKind::config);
  CHECK(kind_of(folder + "-other") == ErrorKind::config);
  CHECK(kind_of(folder.substr(0, folder.size() - 1)) == ErrorKind::config);
  CHECK(kind_of(folder) == k_read);
  CHECK(kind_of(repository.file_url()) == k_read);
  CHECK(kind_of(temp.path()) == k_read);
}

TEST_CASE_FIXTURE(Fixture, "links and submodules are listed and never entered") {
  const std::string target = blob("/etc/passwd");
  commit_tree("120000 blob " + target +
              "\tlink\n160000 commit 0123456789012345678901234567890123456789\tmodule\n100755 blob " + target +
              "\trun\n");
  const auto tree = tree_of("odd");
  const auto entries = take(tree->list(""));
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].kind == TreeEntry::Kind::symlink);
  CHECK(entries[1].kind == TreeEntry::Kind::submodule);
  CHECK(entries[2].kind == TreeEntry::Kind::file);
  CHECK(error_of(tree->read("link", 100)).kind == ErrorKind::source_missing);
  CHECK(error_of(tree->read("module", 100)).kind == ErrorKind::source_missing);
  CHECK(error_of(tree->list("link")).kind == ErrorKind::source_missing);
  CHECK_FALSE(take(tree->stat("link/x")));
  CHECK_FALSE(take(tree->stat("module/x")));
  CHECK(take(tree->id("link")) != take(tree->id("run")));
}

TEST_CASE_FIXTURE(Fixture, "trees with hostile names are refused") {
  const std::string content = blob("x");
  for (const std::string name : {".git", ".GIT", "git~1", "..", ".",
                                 "a\x01"
                                 "b",
                                 "a\\b", "a\nb"}) {
    CAPTURE(name);
    const std::string tree = "100644 " + name + '\0' + std::string(20, 'a');
    const std::string id = take(repository.git({"hash-object", "-w", "-t", "tree", "--literally", "--stdin"}, tree));
    const std::string commit = take(repository.git({"commit-tree", id, "-m", "odd"}));
    take(repository.git({"update-ref", "refs/heads/odd", commit}));
    auto revision = resolve("odd");
    const Error error = revision ? error_of(source->open(*revision)) : revision.error();
    CHECK(error.kind == ErrorKind::source_integrity);
  }
  // Names that only look odd are fine.
  commit_tree("100644 blob " + content + "\t.github\n100644 blob " + content + "\t...\n100644 blob " + content +
              "\t-rf\n");
  CHECK(take(tree_of("odd")->list("")).size() == 3);
}

TEST_CASE_FIXTURE(Fixture, "malformed trees are refused") {
  const std::string id(20, 'a');
  const std::string duplicate = "100644 a" + std::string(1, '\0') + id;
  for (const std::string& tree :
       {std::string("garbage"), "100644 a" + std::string(1, '\0') + "short", duplicate + duplicate,
        "777 a" + std::string(1, '\0') + id, "100644 " + std::string(1, '\0') + id}) {
    CAPTURE(tree);
    const std::string object =
        take(repository.git({"hash-object", "-w", "-t", "tree", "--literally", "--stdin"}, tree));
    const std::string commit = take(repository.git({"commit-tree", object, "-m", "odd"}));
    take(repository.git({"update-ref", "refs/heads/odd", commit}));
    auto revision = resolve("odd");
    const Error error = revision ? error_of(source->open(*revision)) : revision.error();
    CHECK(error.kind == ErrorKind::source_integrity);
  }
}

TEST_CASE_FIXTURE(Fixture, "an object that was changed on the disk is found by its hash") {
  check_ok(repository.write("a", std::string(1000, 'x')));
  take(repository.commit("one"));
  const std::string id = take(repository.git({"rev-parse", "HEAD:a"}));
  const std::string other = blob(std::string(1000, 'y'));
  const auto file = [&](const std::string& object) {
    return repository.folder() + "/.git/objects/" + object.substr(0, 2) + '/' + object.substr(2);
  };
  std::filesystem::copy_file(file(other), file(id), std::filesystem::copy_options::overwrite_existing);
  CHECK(error_of(tree_of("main")->read("a", 10000)).kind == ErrorKind::source_integrity);
}

TEST_CASE_FIXTURE(Fixture, "a folder that is its own descendant a billion times costs its budget and no more") {
  std::string tree = take(repository.git({"mktree"}, "100644 blob " + blob("x") + "\tx\n"));
  for (int level = 0; level < 30; ++level) {
    tree = take(repository.git({"mktree"}, "040000 tree " + tree + "\ta\n040000 tree " + tree + "\tb\n"));
  }
  const std::string commit = take(repository.git({"commit-tree", tree, "-m", "bomb"}));
  take(repository.git({"update-ref", "refs/heads/bomb", commit}));
  Budget budget(Limits{.steps = 20'000});
  const auto status =
      walk_tree(*tree_of("bomb"), "", budget, [](const std::string&, const TreeEntry&) -> Status { return {}; });
  REQUIRE_FALSE(status);
  CHECK(status.error().kind == ErrorKind::limit);
}

TEST_CASE_FIXTURE(Fixture, "a commit of a time beyond the clock is read") {
  const std::string tree = take(repository.git({"mktree"}, ""));
  const std::string text =
      "tree " + tree + "\nauthor A <a@b> 99999999999 +0000\ncommitter A <a@b> 99999999999 +0000\n\nx\n";
  const std::string id = take(repository.git({"hash-object", "-w", "-t", "commit", "--literally", "--stdin"}, text));
  CHECK(take(resolve(id)).time > WallTime{});
}

TEST_CASE_FIXTURE(Fixture, "objects are read once a tree") {
  for (int i = 0; i < 50; ++i)
    check_ok(repository.write("layer/stack" + std::to_string(i) + "/a.yaml", std::to_string(i)));
  take(repository.commit("one"));
  const auto tree = tree_of("main");
  const auto before = source->traffic().objects_read;
  for (int i = 0; i < 50; ++i) CHECK_FALSE(take(tree->id("layer/stack" + std::to_string(i))).empty());
  CHECK(source->traffic().objects_read - before <= 2);
}
