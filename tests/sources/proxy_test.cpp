// Git over HTTPS through proxies.
#include "tests/sources/remote_fixture.h"
#include "tests/support/forward_proxy.h"

#include <cstdlib>
#include <filesystem>

using namespace reconciled;
using Way = RemoteFixture::Way;

namespace {

std::unique_ptr<GitSource> source_by(const RemoteFixture& fixture, const std::string& proxy) {
  auto all = RemoteFixture::credentials();
  all[0].proxy = proxy;
  return fixture.make_source(std::move(all));
}

std::string git_address() {
  return "localhost:" + std::to_string(https_server().port());
}

}  // namespace

TEST_CASE_FIXTURE(RemoteFixture, "a repository is fetched through an HTTP proxy and through a SOCKS one") {
  const std::string commit = commit_file("a", "1");
  push();
  const ForwardProxy proxy;
  for (const auto& [url, request] : {std::pair(proxy.http_url(), "CONNECT " + git_address()),
                                     std::pair(proxy.socks_url(), "SOCKS5 " + git_address())}) {
    CAPTURE(url);
    const std::size_t before = proxy.asked().size();
    source = source_by(*this, url);
    std::filesystem::remove_all(cache());
    CHECK(take(resolve(Way::https, "main")).commit == commit);
    const auto asked = proxy.asked();
    REQUIRE(asked.size() > before);
    for (std::size_t i = before; i < asked.size(); ++i) CHECK(asked[i] == request);
  }
}

TEST_CASE_FIXTURE(RemoteFixture, "without a proxy in the settings the environment's is not asked") {
  commit_file("a", "1");
  push();
  const ForwardProxy proxy;
  ::setenv("https_proxy", proxy.http_url().c_str(), 1);
  ::setenv("ALL_PROXY", proxy.http_url().c_str(), 1);
  CHECK(resolve(Way::https, "main").has_value());
  ::unsetenv("https_proxy");
  ::unsetenv("ALL_PROXY");
  CHECK(proxy.asked().empty());
}

TEST_CASE_FIXTURE(RemoteFixture,
                  "a proxy that refuses, or is not there, is named, and the repository is not asked without it") {
  commit_file("a", "1");
  push();
  const ForwardProxy proxy(ForwardProxy::Manner::refuses);
  const std::string before = https_server().log();
  for (const std::string& url :
       {proxy.http_url(), proxy.socks_url(), "http://127.0.0.1:" + std::to_string(free_port())}) {
    CAPTURE(url);
    source = source_by(*this, url);
    const Error error = error_of(resolve(Way::https, "main"));
    CHECK(error.kind == ErrorKind::source_transient);
    CHECK_MESSAGE(format_error(error).find("proxy") != std::string::npos, format_error(error));
  }
  CHECK(https_server().log() == before);
}
