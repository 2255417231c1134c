#include "kube/kubeconfig.h"

#include "base/base64.h"
#include "base/json.h"
#include "tests/kube/support/memory_files.h"

#include <doctest/doctest.h>

using namespace reconciled;

namespace {

const std::string k_cert = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
const std::string k_key = "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n";

std::string config(std::string_view cluster, std::string_view user, std::string_view context = "cluster: c, user: u") {
  std::string text = "apiVersion: v1\nkind: Config\ncurrent-context: x\nclusters:\n- name: c\n  cluster: {";
  text.append(cluster).append("}\nusers:\n- name: u\n  user: {").append(user);
  return text.append("}\ncontexts:\n- name: x\n  context: {").append(context).append("}\n");
}

Result<ClusterAccess> read_text(const std::string& text, KubeConfigOptions options = {},
                                std::map<std::string, std::string> files = {}) {
  files["/home/ann/.kube/config"] = text;
  return read_kubeconfig(options, make_environment(std::move(files), {{"HOME", "/home/ann"}}));
}

Error error_of(const Result<ClusterAccess>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error();
}

}  // namespace

TEST_CASE("the current context of ~/.kube/config is used when nothing else is said") {
  const auto access =
      read_text(config("server: 'https://h:6443/'", "token: abc", "cluster: c, user: u, namespace: shop"));
  REQUIRE(access.has_value());
  CHECK(access->server == "https://h:6443");
  CHECK(access->token.reveal() == "abc");
  CHECK(access->namespace_ == "shop");
  CHECK(access->context == "x");
  CHECK(access->cluster == "c");
  CHECK(access->user == "u");
  CHECK(access->verification == TlsVerification::verify);
}

TEST_CASE("a context without a namespace means default") {
  CHECK(read_text(config("server: 'https://h'", ""))->namespace_ == "default");
}

TEST_CASE("in a KUBECONFIG list the first file that has an entry wins it whole, and missing files are passed over") {
  const std::map<std::string, std::string> files = {
      {"/a",
       "clusters:\n- {name: c, cluster: {server: 'https://first'}}\ncontexts:\n- {name: x, context: {cluster: c, user: "
       "u}}\n"},
      {"/b",
       "current-context: x\nclusters:\n- {name: c, cluster: {server: 'https://second', tls-server-name: other}}\n"
       "users:\n- {name: u, user: {token: t}}\n"},
      {"/c", "current-context: z\nusers:\n- {name: u, user: {token: later}}\n"},
  };
  const auto access = read_kubeconfig({}, make_environment(files, {{"KUBECONFIG", "/none::/a:/b:/c"}, {"HOME", "/h"}}));
  REQUIRE(access.has_value());
  CHECK(access->context == "x");
  CHECK(access->server == "https://first");
  CHECK(access->tls_server_name.empty());
  CHECK(access->token.reveal() == "t");
}

TEST_CASE("--kubeconfig is read alone, and must exist") {
  KubeConfigOptions options;
  options.path = "/mine";
  const auto files =
      std::map<std::string, std::string>{{"/mine", config("server: 'https://mine'", "")}, {"/other", "]["}};
  const auto environment = make_environment(files, {{"KUBECONFIG", "/other"}});
  CHECK(read_kubeconfig(options, environment)->server == "https://mine");
  options.path = "/gone";
  const Error error = error_of(read_kubeconfig(options, environment));
  CHECK(error.kind == ErrorKind::config);
  CHECK(error.message == "the kubeconfig /gone does not exist");
}

TEST_CASE("an unknown context names the ones there are") {
  KubeConfigOptions options;
  options.context = "prd";
  std::string text = config("server: 'https://h'", "");
  text += "- name: prod\n  context: {cluster: c}\n";
  const Error error = error_of(read_text(text, options));
  CHECK(error.kind == ErrorKind::config);
  CHECK(error.message == "context \"prd\" does not exist");
  CHECK(error.hint == "did you mean \"prod\"? there are: prod, x");
  CHECK(error.where.file == "/home/ann/.kube/config");
}

TEST_CASE("a context that names an absent cluster or user says where") {
  Error error = error_of(read_text(config("server: 'https://h'", "", "cluster: d, user: u")));
  CHECK(error.message == "cluster \"d\" does not exist");
  CHECK(error.where.line == 12);
  CHECK(error.where.key_path == "contexts[0].context.cluster");
  error = error_of(read_text(config("server: 'https://h'", "", "cluster: c, user: v")));
  CHECK(error.message == "user \"v\" does not exist");
  CHECK(error.hint == "did you mean \"u\"? there are: u");
}

TEST_CASE("--cluster, --user and --namespace replace what the context says") {
  std::string text = config("server: 'https://h'", "token: a");
  text.insert(text.find("users:"), "- name: d\n  cluster: {server: 'https://d'}\n");
  KubeConfigOptions options;
  options.cluster = "d";
  options.namespace_ = "elsewhere";
  const auto access = read_text(text, options);
  REQUIRE(access.has_value());
  CHECK(access->server == "https://d");
  CHECK(access->namespace_ == "elsewhere");
}

TEST_CASE("certificates come from base64 data or from files beside the kubeconfig") {
  const auto data = read_text(
      config("server: 'https://h', certificate-authority-data: " + encode_base64(k_cert),
             "client-certificate-data: " + encode_base64(k_cert) + ", client-key-data: " + encode_base64(k_key)));
  REQUIRE(data.has_value());
  CHECK(data->ca_pem == k_cert);
  CHECK(data->ca_file.empty());
  CHECK(data->client_cert_pem == k_cert);
  CHECK(data->client_key.reveal() == k_key);
  const auto files = read_text(
      config("server: 'https://h', certificate-authority: pki/ca.crt", "client-certificate: /abs/c, client-key: k"), {},
      {{"/home/ann/.kube/pki/ca.crt", k_cert}, {"/abs/c", k_cert}, {"/home/ann/.kube/k", k_key}});
  REQUIRE(files.has_value());
  CHECK(files->ca_file == "/home/ann/.kube/pki/ca.crt");
  CHECK(files->ca_pem == k_cert);
  CHECK(files->client_key.reveal() == k_key);
}

TEST_CASE("wrong certificates are refused with their place and never shown") {
  Error error = error_of(read_text(config("server: 'https://h', certificate-authority-data: '%%%'", "")));
  CHECK(error.message == "certificate-authority-data is not base64");
  CHECK(error.where.line == 6);
  error = error_of(read_text(config("server: 'https://h', certificate-authority: nope", "")));
  CHECK(error.message == "the file /home/ann/.kube/nope does not exist");
  error = error_of(read_text(config("server: 'https://h'", "client-certificate-data: " + encode_base64(k_cert))));
  CHECK(error.message.find("without its key") != std::string::npos);
  error = error_of(read_text(config("server: 'https://h'", "client-key-data: " + encode_base64("secret text"))));
  CHECK(error.message == "client-key-data holds no PEM text");
  CHECK(format_error(error).find("secret text") == std::string::npos);
}

TEST_CASE("a token file wins over a token and is remembered for reading again") {
  const auto access =
      read_text(config("server: 'https://h'", "token: old, tokenFile: tok"), {}, {{"/home/ann/.kube/tok", " new \n"}});
  REQUIRE(access.has_value());
  CHECK(access->token.reveal() == "new");
  CHECK(access->token_file == "/home/ann/.kube/tok");
}

TEST_CASE("two ways to log in contradict each other") {
  const Error error = error_of(read_text(config("server: 'https://h'", "token: a, username: b, password: p4ssw0rd")));
  CHECK(error.message == "user \"u\" has more than one of token, username and exec");
  CHECK(format_error(error).find("p4ssw0rd") == std::string::npos);
}

TEST_CASE("user name and password are read") {
  const auto access = read_text(config("server: 'https://h'", "username: ann, password: pw"));
  REQUIRE(access->basic.has_value());
  CHECK(access->basic->user == "ann");
  CHECK(access->basic->password.reveal() == "pw");
}

TEST_CASE("exec plugins are refused unless they are allowed") {
  const std::string text =
      config("server: 'https://h'",
             "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./bin/get-token, args: [a, b], "
             "env: [{name: REGION, value: eu}], interactiveMode: Never, provideClusterInfo: true}");
  const Error error = error_of(read_text(text));
  CHECK(error.kind == ErrorKind::config);
  CHECK(error.where.key_path == "users[0].user.exec");
  KubeConfigOptions options;
  options.exec_plugins = ExecPlugins::allow;
  const auto access = read_text(text, options);
  REQUIRE(access.has_value());
  REQUIRE(access->exec.has_value());
  CHECK(access->exec->command == "/home/ann/.kube/./bin/get-token");
  CHECK(access->exec->arguments == std::vector<std::string>{"a", "b"});
  CHECK(variable(access->exec->environment, "REGION") == "eu");
  CHECK(variable(access->exec->environment, "HOME") == "/home/ann");
  CHECK(format_json(*access->exec->cluster) == R"({"server":"https://h"})");
}

TEST_CASE("exec plugins that cannot work here are refused when the file is read") {
  KubeConfigOptions options;
  options.exec_plugins = ExecPlugins::allow;
  const auto message = [&](const std::string& exec) {
    return error_of(read_text(config("server: 'https://h'", "exec: {" + exec + "}"), options)).message;
  };
  CHECK(message("apiVersion: client.authentication.k8s.io/v1alpha1, command: a") ==
        "this apiVersion of exec plugins is unknown");
  CHECK(message("apiVersion: client.authentication.k8s.io/v1beta1") == "exec names no command");
  CHECK(message("apiVersion: client.authentication.k8s.io/v1, command: a") == "exec has no interactiveMode");
  CHECK(message("apiVersion: client.authentication.k8s.io/v1, command: a, interactiveMode: Always") ==
        "this exec plugin needs a terminal, which it does not get here");
  CHECK(message("apiVersion: client.authentication.k8s.io/v1beta1, command: a, args: [1]") ==
        "an item of args is a number, not a text");
}

TEST_CASE("auth-provider is refused with what to do instead") {
  const Error error = error_of(read_text(config("server: 'https://h'", "auth-provider: {name: gcp}")));
  CHECK(error.message.find("auth-provider is not supported") == 0);
  CHECK(error.hint == "use an exec plugin of your provider instead");
  CHECK(error.where.line == 9);
}

TEST_CASE("impersonation of the kubeconfig is read, and what cannot be honoured is refused") {
  const auto access = read_text(config("server: 'https://h'", "as: bob, as-groups: [dev]"));
  CHECK(access->identity == Identity{"bob", {"dev"}});
  CHECK(error_of(read_text(config("server: 'https://h'", "as: bob, as-uid: '7'"))).message ==
        "as-uid is not supported");
  CHECK(error_of(read_text(config("server: 'https://h'", "as-groups: [dev]"))).message ==
        "groups are impersonated without a user");
}

TEST_CASE("the proxy, the TLS name and skipped verification are read and checked") {
  const auto access = read_text(config(
      "server: 'https://h', proxy-url: 'http://proxy:3128', tls-server-name: api, insecure-skip-tls-verify: true", ""));
  REQUIRE(access.has_value());
  CHECK(access->proxy_url == "http://proxy:3128");
  CHECK(access->tls_server_name == "api");
  CHECK(access->verification == TlsVerification::skip);
  CHECK(error_of(read_text(config("server: 'https://h', proxy-url: 'ftp://x'", ""))).message ==
        "proxy-url is no URL of a proxy");
  CHECK(error_of(read_text(config("server: 'https://h', insecure-skip-tls-verify: true, certificate-authority-data: " +
                                      encode_base64(k_cert),
                                  "")))
            .message.find("contradicts itself") != std::string::npos);
  CHECK(error_of(read_text(config("server: 'https://h', insecure-skip-tls-verify: 'yes'", ""))).message ==
        "insecure-skip-tls-verify is a text, not true or false");
}

TEST_CASE("the environment's proxy is used for other machines only") {
  const auto read_with = [](const std::string& server) {
    return read_kubeconfig(
        {}, make_environment({{"/k", config("server: '" + server + "'", "")}},
                             {{"KUBECONFIG", "/k"}, {"HTTPS_PROXY", "http://p:1"}, {"no_proxy", ".svc"}}));
  };
  CHECK(read_with("https://far:6443")->proxy_url == "http://p:1");
  CHECK(read_with("https://far:6443")->no_proxy == ".svc");
  CHECK(read_with("https://127.0.0.1:6443")->proxy_url.empty());
  CHECK(read_with("http://far:8080")->proxy_url.empty());
}

TEST_CASE("a server without a scheme is https when anything of TLS is configured") {
  CHECK(read_text(config("server: 'h:8080'", ""))->server == "http://h:8080");
  CHECK(read_text(config("server: 'h:8080', insecure-skip-tls-verify: true", ""))->server == "https://h:8080");
}

TEST_CASE("servers that are no URL are refused without repeating them") {
  for (const char* server :
       {"https://ann:pw12345@h", "ftp://h", "https://h:99999", "https://h?x=1", "https://", "https://h h"}) {
    CAPTURE(server);
    const Error error = error_of(read_text(config("server: '" + std::string(server) + "'", "")));
    CHECK(error.message.starts_with("server is no URL"));
    CHECK(format_error(error).find("pw12345") == std::string::npos);
  }
  CHECK(error_of(read_text(config("", ""))).message == "cluster \"c\" has no server");
  CHECK(error_of(read_text(config("server: 5", ""))).message == "server is a number, not a text");
}

TEST_CASE("a file that is no kubeconfig says so with line and column") {
  Error error = error_of(read_text("clusters: {a: 1}\n"));
  CHECK(error.message == "clusters is a map, not a list");
  error = error_of(read_text("- a\n"));
  CHECK(error.message == "a kubeconfig is a map, this is a list");
  error = error_of(read_text("kind: Deployment\n"));
  CHECK(error.message == "this is no kubeconfig: its kind is not Config");
  error = error_of(read_text("clusters:\n- cluster: {}\n"));
  CHECK(error.message == "an entry of clusters has no name");
  CHECK(error.where.line == 2);
  error = error_of(read_text("users:\n- {name: a}\n- {name: a}\n"));
  CHECK(error.message == "two entries of users have the name \"a\"");
  CHECK(error.where.line == 3);
  error = error_of(read_text("clusters: [\n"));
  CHECK(error.kind == ErrorKind::config);
  CHECK(error.where.line >= 1);
}

TEST_CASE("no current context is an error that lists the contexts") {
  std::string text = config("server: 'https://h'", "");
  text.erase(text.find("current-context"), std::string("current-context: x\n").size());
  const Error error = error_of(read_text(text));
  CHECK(error.message == "the kubeconfig sets no current-context");
  CHECK(error.hint == "choose one with --context; there are: x");
}

TEST_CASE("without any kubeconfig a pod's account is used, and outside of a pod the error says where was looked") {
  const std::string folder = "/var/run/secrets/kubernetes.io/serviceaccount/";
  const std::map<std::string, std::string> files = {
      {folder + "token", "tok\n"}, {folder + "ca.crt", k_cert}, {folder + "namespace", "ops"}};
  const Variables pod = {{"HOME", "/h"}, {"KUBERNETES_SERVICE_HOST", "fd00::1"}, {"KUBERNETES_SERVICE_PORT", "443"}};
  const auto access = read_kubeconfig({}, make_environment(files, pod));
  REQUIRE(access.has_value());
  CHECK(access->server == "https://[fd00::1]:443");
  CHECK(access->token.reveal() == "tok");
  CHECK(access->token_file == folder + "token");
  CHECK(access->ca_pem + "\n" == k_cert);
  CHECK(access->namespace_ == "ops");
  const Error error = error_of(read_kubeconfig({}, make_environment({}, {{"HOME", "/h"}})));
  CHECK(error.kind == ErrorKind::config);
  CHECK(error.message == "no kubeconfig found: /h/.kube/config (does not exist)");
  KubeConfigOptions ignore;
  ignore.in_cluster = InClusterAccount::ignore;
  CHECK_FALSE(read_kubeconfig(ignore, make_environment(files, pod)).has_value());
}

TEST_CASE("a pod without a token says what is missing") {
  const auto access = read_in_cluster_access(
      make_environment({}, {{"KUBERNETES_SERVICE_HOST", "10.0.0.1"}, {"KUBERNETES_SERVICE_PORT", "443"}}));
  CHECK(error_of(access).message == "this pod has no token of a service account");
}

TEST_CASE("all contexts can be listed") {
  const auto names =
      list_contexts({}, make_environment({{"/k", "contexts:\n- {name: b}\n- {name: a}\n"}}, {{"KUBECONFIG", "/k"}}));
  CHECK(*names == std::vector<std::string>{"a", "b"});
}
