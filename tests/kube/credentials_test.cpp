// Credentials over time, by a clock that moves when told to.
#include "kube/credentials.h"

#include "kube/api_answer.h"
#include "tests/kube/support/memory_files.h"

#include <doctest/doctest.h>

using namespace reconciled;
using namespace std::chrono_literals;

namespace {

struct Fixture {
  ManualClock clock;
  std::map<std::string, std::string> files{{"/token", "one\n"}, {"/ca", "CA one"}};
  int reads = 0;
  Credentials credentials;

  Fixture() : credentials(access(), reader(), clock) {}
  static ClusterAccess access() {
    ClusterAccess access;
    access.server = "https://h";
    access.token = SecretString("one");
    access.token_file = "/token";
    access.ca_pem = "CA one";
    access.ca_file = "/ca";
    return access;
  }
  FileReader reader() {
    return [this](const std::string& path) -> Result<std::optional<std::string>> {
      ++reads;
      return make_memory_reader(files)(path);
    };
  }
  std::string token() { return std::string(credentials.current()->authorization.reveal()); }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a token file is read again when a minute has passed, and not for each request") {
  files["/token"] = "two\n";
  for (int i = 0; i < 100; ++i) CHECK(token() == "Bearer one");
  CHECK(reads == 0);
  clock.advance(59s);
  CHECK(token() == "Bearer one");
  clock.advance(1s);
  CHECK(token() == "Bearer two");
  CHECK(reads == 2);
}

TEST_CASE_FIXTURE(Fixture, "a file that is gone, empty or unreadable leaves the last good credentials in use") {
  files.clear();
  clock.advance(1min);
  CHECK(token() == "Bearer one");
  files["/token"] = " \n";
  clock.advance(1min);
  CHECK(token() == "Bearer one");
  files["/token"] = "two words\nand lines";  // no header can carry it
  clock.advance(1min);
  CHECK(token() == "Bearer one");
  files["/token"] = "three";
  clock.advance(1min);
  CHECK(token() == "Bearer three");
}

TEST_CASE_FIXTURE(Fixture, "after a refusal the files are read at once, and again only when there is something new") {
  auto refused = credentials.current();
  CHECK_FALSE(credentials.refresh_after(refused.get()));
  files["/ca"] = "CA two";
  CHECK(credentials.refresh_after(refused.get()));
  CHECK(credentials.current()->ca_pem == "CA two");
  CHECK(credentials.refresh_after(refused.get()));  // of a request that was sent before
  CHECK_FALSE(credentials.refresh_after(credentials.current().get()));
}

TEST_CASE("a certificate that does not hold at this time makes one look at the clock") {
  HttpResponse response;
  response.delivery = Delivery::untrusted;
  response.failure = "SSL certificate problem: certificate is not yet valid";
  CHECK(make_delivery_error(Call(), response).hint.starts_with("check the clock of this machine"));
  response.failure = "SSL certificate problem: certificate has expired";
  CHECK(make_delivery_error(Call(), response).hint.starts_with("check the clock of this machine"));
  response.failure = "SSL certificate problem: unable to get local issuer certificate";
  CHECK(make_delivery_error(Call(), response).hint.starts_with("check the certificate authority"));
}
