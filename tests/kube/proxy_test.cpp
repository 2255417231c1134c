// An API server behind a proxy, as a kubeconfig's proxy-url says.
#include "tests/kube/support/kube_client.h"
#include "tests/kube/support/scripted_server.h"
#include "tests/support/forward_proxy.h"

#include <doctest/doctest.h>

using namespace reconciled;
using namespace std::chrono_literals;

namespace {

ClusterAccess access_by(const std::string& url, const std::string& proxy, const std::string& no_proxy = {}) {
  ClusterAccess access = access_to(url);
  access.proxy_url = proxy;
  access.no_proxy = no_proxy;
  return access;
}

std::string address_of(const std::string& url) {
  return url.substr(url.find("://") + 3);
}

}  // namespace

TEST_CASE("requests and watches go through the SOCKS proxy of the kubeconfig, and past it where the settings say so") {
  ScriptedServer server([](const ScriptedRequest&) { return json_reply(200, k_object); });
  const ForwardProxy proxy;
  Client client(access_by(server.url(), proxy.socks_url()));
  CHECK(client.run(Verb::get).object.has_value());
  REQUIRE(proxy.asked().size() == 1);
  CHECK(proxy.asked()[0] == "SOCKS5 " + address_of(server.url()));

  Client past(access_by(server.url(), proxy.socks_url(), "127.0.0.1"));
  CHECK(past.run(Verb::get).object.has_value());
  CHECK(proxy.asked().size() == 1);
}

TEST_CASE("a proxy that refuses is an API server that cannot be reached, by name") {
  ScriptedServer server([](const ScriptedRequest&) { return json_reply(200, k_object); });
  const ForwardProxy proxy(ForwardProxy::Manner::refuses);
  Client client(access_by(server.url(), proxy.socks_url()));
  const Answer answer = client.run(Verb::get, 1s);
  REQUIRE(!answer.object);
  CHECK(answer.object.error().kind == ErrorKind::api_transient);
  CHECK_MESSAGE(format_error(answer.object.error()).find("SOCKS") != std::string::npos,
                format_error(answer.object.error()));
  CHECK(server.requests().empty());
}
