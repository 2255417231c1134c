#include "tests/config/input.h"

#include <doctest/doctest.h>

using namespace reconciled;
using namespace reconciled::test;

TEST_CASE("names are unique in their list") {
  CHECK(problems_of("sources: [{name: a, url: /x}, {name: a, url: /y}]\n") ==
        "config.yaml:3:38: sources[1].name: \"a\" is already the name of sources[0]\n");
  CHECK(problems_of("clusters: [{name: a}, {name: b}, {name: a}]\n").find("clusters[2].name") != std::string::npos);
  CHECK(problems_of("environments: [{name: a}, {name: a}]\n").find("environments[1].name") != std::string::npos);
  CHECK(
      problems_of("credentials: [{urlPrefix: https://h}, {urlPrefix: https://h}]\n").find("credentials[1].urlPrefix") !=
      std::string::npos);
}

TEST_CASE("what must be said is missed with its doc") {
  CHECK(problems_of("sources:\n- ref: main\n") ==
        "config.yaml:4:3: sources[0].name: \"name\" is missing\nconfig.yaml:4:3: sources[0].url: \"url\" is missing\n");
  CHECK(problems_of("credentials: [{token: abc}]\n") ==
        "config.yaml:3:15: credentials[0].urlPrefix: \"urlPrefix\" is missing\n");
}

TEST_CASE("environments refer to sources and clusters that exist") {
  CHECK(problems_of("sources: [{name: fleet, url: /x}]\nclusters: [{name: prod}]\nenvironments: [{name: e, source: "
                    "flet, cluster: prod}]\n") ==
        "config.yaml:5:34: environments[0].source: \"flet\" is not in sources, did you mean \"fleet\"?\n");
  CHECK(problems_of("environments: [{name: e, cluster: prod}]\n") ==
        "config.yaml:3:35: environments[0].cluster: \"prod\" is not in clusters\n");
}

TEST_CASE("one way to authenticate, with what it needs") {
  CHECK(problems_of("credentials: [{urlPrefix: https://h, token: abc, tokenFile: /t}]\n") ==
        "config.yaml:3:61: credentials[0].tokenFile: token and tokenFile are given together\n");
  CHECK(problems_of("credentials: [{urlPrefix: https://h, passwordFile: /t}]\n") ==
        "config.yaml:3:52: credentials[0].passwordFile: a password needs a username beside it\n");
  CHECK(problems_of("credentials: [{urlPrefix: https://h, clientCertFile: /t}]\n") ==
        "config.yaml:3:54: credentials[0].clientCertFile: clientCertFile and clientKeyFile are needed together\n");
  CHECK(
      problems_of("credentials: [{urlPrefix: https://h, clientKeyFile: /t}]\n").find("credentials[0].clientKeyFile") !=
      std::string::npos);
}

TEST_CASE("credentials fit the scheme of their URL") {
  CHECK(problems_of("sources: [{name: a, url: 'git@h:x', auth: {token: abc}}]\n") ==
        "config.yaml:3:51: sources[0].auth.token: token is for https, this URL is ssh\n");
  CHECK(problems_of("sources: [{name: a, url: 'https://h/x', auth: {sshKeyFile: /k}}]\n")
            .find("sshKeyFile is for ssh, this URL is https") != std::string::npos);
  CHECK(problems_of("sources: [{name: a, url: /x, auth: {username: u, caFile: /c}}]\n")
            .find("caFile is for https, this URL is file") != std::string::npos);
}

TEST_CASE("a cluster is reached in one way") {
  CHECK(problems_of("clusters: [{name: a, inCluster: true, kubeconfig: /k, context: c}]\n") ==
        "config.yaml:3:51: clusters[0].kubeconfig: kubeconfig and inCluster exclude each other\n"
        "config.yaml:3:64: clusters[0].context: context and inCluster exclude each other\n");
  CHECK(problems_of("clusters: [{name: a, impersonate: {groups: [g]}}]\n").find("groups to act with need a user") !=
        std::string::npos);
}

TEST_CASE("places of charts have a name, a URL that serves charts, and credentials that fit it") {
  CHECK(problems_of("charts:\n- {name: a, url: 'oci://r.example/charts', auth: {username: u, password: p}}\n"
                    "- {name: b, url: 'https://charts.example', auth: {token: t}}\n- {name: c, url: 'git@h:charts'}\n")
            .empty());
  CHECK(problems_of("charts: [{name: a, url: 'oci://u:p@r.example'}]\n").find("charts[0].url: a password in the URL") !=
        std::string::npos);
  CHECK(problems_of("charts: [{name: a, url: 'ftp://x/y'}]\n").find("charts[0].url: the scheme") != std::string::npos);
  CHECK(problems_of("charts: [{name: a, url: '/x'}, {name: a, url: '/y'}]\n").find("already the name of charts[0]") !=
        std::string::npos);
  CHECK(problems_of("charts: [{name: a, url: 'git@h:x', auth: {token: abc}}]\n").find("token is for https") !=
        std::string::npos);
  CHECK(problems_of("sources: [{name: a, url: 'oci://r.example/x'}]\n").find("belongs to \"charts\"") !=
        std::string::npos);
}
