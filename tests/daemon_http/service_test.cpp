#include "daemon/http/service.h"

#include "tests/support/temp_folder.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>

using namespace reconciled;
using namespace std::chrono_literals;

namespace {

/// What systemd has at the other end.
class Manager {
 public:
  explicit Manager(const std::string& address)
      : m_socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::memcpy(name.sun_path, address.data(), address.size());
    if (address.front() == '@') name.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size());
    REQUIRE(::bind(m_socket, reinterpret_cast<const sockaddr*>(&name), size) == 0);
  }
  ~Manager() { ::close(m_socket); }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  std::string receive() {
    std::array<char, 4096> buffer{};
    const auto length = ::recv(m_socket, buffer.data(), buffer.size(), 0);
    return length < 0 ? std::string() : std::string(buffer.data(), static_cast<std::size_t>(length));
  }

 private:
  int m_socket;
};

}  // namespace

TEST_CASE("messages reach the manager by a path and by an abstract name") {
  const TempFolder folder;
  for (const std::string& address : {folder.path() + "/notify", "@reconciled-test-" + std::to_string(::getpid())}) {
    CAPTURE(address);
    Manager manager(address);
    const auto notices = ServiceNotices::open({{"NOTIFY_SOCKET", address}});
    REQUIRE(notices.has_value());
    CHECK(notices->connected());
    notices->ready("1 environment");
    CHECK(manager.receive() == "READY=1\nSTATUS=1 environment\n");
    notices->status("two\nlines");
    CHECK(manager.receive() == "STATUS=two lines\n");
    notices->reloading(MonotonicTime(1234567us));
    CHECK(manager.receive() == "RELOADING=1\nMONOTONIC_USEC=1234567\n");
    notices->watchdog();
    CHECK(manager.receive() == "WATCHDOG=1\n");
    notices->extend_timeout(90s);
    CHECK(manager.receive() == "EXTEND_TIMEOUT_USEC=90000000\n");
    notices->stopping("bye");
    CHECK(manager.receive() == "STOPPING=1\nSTATUS=bye\n");
  }
}

TEST_CASE("without a manager, or with one that is gone, nothing happens") {
  const auto none = ServiceNotices::open({});
  REQUIRE(none.has_value());
  CHECK_FALSE(none->connected());
  none->ready("x");
  const auto gone = ServiceNotices::open({{"NOTIFY_SOCKET", "/nonexistent/notify"}});
  REQUIRE(gone.has_value());
  gone->ready("x");
}

TEST_CASE("an address that is none is an error") {
  for (const std::string& odd :
       {std::string("relative"), std::string("/"), "/" + std::string(200, 'a'), std::string("vsock:2:1")}) {
    CAPTURE(odd);
    CHECK_FALSE(ServiceNotices::open({{"NOTIFY_SOCKET", odd}}).has_value());
  }
}

TEST_CASE("a status is one line and short") {
  CHECK(format_status(std::string(1000, 'x')).size() == 7 + 200 + 1);
  CHECK(format_status("a\nREADY=1") == "STATUS=a READY=1\n");
}

TEST_CASE("sockets meant for another process are not taken") {
  CHECK(take_inherited_sockets({}, 42)->empty());
  CHECK(take_inherited_sockets({{"LISTEN_PID", "41"}, {"LISTEN_FDS", "1"}}, 42)->empty());
  CHECK(take_inherited_sockets({{"LISTEN_PID", "42"}, {"LISTEN_FDS", "0"}}, 42)->empty());
}

TEST_CASE("numbers of sockets that make no sense are errors") {
  for (const char* odd : {"", "-1", "x", "17", "99999999999999999999"}) {
    CAPTURE(odd);
    CHECK_FALSE(take_inherited_sockets({{"LISTEN_PID", "42"}, {"LISTEN_FDS", odd}}, 42).has_value());
  }
}

TEST_CASE("inherited sockets are taken by name in a process of its own") {
  // Descriptors 3 and 4 belong to the test's own process, so a child looks at its copies.
  const auto in_child = [](int type, const char* names) {
    const pid_t child = ::fork();
    if (child == 0) {
      const int made = ::socket(AF_INET, type, 0);
      sockaddr_in any{};
      any.sin_family = AF_INET;
      any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      if (::bind(made, reinterpret_cast<const sockaddr*>(&any), sizeof any) != 0) ::_exit(10);
      if (type == SOCK_STREAM && ::listen(made, 1) != 0) ::_exit(11);
      const int high = ::fcntl(made, F_DUPFD, 100);
      ::dup2(high, 3);
      ::dup2(high, 4);
      const auto sockets =
          take_inherited_sockets({{"LISTEN_PID", "7"}, {"LISTEN_FDS", "2"}, {"LISTEN_FDNAMES", names}}, 7);
      if (!sockets) ::_exit(20);
      const bool closes = (::fcntl(3, F_GETFD) & FD_CLOEXEC) != 0 && (::fcntl(4, F_GETFD) & FD_CLOEXEC) != 0;
      const bool named = sockets->size() == 2 && (*sockets)[0].name == "webhooks" && (*sockets)[0].descriptor == 3 &&
                         (*sockets)[1].name == (std::string(names) == "webhooks" ? "unknown" : "status");
      ::_exit(closes && named ? 0 : 30);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WEXITSTATUS(status);
  };
  CHECK(in_child(SOCK_STREAM, "webhooks:status") == 0);
  CHECK(in_child(SOCK_STREAM, "webhooks") == 0);
  CHECK(in_child(SOCK_DGRAM, "webhooks:status") == 20);
}

TEST_CASE("the watchdog's interval is read for this process only") {
  CHECK(watchdog_interval({{"WATCHDOG_USEC", "30000000"}}, 42) == Duration(30s));
  CHECK(watchdog_interval({{"WATCHDOG_USEC", "30000000"}, {"WATCHDOG_PID", "42"}}, 42) == Duration(30s));
  CHECK_FALSE(watchdog_interval({{"WATCHDOG_USEC", "30000000"}, {"WATCHDOG_PID", "41"}}, 42).has_value());
  for (const char* odd : {"", "0", "-1", "x", "1e9", "99999999999999999"}) {
    CAPTURE(odd);
    CHECK_FALSE(watchdog_interval({{"WATCHDOG_USEC", odd}}, 42).has_value());
  }
}

TEST_CASE("the watchdog hears of us twice an interval, while the loop moves") {
  Watchdog watchdog{Duration(10s)};
  MonotonicTime now(100s);
  CHECK(watchdog.due(now, now));
  CHECK_FALSE(watchdog.due(now + 4s, now + 4s));
  CHECK(watchdog.due(now + 5s, now + 5s));
  CHECK_FALSE(watchdog.due(now + 20s, now + 6s));  // the loop stands still: let it be killed
  CHECK(watchdog.due(now + 21s, now + 21s));
  Watchdog none{std::nullopt};
  CHECK_FALSE(none.due(now, now));
}
