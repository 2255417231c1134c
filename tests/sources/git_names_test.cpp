#include "sources/git_ref.h"
#include "sources/git_url.h"
#include "tests/sources/support.h"

using namespace reconciled;

TEST_CASE("URLs are read into one spelling") {
  const std::pair<const char*, const char*> cases[] = {
      {"https://Git.Example.com/team/repo.git", "https://git.example.com/team/repo.git"},
      {"https://git.example.com:443/team/repo/", "https://git.example.com/team/repo"},
      {"https://git.example.com:8443/r", "https://git.example.com:8443/r"},
      {"http://127.0.0.1:80/r", "http://127.0.0.1/r"},
      {"https://[::1]:8443/r", "https://[::1]:8443/r"},
      {"ssh://git@git.example.com:22/team/repo", "ssh://git@git.example.com/team/repo"},
      {"git@git.example.com:team/repo.git", "git@git.example.com:team/repo.git"},
      {"git.example.com:team/repo.git", "git.example.com:team/repo.git"},
      {"file:///srv/git/my repo", "file:///srv/git/my repo"},
      {"/srv/git/repo/", "file:///srv/git/repo"},
  };
  for (const auto& [text, expected] : cases) {
    CAPTURE(text);
    const GitUrl url = take(parse_git_url(text));
    CHECK(format_git_url(url) == expected);
    CHECK(take(parse_git_url(format_git_url(url))) == url);
  }
}

TEST_CASE("URLs that could do harm or make no sense are refused") {
  for (const char* text : {"",
                           "repo",
                           "host:/",
                           "host:",
                           "./repo",
                           "https://",
                           "https:///r",
                           "https://host",
                           "https://host/",
                           "ftp://host/r",
                           "git://host/r",
                           "ext::sh -c x",
                           "https://host/a/../b",
                           "https://host/r?x=1",
                           "https://host/r#x",
                           "https://-host/r",
                           "https://host:0/r",
                           "https://host:99999/r",
                           "https://host:8x/r",
                           "ssh://-oProxyCommand=x/r",
                           "ssh://-l@host/r",
                           "-oProxyCommand=x:r",
                           "a@-x:r",
                           "git@host:-x",
                           "ssh://host/-x",
                           "ssh://a:b@host/r",
                           "file://host/r",
                           "file://relative",
                           "/srv/../etc",
                           "https://ho st/r",
                           "https://host/a b",
                           "https://host/a\nb",
                           "ssh://host/a%27b",
                           "fd::7",
                           "https://[::1/r",
                           "https://[zz]/r",
                           "https://host\\@evil/r"}) {
    CAPTURE(text);
    CHECK(error_of(parse_git_url(text)).kind == ErrorKind::config);
  }
  CHECK(error_of(parse_git_url("https://host/" + std::string(3000, 'a'))).kind == ErrorKind::config);
}

TEST_CASE("user names and passwords in URLs are refused and never shown") {
  for (const char* text : {"https://bob:hunter2@host/r", "https://hunter2@host/r", "ssh://bob:hunter2@host/r",
                           "bob:hunter2@host/r", "ftp://bob:hunter2@h/r"}) {
    CAPTURE(text);
    const Error error = error_of(parse_git_url(text));
    CHECK(error.kind == ErrorKind::config);
    CHECK_FALSE(says(error, "hunter2"));
  }
}

TEST_CASE("a credential's prefix covers its server and folder only") {
  const auto match = [](const char* prefix, const char* url) {
    return covers(take(parse_git_url_prefix(prefix)), take(parse_git_url(url)));
  };
  CHECK(match("https://host", "https://host/a/b"));
  CHECK(match("https://host/", "https://host/a/b"));
  CHECK(match("https://host/a", "https://host/a/b"));
  CHECK(match("https://host/a/", "https://host/a/b"));
  CHECK(match("https://host/a/b", "https://host/a/b"));
  CHECK(match("git@host:", "git@host:a/b"));
  CHECK(match("ssh://host", "git@host:a/b"));
  CHECK_FALSE(match("https://host/a", "https://host/ab"));
  CHECK_FALSE(match("https://host", "https://host.evil.example/a"));
  CHECK_FALSE(match("https://host", "https://host:8443/a"));
  CHECK_FALSE(match("https://host", "http://host/a"));
  CHECK_FALSE(match("git@host:", "other@host:a"));
}

TEST_CASE("mirror names are safe and differ with the URL") {
  const auto name = [](const char* url) { return mirror_name(take(parse_git_url(url))); };
  CHECK(name("https://host/team/shop.git").starts_with("shop-"));
  CHECK(name("https://host/a/shop") != name("https://host/b/shop"));
  CHECK(name("https://host/shop") != name("ssh://host/shop"));
  CHECK(name("https://host/.hidden").starts_with("r."));
  CHECK(name("git@host:x").find('/') == std::string::npos);
}

TEST_CASE("refs are names or full commit ids") {
  CHECK(take(parse_ref("")).kind == RefName::Kind::default_branch);
  CHECK(take(parse_ref("HEAD")).kind == RefName::Kind::default_branch);
  CHECK(take(parse_ref("main")) == RefName{.kind = RefName::Kind::brief, .text = "main"});
  CHECK(take(parse_ref("feature/x-1.2")).kind == RefName::Kind::brief);
  CHECK(take(parse_ref("refs/heads/main")).kind == RefName::Kind::full);
  CHECK(take(parse_ref("0123456789ABCDEF0123456789abcdef01234567")) ==
        RefName{.kind = RefName::Kind::commit, .text = "0123456789abcdef0123456789abcdef01234567"});
  for (const char* text : {"-x",
                           "--upload-pack=x",
                           "a/-b",
                           "a..b",
                           "a^{}",
                           "HEAD^{/(a+)+$}",
                           "a~1",
                           "a:b",
                           "a?b",
                           "a*",
                           "[a",
                           "a b",
                           "a\tb",
                           "a\\b",
                           "@{u}",
                           "a@{1}",
                           "@",
                           "/a",
                           "a/",
                           "a//b",
                           ".a",
                           "a/.b",
                           "a.lock",
                           "a.",
                           "refs/heads/../../x"}) {
    CAPTURE(text);
    CHECK(error_of(parse_ref(text)).kind == ErrorKind::source_missing);
  }
  CHECK_FALSE(parse_ref(std::string(256, 'a')));
}

TEST_CASE("a ref is found among branches and tags, or the nearest is named") {
  const std::string a(40, 'a');
  const std::string b(40, 'b');
  const std::vector<RemoteRef> refs{{.name = "HEAD", .id = a, .symref_target = "refs/heads/main"},
                                    {.name = "refs/heads/main", .id = a},
                                    {.name = "refs/heads/both", .id = a},
                                    {.name = "refs/tags/both", .id = b},
                                    {.name = "refs/heads/same", .id = a},
                                    {.name = "refs/tags/same", .id = b, .peeled = a}};
  CHECK(take(choose_ref({}, refs)).symref_target == "refs/heads/main");
  CHECK(take(choose_ref(take(parse_ref("main")), refs)).id == a);
  CHECK(take(choose_ref(take(parse_ref("refs/tags/both")), refs)).id == b);
  CHECK(take(choose_ref(take(parse_ref("same")), refs)).target() == a);
  CHECK(says(error_of(choose_ref(take(parse_ref("both")), refs)), "a branch and a tag"));
  CHECK(says(error_of(choose_ref(take(parse_ref("mian")), refs)), "did you mean \"main\"?"));
  CHECK(says(error_of(choose_ref(take(parse_ref("0123abc")), refs)), "40 digits"));
  CHECK(error_of(choose_ref({}, {})).kind == ErrorKind::source_missing);
}
