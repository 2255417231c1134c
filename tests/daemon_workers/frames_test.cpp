#include "daemon/workers/frames.h"

#include "daemon/workers/render_worker.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>

using namespace reconciled;

namespace {

struct Pipe {
  Pipe() {
    std::array<int, 2> both{};
    REQUIRE(::pipe2(both.data(), O_CLOEXEC) == 0);
    from = both[0];
    to = both[1];
  }
  ~Pipe() {
    close_from();
    close_to();
  }
  void close_from() {
    if (from >= 0) ::close(from);
    from = -1;
  }
  void close_to() {
    if (to >= 0) ::close(to);
    to = -1;
  }
  int from = -1;
  int to = -1;
};

void make_nonblocking(int fd) {
  REQUIRE(::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK) == 0);
}

void put(int fd, std::string_view bytes) {
  REQUIRE(::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
}

}  // namespace

TEST_CASE("a message comes as it was sent, and the end of the pipe is no message") {
  Pipe pipe;
  REQUIRE(write_frame(pipe.to, "one"));
  REQUIRE(write_frame(pipe.to, ""));
  pipe.close_to();
  CHECK(read_frame(pipe.from, 100).value() == "one");
  CHECK(read_frame(pipe.from, 100).value() == "");
  CHECK(read_frame(pipe.from, 100).value() == std::nullopt);
}

TEST_CASE("a message that is cut or too large is an error") {
  for (const std::string_view bytes : {std::string_view("\5\0\0", 3), std::string_view("\5\0\0\0\0\0\0\0four", 12)}) {
    Pipe pipe;
    put(pipe.to, bytes);
    pipe.close_to();
    CHECK_FALSE(read_frame(pipe.from, 100).has_value());
  }
  Pipe pipe;
  put(pipe.to, std::string_view("\0\0\0\0\0\0\0\x7F", 8));
  const auto large = read_frame(pipe.from, 100);
  REQUIRE_FALSE(large.has_value());
  CHECK(large.error().kind == ErrorKind::limit);
}

TEST_CASE("messages larger than a pipe holds pass both ways at once") {
  Pipe there;
  Pipe back;
  make_nonblocking(there.to);
  make_nonblocking(back.from);
  const std::string message(3 << 20, 'm');
  const std::string expected(2 << 20, 'a');
  std::jthread other([&] {
    // Answers before it has read.
    static_cast<void>(write_frame(back.to, expected));
    static_cast<void>(read_frame(there.from, 10 << 20));
  });
  const auto exchanged =
      exchange_frames(there.to, back.from, message, 10 << 20, monotonic_now() + std::chrono::seconds(10));
  CHECK(exchanged.fault == ExchangeFault::none);
  CHECK(exchanged.answer == expected);
  there.close_to();
}

TEST_CASE("an exchange ends at its deadline, at the end of the other side and at an answer that is too large") {
  Pipe there;
  Pipe back;
  make_nonblocking(there.to);
  make_nonblocking(back.from);
  const auto in = [](int milliseconds) { return monotonic_now() + std::chrono::milliseconds(milliseconds); };
  CHECK(exchange_frames(there.to, back.from, "?", 10, in(20)).fault == ExchangeFault::late);
  put(back.to, std::string_view("\13\0\0\0\0\0\0\0", 8));
  CHECK(exchange_frames(there.to, back.from, "?", 10, in(5000)).fault == ExchangeFault::large);
  back.close_to();
  CHECK(exchange_frames(there.to, back.from, "?", 10, in(5000)).fault == ExchangeFault::closed);
  there.close_from();
  CHECK(exchange_frames(there.to, back.from, std::string(100, '?'), 10, in(5000)).fault == ExchangeFault::closed);
}

TEST_CASE("the first messages of a worker are read as they were written, and damage is seen") {
  const WorkerSetup setup{{1 << 30}, std::chrono::milliseconds(1500), 77};
  const auto read = decode_worker_setup(encode_worker_setup(setup));
  REQUIRE(read);
  CHECK(read->confinement.memory_bytes == 1 << 30);
  CHECK(read->grace == std::chrono::milliseconds(1500));
  CHECK(read->max_job == 77);
  CHECK_FALSE(decode_worker_setup("\x80"));
  const ConfinementReport report{6, 1 << 30};
  CHECK(decode_confinement_report(encode_confinement_report(report)).value() == report);
  const Error error(ErrorKind::local, "no seccomp");
  CHECK(decode_confinement_report(encode_confinement_report(fail(error))).error() == error);
  CHECK(decode_confinement_report("").error().kind == ErrorKind::internal);
  CHECK(decode_confinement_report("\1\1\1 and more").error().kind == ErrorKind::internal);
}
