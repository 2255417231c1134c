#include "sandbox/server.h"

#include <curl/curl.h>
#include <doctest/doctest.h>

#include <vector>

namespace reconciled::sandbox {
namespace {

struct Reply {
  CURLcode code = CURLE_OK;
  long status = 0;
  std::string body;
  long connections = 0;
};

std::size_t take(char* data, std::size_t, std::size_t length, void* target) {
  static_cast<std::string*>(target)->append(data, length);
  return length;
}

/// A client that keeps its connection, as ours does.
class Client {
 public:
  explicit Client(const SandboxServer& server, std::string token) : m_server(server), m_token(std::move(token)) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    m_easy.reset(curl_easy_init());
  }

  Reply send(const std::string& method, const std::string& path, const std::string& body = {},
             const std::vector<std::string>& headers = {}) {
    Reply reply;
    CURL* const easy = m_easy.get();
    curl_easy_reset(easy);
    curl_slist* list = curl_slist_append(nullptr, "Expect:");
    list = curl_slist_append(list, "Content-Type: application/json");
    if (!m_token.empty()) list = curl_slist_append(list, ("Authorization: Bearer " + m_token).c_str());
    for (const std::string& header : headers) list = curl_slist_append(list, header.c_str());
    const std::string url = m_server.url() + path;
    curl_blob authority{const_cast<char*>(m_server.authority().data()), m_server.authority().size(), CURL_BLOB_NOCOPY};
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &authority);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &take);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &reply.body);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, 20L);
    if (!body.empty()) {
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.data());
    }
    reply.code = curl_easy_perform(easy);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &reply.status);
    curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &reply.connections);
    curl_slist_free_all(list);
    return reply;
  }

 private:
  const SandboxServer& m_server;
  std::string m_token;
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> m_easy{nullptr, &curl_easy_cleanup};
};

std::unique_ptr<SandboxServer> start() {
  auto server = SandboxServer::start();
  REQUIRE(server);
  return std::move(*server);
}

const std::string k_maps = "/api/v1/namespaces/default/configmaps";

TEST_CASE("a client that trusts the authority talks TLS and keeps its connection") {
  const auto server = start();
  Client client(*server, server->token(SandboxUser::admin));
  CHECK(client.send("GET", "/version").connections == 1);
  const Reply second = client.send("GET", k_maps);
  CHECK(second.status == 200);
  CHECK(second.connections == 0);
}

TEST_CASE("tokens decide: admin writes, reader reads, a wrong one is 401, none is 403") {
  const auto server = start();
  const std::string body = R"({"metadata":{"name":"a"}})";
  CHECK(Client(*server, server->token(SandboxUser::admin)).send("POST", k_maps, body).status == 201);
  Client reader(*server, server->token(SandboxUser::reader));
  CHECK(reader.send("GET", k_maps + "/a").status == 200);
  CHECK(reader.send("POST", k_maps, R"({"metadata":{"name":"b"}})").status == 403);
  CHECK(Client(*server, "wrong").send("GET", k_maps).status == 401);
  CHECK(Client(*server, "").send("GET", k_maps).status == 403);
}

TEST_CASE("a body above 3 MiB is 413 and the server lives on") {
  const auto server = start();
  Client client(*server, server->token(SandboxUser::admin));
  const std::string body = R"({"metadata":{"name":"a"},"data":{"x":")" + std::string(4U << 20, 'x') + "\"}}";
  const Reply reply = client.send("POST", k_maps, body);
  CHECK((reply.status == 413 || reply.code != CURLE_OK));
  CHECK(client.send("GET", "/healthz").body == "ok");
}

TEST_CASE("headers impersonate") {
  const auto server = start();
  Client client(*server, server->token(SandboxUser::admin));
  CHECK(client.send("GET", k_maps, "", {"Impersonate-User: jane"}).status == 403);
  CHECK(client.send("GET", k_maps, "", {"Impersonate-User: jane", "Impersonate-Group: system:masters"}).status == 200);
  CHECK(client.send("GET", k_maps, "", {"Impersonate-User: jane", "Impersonate-Extra-x: y"}).status == 501);
}

TEST_CASE("a cut answer is a broken connection after the work was done") {
  const auto server = start();
  server->with_model([](ApiModel& model) {
    Fault fault;
    fault.verb = "create";
    fault.effect = Fault::Effect::cut;
    fault.cut_after = 10;
    model.add_fault(fault);
  });
  Client client(*server, server->token(SandboxUser::admin));
  CHECK(client.send("POST", k_maps, R"({"metadata":{"name":"a"}})").code != CURLE_OK);
  CHECK(client.send("GET", k_maps + "/a").status == 200);
}

TEST_CASE("a watch streams in chunks and ends at its timeout") {
  const auto server = start();
  Client client(*server, server->token(SandboxUser::admin));
  client.send("POST", k_maps, R"({"metadata":{"name":"a"}})");
  const Reply reply = client.send("GET", k_maps + "?watch=1&timeoutSeconds=1");
  CHECK(reply.code == CURLE_OK);
  CHECK(reply.body.find(R"("type":"ADDED")") != std::string::npos);
  CHECK(reply.body.back() == '\n');
}

TEST_CASE("broken escapes in the target are 400") {
  const auto server = start();
  Client client(*server, server->token(SandboxUser::admin));
  CHECK(client.send("GET", k_maps + "?x=%zz").status == 400);
}

TEST_CASE("the kubeconfig names the server, its authority and one token") {
  const auto server = start();
  const std::string text = server->kubeconfig(SandboxUser::reader);
  CHECK(text.find(server->url()) != std::string::npos);
  CHECK(text.find(server->token(SandboxUser::reader)) != std::string::npos);
  CHECK(text.find(server->token(SandboxUser::admin)) == std::string::npos);
}

TEST_CASE("a port that is taken is an error that says so") {
  const auto server = start();
  SandboxOptions options;
  options.port = server->port();
  const auto second = SandboxServer::start(options);
  REQUIRE_FALSE(second);
  CHECK(second.error().kind == ErrorKind::local);
  CHECK(second.error().message.find(std::to_string(server->port())) != std::string::npos);
}

TEST_CASE("stopping ends open watches and may be done twice") {
  const auto server = start();
  server->stop();
  server->stop();
  Client client(*server, server->token(SandboxUser::admin));
  CHECK(client.send("GET", "/healthz").code != CURLE_OK);
}

}  // namespace
}  // namespace reconciled::sandbox
