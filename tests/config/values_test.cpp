#include "config/size.h"
#include "tests/config/input.h"

#include <doctest/doctest.h>

using namespace reconciled;
using namespace reconciled::test;

namespace {

/// The problem of one text without its place.
std::string problem_of(std::string_view text) {
  auto check = check_settings(input_of(text));
  return check.problems.empty() ? "" : check.problems.front().message;
}

SettingsInput secret_input(std::string_view token) {
  SettingsInput input = input_of("credentials: [{urlPrefix: https://h, token: \"" + std::string(token) + "\"}]\n");
  input.files[0].path = "/etc/r/config.yaml";
  input.environment = {{"TOKEN", "from-env"}, {"CREDENTIALS_DIRECTORY", "/run/creds"}};
  input.read_secret = [](const std::string& path) -> Result<std::string> {
    if (path == "/etc/r/token") return "from-file\n";
    if (path == "/run/creds/git") return "from-cred\r\n";
    if (path == "/empty") return "\n";
    if (path == "/two") return "a\nb\n";
    return fail(ErrorKind::local, "no such file");
  };
  return input;
}

std::string token_of(std::string_view reference) {
  return std::string(settings_of(secret_input(reference)).credentials[0].auth.token.reveal());
}

std::string token_problem(std::string_view reference) {
  const auto check = check_settings(secret_input(reference));
  REQUIRE(check.problems.size() == 1);
  CHECK(check.problems[0].where.line == 3);
  CHECK(check.problems[0].where.key_path == "credentials[0].token");
  return check.problems[0].message;
}

}  // namespace

TEST_CASE("durations are bounded and have units") {
  CHECK(problem_of("timeouts: {health: 1h}") == "");
  for (const std::string text : {"1e9h", "-1s", "5", "99999999999h", "0s", "25h", "\"\"", "1 h", "[1s]"}) {
    CAPTURE(text);
    CHECK(problem_of("timeouts: {health: " + text + "}") != "");
  }
  CHECK(problem_of("timeouts: {health: 25h}").find("out of bounds") != std::string::npos);
}

TEST_CASE("counts are whole numbers within bounds and without quotes") {
  CHECK(problem_of("prune: {maxCount: 12}") == "");
  for (const std::string text :
       {"-1", "1.5", "1e3", "0x10", "99999999999999999999", "many", "\"12\"", "true", "[]", "+1", "1_000"}) {
    CAPTURE(text);
    CHECK(problem_of("prune: {maxCount: " + text + "}") != "");
  }
}

TEST_CASE("booleans are true and false and nothing else") {
  CHECK(problem_of("clusters: [{name: a, inCluster: true}]") == "");
  for (const std::string text : {"yes", "on", "True", "1", "\"true\"", "{}"}) {
    CAPTURE(text);
    CHECK(problem_of("clusters: [{name: a, inCluster: " + text + "}]") != "");
  }
}

TEST_CASE("sizes have units of 1000 or 1024") {
  struct Case {
    const char* text;
    std::uint64_t bytes;
  };
  for (const Case& c : {Case{"0", 0},
                        {"1", 1},
                        {"10k", 10'000},
                        {"1Ki", 1024},
                        {"256Mi", 268'435'456},
                        {"2G", 2'000'000'000},
                        {"1Ti", 1ULL << 40}}) {
    CAPTURE(c.text);
    const auto size = parse_size(c.text);
    REQUIRE(size.has_value());
    CHECK(*size == c.bytes);
    CHECK(*parse_size(format_size(*size)) == *size);
  }
  for (const std::string text :
       {"", "Mi", "-1", "1.5Gi", "1MiB", "1 Mi", "99999999999Ti", "18446744073709551616", "1mi"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_size(text).has_value());
  }
  CHECK(format_size(268'435'456) == "256Mi");
  CHECK(format_size(1500) == "1500");
  CHECK(format_size(10'000) == "10k");
}

TEST_CASE("secrets are texts or one reference to a file, a variable or a credential") {
  CHECK(token_of("plain") == "plain");
  CHECK(token_of("${env:TOKEN}") == "from-env");
  CHECK(token_of("${file:/etc/r/token}") == "from-file");
  CHECK(token_of("${file:token}") == "from-file");
  CHECK(token_of("${cred:git}") == "from-cred");
  CHECK(token_of("a$b{c}") == "a$b{c}");
}

TEST_CASE("a reference that cannot be followed is an error without the secret") {
  CHECK(token_problem("${env:NONE}") == "the variable \"NONE\" is not set");
  CHECK(token_problem("${file:/none}") == "the secret cannot be read: no such file");
  CHECK(token_problem("${cred:../x}") == "the name of a credential has no slash");
  CHECK(token_problem("${file:/empty}") == "the secret is empty");
  CHECK(token_problem("${file:/two}") == "there is a control character in the secret");
  CHECK(token_problem("${vault:x}") == "the reference is of an unknown kind");
  CHECK(token_problem("${env:}") == "the reference names nothing");
  CHECK(token_problem("${env:TOKEN} x") == "the reference is not the whole value");
  CHECK(token_problem("x${env:TOKEN}") == "the reference is not the whole value");
  CHECK(token_problem("") == "the secret is empty");
}

TEST_CASE("what is no secret may not refer to one") {
  CHECK(problem_of("installation: \"${env:NAME}\"").find("only a secret") == 0);
  CHECK(problem_of("cache: {folder: \"/x/${env:NAME}\"}").find("only a secret") == 0);
  CHECK(problem_of("environments: [{name: \"${file:x}\"}]").find("only a secret") == 0);
  CHECK(problem_of("sources: [{name: a, url: /x, environments: [\"${env:X}\"]}]").find("only a secret") == 0);
}

TEST_CASE("no problem of a secret repeats it") {
  for (const std::string text :
       {"{a: hunter2hunter2}", "[hunter2hunter2]", "\"hunter2\\u0001hunter2\"", "\"x${env:hunter2}\""}) {
    CAPTURE(text);
    const auto problems = problems_of("credentials: [{urlPrefix: https://h, username: u, password: " + text + "}]\n");
    CHECK_FALSE(problems.empty());
    CHECK(problems.find("hunter2") == std::string::npos);
  }
  const auto problems =
      problems_of("sources: [{name: a, url: 'https://u:hunter2@h/x', auth: {proxy: 'http://u:hunter2@p'}}]\n");
  CHECK(problems.find("sources[0].url") != std::string::npos);
  CHECK(problems.find("sources[0].auth.proxy") != std::string::npos);
  CHECK(problems.find("hunter2") == std::string::npos);
}

TEST_CASE("paths start from the folder of the file that says them") {
  SettingsInput input = input_of(
      "cache: {folder: mirrors}\nclusters: [{name: a, kubeconfig: ~/k}, {name: b, kubeconfig: /abs}, {name: c, "
      "kubeconfig: ./k}]\n");
  input.files[0].path = "/etc/r/config.yaml";
  input.environment = {{"HOME", "/home/u"}};
  auto settings = settings_of(input);
  CHECK(settings.cache.folder == "/etc/r/mirrors");
  CHECK(settings.clusters[0].kubeconfig == "/home/u/k");
  CHECK(settings.clusters[1].kubeconfig == "/abs");
  CHECK(settings.clusters[2].kubeconfig == "/etc/r/./k");
  input.environment = {{"RECONCILE_CACHE_FOLDER", "here"}, {"HOME", "/home/u"}};
  CHECK(settings_of(input).cache.folder == "here");
  input.environment.clear();
  CHECK(problems_of(input).find("HOME is not set") != std::string::npos);
}

TEST_CASE("names, refs, UIDs and URLs are checked") {
  for (const std::string name : {"\"\"", "A", "a_b", "-a", "a-", "a.b", "ü"}) {
    CAPTURE(name);
    CHECK(problem_of("environments: [{name: " + name + "}]") != "");
  }
  CHECK(problem_of("environments: [{name: " + std::string(64, 'a') + "}]") != "");
  CHECK(problem_of("environments: [{name: " + std::string(63, 'a') + "}]") == "");
  for (const std::string ref : {"a b", "-x", "a..b", "a^", "refs/heads/x.lock", "a//b", "/a", "x@{1}", "a:b"}) {
    CAPTURE(ref);
    CHECK(problem_of("sources: [{name: a, url: /x, ref: '" + ref + "'}]") != "");
  }
  for (const std::string ref :
       {"main", "1.0", "refs/tags/v1", "feature/x-y_z", "0123456789012345678901234567890123456789"}) {
    CAPTURE(ref);
    CHECK(problem_of("sources: [{name: a, url: /x, ref: " + ref + "}]") == "");
  }
  for (const std::string uid : {"x", "01234567-89ab-cdef-0123-456789abcdeF", "0123456789ab-cdef-0123-456789abcdef00"}) {
    CAPTURE(uid);
    CHECK(problem_of("clusters: [{name: a, uid: " + uid + "}]") != "");
  }
  for (const std::string url :
       {"https://h/x", "ssh://git@h:2222/x", "git@h:x/y.git", "file:///x", "/x", "https://[::1]:8443/x"}) {
    CAPTURE(url);
    CHECK(problem_of("sources: [{name: a, url: '" + url + "'}]") == "");
  }
  for (const std::string url :
       {"http://h/x", "ftp://h/x", "relative/x", "", "https://", "https://h:99999/x", "https://h/x?y",
        "https://token@h/x", "ssh://u:p@h/x", "https://h/a b", "ssh://-oProxyCommand=x/y", "file://host/x",
        "ext::sh -c x", "https:/h/x", "https://h\\@e/x"}) {
    CAPTURE(url);
    CHECK(problem_of("sources: [{name: a, url: '" + url + "'}]") != "");
  }
}

TEST_CASE("prefixes of remote bases name servers or folders, without credentials") {
  CHECK(settings_of("remoteBases: [https://github.com/org/, git@git.example.com:team/, file:///srv/bases]")
            .remote_bases.size() == 3);
  CHECK(problem_of("remoteBases: [http://h/a]") ==
        "bases lie below https://host/..., ssh://host/... (or user@host:path) or file:///folder");
  CHECK(problem_of("remoteBases: ['https://user:secret@h/a']") ==
        "no user-info here: credentials stand under credentials");
  CHECK(problem_of("remoteBases: ['https://h/a?ref=x']") == "a URL prefix has no query and no fragment");
}
